"""Where things are in the tree."""
import os

TEST = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
TREE = os.path.dirname(TEST)
