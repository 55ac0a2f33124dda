"""python3 -IS program.py, which test/readme runs."""
import os
import sys

sys.pycache_prefix = "/run/fo-lab.pycache"
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__)))))

from fo.readme.cli import main  # noqa: E402  (the path has to be set first)

sys.exit(main(sys.argv[1:]))
