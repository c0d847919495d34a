"""How the estimators do, scenario by scenario, as a table."""

import pandas as pd

from .. import formats, labels
from .grid import Grid, Head, Row

CAPTION = "How the estimators do where the truth is known"
HEADS = (
    "Estimator",
    "Truth",
    "Bias",
    "Spread",
    "Standard error",
    "Interval holds the truth",
    "Test rejects",
    "No estimate",
)


def performance_grid(performance: pd.DataFrame) -> Grid:
    """Lay out the rows of schemas.results.PERFORMANCE, one group per scenario."""
    rows = []
    for _, own in performance.groupby("scenario", sort=False):
        rows.append(Row(own["scenario_label"].iloc[0]))
        rows += [_row(row) for row in own.to_dict("records")]
    heads = tuple(Head(text) for text in HEADS)
    return Grid(CAPTION, labels.SIMULATED, (heads,), tuple(rows), _notes(performance), performance)


def _row(row: dict) -> Row:
    name = row["method_label"] + (" (naive)" if row["naive"] else "") + (" *" if row["assumptions_hold"] else "")
    cells = (
        formats.number(row["truth"], 2),
        _with_error(row["bias"], row["bias_mcse"]),
        formats.number(row["empirical_se"], 3),
        formats.number(row["model_se"], 3),
        _share(row["coverage"], row["coverage_mcse"]),
        _share(row["rejected"], row["rejected_mcse"]),
        formats.count(row["failed"]),
    )
    return Row(name, cells, indent=True)


def _with_error(value: float, error: float) -> str:
    """A number with so many decimals that its error is not nought."""
    if formats.is_missing(value):
        return formats.number(value)
    digits = 3 if error >= 0.0005 else 4
    return f"{formats.number(value, digits)} (±{error:.{digits}f})"


def _share(value: float, error: float) -> str:
    return formats.number(value) if formats.is_missing(value) else f"{100 * value:.1f} % (±{100 * error:.1f})"


def _notes(performance: pd.DataFrame) -> tuple[str, ...]:
    return (
        f"{formats.count(performance['replicates'].max())} simulated studies in each scenario. Hazard and odds ratios "
        "are logarithms; times are in years. ± Monte Carlo standard error.",
        "* The scenario meets the assumptions of the estimator. Naive: often seen, shown for what goes wrong with it.",
        "Spread: standard deviation of the estimates. Standard error: what the estimator itself said, on average. A "
        "test rejects 'no difference' at the level of the interval: where there is none, that is an error.",
        "No truth is given where no single value is true: a hazard ratio that changes over time.",
    )
