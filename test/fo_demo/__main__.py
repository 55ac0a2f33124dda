import os
import sys

sys.path[0] = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))

from fo_demo.cli import main  # noqa: E402  (the path has to be set first)

sys.exit(main(sys.argv[1:]))
