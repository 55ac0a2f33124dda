"""A two-router network with failing lines, built from namespaces."""
