"""The price lab: what past openings say about the next price, always with the number of cases, never a decision."""
