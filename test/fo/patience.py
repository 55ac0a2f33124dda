"""How long something may take, on a machine that is slower than others."""
import os


def seconds(normal):
    """FO_PATIENCE, from the environment, is how many times as slow it may be."""
    return normal * int(os.environ.get("FO_PATIENCE", "1"))
