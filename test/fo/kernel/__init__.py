"""Namespaces, netlink and devices, by system calls."""
