"""fo-alert under random sequences of outages, kills and hooks that fail."""
