"""Reads a command line whose help is in the shell script beside this folder."""
import argparse
import sys

from .errors import EXIT_USAGE


class Parser(argparse.ArgumentParser):
    def __init__(self, name):
        super().__init__(prog=name, add_help=False, allow_abbrev=False)

    def error(self, message):
        print(f"{self.prog}: {message}; see test/{self.prog} --help", file=sys.stderr)
        sys.exit(EXIT_USAGE)
