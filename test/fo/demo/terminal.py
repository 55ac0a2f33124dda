"""A stream that may be a terminal, and then has colours."""
import os

GREEN, RED, DIM, BOLD = "32", "31", "2", "1"


class Terminal:
    """Where a person reads along."""

    def __init__(self, stream):
        self._stream = stream
        self._colour = stream.isatty() and "NO_COLOR" not in os.environ

    def say(self, text):
        print(text, file=self._stream, flush=True)

    def sign(self, holds):
        return self.paint(GREEN, "✓") if holds else self.paint(RED, "✗")

    def paint(self, code, text):
        return f"\033[{code}m{text}\033[0m" if self._colour else text
