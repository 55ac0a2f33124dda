"""Programs under random sequences of calls, kills and faults, beside an oracle without code of theirs."""
