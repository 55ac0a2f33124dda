"""A state directory of a router with a month behind it: for tests, for the page in the README."""
