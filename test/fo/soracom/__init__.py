"""A local stand-in for the SORACOM API and its metadata service. See ../README.md."""
