"""fo-route against a kernel that never sits still."""
