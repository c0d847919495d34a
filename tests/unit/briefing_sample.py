"""HELP's plan with made-up released tables of seven findings, for the tests of the briefing."""

from pathlib import Path

import pandas as pd

from recovery_analysis.briefings.plan import Plan, plan_of
from recovery_analysis.project import load_study
from recovery_analysis.schemas.results import CURVES, ESTIMATES, FLOW, TABLE_ONE

ROOT = Path(__file__).resolve().parents[2]
STUDY = load_study(ROOT, "help")
FIGURE = STUDY.figures["stable_recovery_by_peer"]
SCALES = {"survival": "log_hazard", "logistic": "log_odds", "linear": "difference"}
ESTIMANDS = {"log_hazard": "hazard_ratio", "log_odds": "odds_ratio", "difference": "mean_difference"}
EFFECTS = {
    "stable_recovery": (0.29, 0.1),
    "first_use": (-0.03, 0.16),
    "friends_support": (0.53, 0.2),
    "abstinence_support": (0.14, 0.09),
    "arrested": (-0.5, 0.22),
    "in_jail": (-0.2, 0.2),
    "depression": (-1.9, 0.9),
}
GONE = dict.fromkeys(["estimate", "std_error", "conf_low", "conf_high", "p_value"])


def plan(**blocks: dict) -> Plan:
    """HELP's plan; `blocks` replace keys inside its blocks, such as about={"simulated": True}."""
    study = STUDY.model_dump()
    changed = {name: study[name] | changes for name, changes in blocks.items()}
    return plan_of(study | changed, FIGURE.model_dump())


def estimate(analysis: str, model: str, group: str, value: float, error: float, **changes: object) -> dict:
    """One row of the estimates, before validation."""
    scale = SCALES[getattr(STUDY.analyses[analysis], "family", "survival")]
    row = dict.fromkeys(ESTIMATES.columns) | {
        "study": "help", "analysis": analysis, "model": model, "cohort": "all",
        "outcome": STUDY.analyses[analysis].outcome, "term": "peer", "group": group,
        "estimand": ESTIMANDS[scale], "scale": scale, "estimate": value,
        "std_error": error, "conf_low": value - 1.96 * error,
        "conf_high": value + 1.96 * error, "conf_level": 0.95, "p_value": 0.04, "n": 389.0,
        "n_events": None if scale == "difference" else 173.0, "engine": "test", "status": "ok",
        "gate": "passed",
    }  # fmt: skip
    return row | changes


def estimates(*more: dict[str, object], **changes: dict[str, object]) -> pd.DataFrame:
    """Seven findings and `more` rows; `changes` (analysis → columns) replace values for everyone."""
    rows = list(more)
    for analysis, (value, error) in EFFECTS.items():
        test = GONE | {"term": "peer:gender", "estimand": "test", "scale": "none", "p_value": 0.23, "df": 1.0}
        rows += [
            estimate(analysis, "crude", "all", 9.0, 0.1),
            estimate(analysis, "adjusted", "all", value, error, **changes.get(analysis, {})),
            estimate(analysis, "interaction", "woman", value - 0.1, 1.8 * error),
            estimate(analysis, "interaction", "man", value + 0.05, 1.2 * error),
            estimate(analysis, "interaction", "all", 0, 1, **test),
        ]
    return ESTIMATES.schema.validate(pd.DataFrame(rows)[list(ESTIMATES.columns)])


def curves() -> pd.DataFrame:
    """Two curves by attendance over two years."""
    rows = [
        {"time": float(day), "estimate": 1 - rate * day, "conf_low": 1 - rate * day - 0.05 if day else None,
         "conf_high": 1 - 0.8 * rate * day if day else None, "n_risk": 200.0 - day / 8, "n_event": 3.0,
         "n_censor": 2.0, "group": group}
        for group, rate in (("peer", 0.0009), ("no_peer", 0.0007))
        for day in range(0, 800, 50)
    ]  # fmt: skip
    known = {"study": "help", "analysis": "stable_recovery", "outcome": "stable_recovery", "by": "peer"}
    frame = pd.DataFrame(rows).assign(**known, state=None, method="simon_makuch", suppressed=False)
    return CURVES.schema.validate(frame[list(CURVES.columns)])


def flow() -> pd.DataFrame:
    """People read and eligible."""
    rows = [("read", 470.0, "People in the extracts"), ("eligible", 453.0, "Eligible")]
    frame = pd.DataFrame(rows, columns=["kind", "n", "label"])
    frame = frame.assign(study="help", step=[1, 2], unit="people", analysis=None, suppressed=False)
    return FLOW.schema.validate(frame[list(FLOW.columns)])


def table_one(**genders: float | None) -> pd.DataFrame:
    """Numbers of people by attendance and gender; None for a number that is withheld."""
    counts = {"woman": 111.0, "man": 342.0} | genders
    cells = [("all", "all", 453.0), ("peer", "all", 251.0)]
    cells += [("all", gender, n) for gender, n in counts.items()]
    frame = pd.DataFrame(cells, columns=["peer", "gender", "n"])
    frame = frame.assign(study="help", variable="people", total=frame["n"], suppressed=frame["n"].isna())
    return TABLE_ONE.schema.validate(frame.reindex(columns=list(TABLE_ONE.columns)))
