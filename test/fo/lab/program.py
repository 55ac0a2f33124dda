"""The lab's command line: python3 -IS program.py, which test/lab/lab runs.

-IS: nothing but the standard library is wanted, and it starts 10 ms faster.
"""
import os
import sys

# Each command would compile anew without these, which must not be root's in the tree of a user.
sys.pycache_prefix = "/run/fo-lab.pycache"
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__)))))

from fo.lab.cli import main  # noqa: E402  (the path has to be set first)

sys.exit(main(sys.argv[1:]))
