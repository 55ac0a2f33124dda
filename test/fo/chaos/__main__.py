"""The article's network, with everything broken that can be."""
import sys

from .cli import main

sys.exit(main(sys.argv[1:]))
