"""An idle line with a carrier that cuts idle sessions, and what keeps it alive or does not."""
