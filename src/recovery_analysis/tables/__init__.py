"""Tidy result tables → tables for people: CSV, accessible HTML, Word."""
