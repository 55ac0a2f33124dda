"""Exit statuses, and the fault that ends a demonstration before it has a result."""
EXIT_HOLDS = 0
EXIT_FAILS = 1
EXIT_CANNOT = 2
EXIT_USAGE = 64


class DemoError(Exception):
    """It could not be run; the text says why."""
