"""Exit statuses, and the fault that ends a demonstration before it has a result."""
import sys

from fo.errors import LabError

EXIT_HOLDS = 0
EXIT_FAILS = 1
EXIT_CANNOT = 2
EXIT_USAGE = 64


class DemoError(LabError):
    """It could not be run; the text says why."""


def status_of(name, body):
    """What body() returns, or the exit status of what ended it, which is told."""
    try:
        return body()
    except (LabError, OSError) as error:
        print(f"{name}: {error}", file=sys.stderr)
        return EXIT_CANNOT
    except KeyboardInterrupt:
        return 130
