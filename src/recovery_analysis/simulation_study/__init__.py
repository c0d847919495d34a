"""How estimators do where the truth is known: many samples, scenario by scenario, beside the naive analyses."""
