"""A fleet of routers behind one account whose requests are counted."""
