"""The history against kills of its writers, and against losses of power on a modelled disk."""
