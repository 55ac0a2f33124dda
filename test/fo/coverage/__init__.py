"""Which lines of lib/ the tests run."""
