"""Published instruments: which items they have, how these become scores, and how reliable the scores are."""
