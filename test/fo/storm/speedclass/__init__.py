"""fo-speedclass against an API that has a bad day."""
