"""Tidy result tables → figures, 16 cm wide so that they drop into a Word page."""
