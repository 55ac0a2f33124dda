"""test/bench: figures of the whole, measured in the lab and in network namespaces, and their marks."""
