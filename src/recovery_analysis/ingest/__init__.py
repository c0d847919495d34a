"""From raw extracts to the canonical tables: file formats, a study's columns and codes, the tables."""
