"""Random faults on the lab, beside an oracle without code of the suite's."""
