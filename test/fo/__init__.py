"""Everything of the tests that is Python, one package; run as `python3 -BP -m fo.NAME`, by the commands in test/."""
