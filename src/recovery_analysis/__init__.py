"""Reproducible analysis of recovery surveys: from raw extract to briefing."""
