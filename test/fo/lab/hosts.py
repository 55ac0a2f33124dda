"""The names of what there is."""

HOSTS = ("sw", "lan", "lan20", "behind", "main", "sub", "third", "isp")
ROUTERS = ("main", "sub", "third")
OPTIONAL_ROUTERS = ("third",)  # there where they have a configuration
