"""A life-history simulator with a known truth."""
