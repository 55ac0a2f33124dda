"""What can go wrong in a lab, and the exit statuses of its command line."""

EXIT_NO = 1  # the command ran and says no
EXIT_CANNOT = 2  # the lab could not do it
EXIT_USAGE = 64


class LabError(Exception):
    """Something that the user of the lab must know, as one line of text."""


class UsageError(LabError):
    """The command itself is wrong."""
