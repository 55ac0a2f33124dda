import os
import sys

TEST = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
sys.path[0] = TEST  # fo_life, fo_demo

from fo_life.cli import main  # noqa: E402  (the path has to be set first)

sys.exit(main(sys.argv[1:]))
