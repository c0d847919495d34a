"""Estimators: arrays in, numbers out; no study, no file."""
