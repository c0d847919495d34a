"""Synthetic released result tables: withheld rows, gates not passed, long labels, five genders."""

import numpy as np
import pandas as pd

from recovery_analysis.figures.context import Context
from recovery_analysis.schemas.results import CURVES, DATA_CHECKS, ESTIMATES, FLOW, ISSUES, TABLE_ONE
from recovery_analysis.study import (
    GENDERS,
    About,
    Disclosure,
    EventOutcome,
    MeasureOutcome,
    Peer,
    RegressionAnalysis,
    SpellOutcome,
    SurvivalAnalysis,
    Variable,
)

ABOUT = About(
    title="Pathways: people who had a problem with drugs or alcohol, asked about their lives",
    label="Pathways survey, three countries",
    summary="1,240 adults in three countries.",
    citation="Made up for tests; nobody took part.",
    licence="None needed.",
    simulated=True,
)
PEER = Peer(
    label="Engaged with a peer-led lived experience recovery organisation or mutual aid",
    reference="Not engaged with peers",
    noun="engaging with peers",
    spells=("mutual_aid",),
)
OUTCOMES = {
    "stable": SpellOutcome(
        kind="spell",
        label="Stable recovery",
        definition="The first time that a period in recovery has lasted five years, dated when the five "
        "years are complete and not when they began. Whoever is not there yet is censored at the interview.",
        spell="recovery",
        lasting_years=5,
        unit="years",
    ),
    "first_use": EventOutcome(
        kind="event", label="First use", definition="Days to the first use.", event="use", unit="days"
    ),
    "arrested": MeasureOutcome(
        kind="measure",
        label="Any arrest",
        definition="At least one arrest.",
        measure="arrested",
        better="lower",
    ),
    "support": MeasureOutcome(
        kind="measure",
        label="Social support of friends (0-14 points)",
        definition="More is better.",
        measure="support",
        better="higher",
    ),
}
ANALYSES = {
    "stable": SurvivalAnalysis(
        kind="survival",
        title="Time from the onset of the problem to five years of stable recovery, by engagement with peers",
        outcome="stable",
        exposure="time_varying",
    ),
    "first_use": SurvivalAnalysis(kind="survival", title="Time to first use", outcome="first_use", exposure="baseline"),
    "arrested": RegressionAnalysis(
        kind="regression",
        title="Any arrest in the following six months",
        outcome="arrested",
        family="logistic",
    ),
    "support": RegressionAnalysis(
        kind="regression", title="Social support six months later", outcome="support", family="linear"
    ),
}
VARIABLES = {
    "age": Variable(label="Age", type="number", unit="years"),
    "substance": Variable(
        label="Primary substance",
        type="category",
        levels={"alcohol": "Alcohol", "heroin": "Heroin or another opioid"},
    ),
    "homeless": Variable(label="Homeless in the six months before", type="binary"),
}
DISCLOSURE = Disclosure(preset="ons10")
SCALES = {"stable": "log_hazard", "first_use": "log_hazard", "arrested": "log_odds", "support": "difference"}
ESTIMANDS = {"log_hazard": "hazard_ratio", "log_odds": "odds_ratio", "difference": "mean_difference"}


def context(simulated: bool = True, preset: str = "ons10") -> Context:
    """The words that go with the sample tables."""
    disclosure = Disclosure(preset=preset, reason="The data are public." if preset == "open" else None)
    about = ABOUT.model_copy(update={"simulated": simulated})
    return Context(about, PEER, OUTCOMES, ANALYSES, disclosure)


def _estimate(analysis: str, model: str, group: str, value: float, error: float, **changes: object) -> dict:
    scale = SCALES[analysis]
    row = dict.fromkeys(ESTIMATES.columns)
    row |= {
        "study": "sample",
        "analysis": analysis,
        "model": model,
        "cohort": "all",
        "outcome": analysis,
        "term": "peer",
        "level": "peer",
        "reference": "no_peer",
        "group": group,
        "estimand": ESTIMANDS[scale],
        "scale": scale,
        "estimate": value,
        "std_error": error,
        "conf_low": value - 1.96 * error,
        "conf_high": value + 1.96 * error,
        "conf_level": 0.95,
        "statistic": value / error,
        "p_value": 0.04,
        "n": 1240.0,
        "n_events": 400.0,
        "engine": "test",
        "status": "ok",
        "gate": "passed",
        "note": None,
    }
    return row | changes


def estimates() -> pd.DataFrame:
    """Four analyses: crude, adjusted, by gender, and the test of the difference between genders."""
    gone = dict.fromkeys(["estimate", "std_error", "conf_low", "conf_high", "statistic", "p_value"])
    rows = []
    for i, analysis in enumerate(ANALYSES):
        size = -7.25 if analysis == "support" else 0.11 + 0.3 * i
        rows += [
            _estimate(analysis, "crude", "all", size / 2, 0.2),
            _estimate(analysis, "adjusted", "all", size, 0.1, p_value=0.0000004),
            _estimate(analysis, "interaction", "woman", size - 0.4, 0.3, gate="proportional_hazards"),
            _estimate(analysis, "interaction", "man", size + 0.3, 0.25, gate="proportional_hazards;second_fit"),
            _estimate(
                analysis, "interaction", "non_binary", size, 1.4 + 3 * (size < -7), p_value=0.9999, detectable=1.1
            ),
            _estimate(analysis, "interaction", "other", 0, 1, **gone, n=None, n_events=None, status="suppressed"),
            _estimate(analysis, "interaction", "undisclosed", 0, 1, **gone, n_events=0.0, status="too_few_events"),
            _estimate(
                analysis,
                "interaction",
                "all",
                0,
                1,
                **{**gone, "statistic": 4.1, "p_value": 0.043},
                term="peer:gender",
                estimand="test",
                scale="none",
                df=2.0,
            ),
            _estimate(analysis, "adjusted", "all", 0.5, 0.1, term="age", level=None, reference=None),
        ]
    rows.append(_estimate("arrested", "adjusted", "all", 0.0, 0.1, term="gender", level="woman", reference="man"))
    return ESTIMATES.schema.validate(pd.DataFrame(rows)[list(ESTIMATES.columns)])


def _curve(analysis: str, by: str, group: str, n: float, rate: float, times: np.ndarray) -> pd.DataFrame:
    survival = np.exp(-rate * times / times[-1])
    half = 0.12 * (1 - survival)
    frame = pd.DataFrame({"time": times, "estimate": survival})
    frame["conf_low"] = (survival - half).clip(0)
    frame["conf_high"] = (survival + half).clip(max=1)
    frame.loc[0, ["conf_low", "conf_high"]] = np.nan
    frame["n_risk"] = 5 * np.round(n * survival * np.linspace(1, 0.3, len(times)) / 5)
    frame["n_event"], frame["n_censor"], frame["suppressed"] = 10.0, 5.0, False
    frame.loc[3, ["n_censor", "suppressed"]] = [np.nan, True]
    return frame.assign(
        study="sample", analysis=analysis, outcome=analysis, by=by, group=group, state=None, method="simon_makuch"
    )


def curves() -> pd.DataFrame:
    """Two peer groups and five genders: one ends early, one has no released row but the first."""
    years, days = np.arange(0, 41, 1.0), np.arange(0, 211, 7.0)
    parts = [
        _curve("stable", "peer", "peer", 7400, 1.4, years),
        _curve("stable", "peer", "no_peer", 5205, 0.9, years[:31]),
        _curve("first_use", "peer", "peer", 265, 0.25, days),
        _curve("first_use", "peer", "no_peer", 205, 0.3, days),
    ]
    for i, gender in enumerate(GENDERS):
        parts.append(_curve("stable", "gender", gender, 600 - 120 * i, 0.5 + 0.25 * i, years[: 41 - 8 * i]))
    few = parts[-1].iloc[:1].copy()
    few[["estimate", "conf_low", "conf_high", "n_risk"]] = np.nan
    parts[-1] = few.assign(suppressed=True)
    return CURVES.schema.validate(pd.concat(parts)[list(CURVES.columns)])


def flow() -> pd.DataFrame:
    """Read, set aside, left out, eligible, analysed; two counts withheld."""
    steps = [
        ("rows", "read", None, "Rows read from three files", 4211, False),
        ("people", "read", None, "People in the extracts", 1302, False),
        ("rows", "quarantined", None, "Year of interview before the year of birth", 12, False),
        ("rows", "quarantined", None, "Identifier used by two people", None, True),
        ("people", "excluded", None, "No date of first help", 45, False),
        (
            "people",
            "excluded",
            None,
            "Younger than 18 at the interview, whose parents were not asked",
            None,
            True,
        ),
        ("people", "eligible", None, "Eligible", 1240, False),
        ("people", "analysed", "stable", "Analysed", 1180, False),
        ("people", "analysed", "first_use", "Analysed", 470, False),
        ("people", "analysed", "arrested", "Analysed", 0, False),
    ]
    names = ["unit", "kind", "analysis", "label", "n", "suppressed"]
    frame = pd.DataFrame(steps, columns=names).assign(study="sample", step=range(1, len(steps) + 1))
    return FLOW.schema.validate(frame[list(FLOW.columns)])


def issues() -> pd.DataFrame:
    """One issue of each severity; the count of one is withheld."""
    names = ["check", "severity", "file", "table", "column", "message", "action", "n"]
    rows = [
        (
            "range",
            "error",
            "wave2.sav",
            "waves",
            "PSS_FR",
            "Values outside 0 to 14.",
            "Ask the data owner.",
            12,
        ),
        (
            "code",
            "warning",
            "wave1.sav",
            "persons",
            "A1",
            "A code that is not listed.",
            "Kept as missing.",
            40,
        ),
        (
            "same_id",
            "fatal",
            "wave1.sav",
            "persons",
            "ID",
            "One identifier for two people.",
            "Mend it.",
            None,
        ),
        ("year", "info", "lives.csv", "spells", None, "Only the year is known.", "Its middle is used.", 310),
    ]
    frame = pd.DataFrame(rows, columns=names).assign(study="sample")
    frame["suppressed"] = frame["n"].isna()
    return ISSUES.schema.validate(frame[list(ISSUES.columns)])


def table_one() -> pd.DataFrame:
    """Three variables by pathway and five genders; small groups withheld, one level with next to nobody."""
    sizes = {"all": 1240.0, "woman": 600.0, "man": 590.0, "non_binary": 25.0}
    rows = []
    for peer, share in (("all", 1.0), ("peer", 0.6), ("no_peer", 0.4)):
        for gender in ("all", *GENDERS):
            n = sizes[gender] * share if gender in sizes else None
            rows += [{"peer": peer, "gender": gender} | row for row in _summaries(n)]
    frame = pd.DataFrame(rows).assign(study="sample")
    frame["suppressed"] = frame["n"].isna()
    return TABLE_ONE.schema.validate(frame.reindex(columns=list(TABLE_ONE.columns)))


def _summaries(n: float | None) -> list[dict[str, object]]:
    cells = [
        ("people", None),
        ("age", None),
        ("substance", "alcohol"),
        ("substance", "heroin"),
        ("homeless", "yes"),
    ]
    rows = [{"variable": name, "level": level} for name, level in cells]
    if n is None:
        return rows
    values = [
        {"n": n, "n_missing": 0.0},
        {"n": n, "mean": 37.25, "sd": 9.84, "median": 36.0, "n_missing": 0.0},
        {"n": n - 5, "percent": 100 * (n - 5) / n, "n_missing": 15.0},
        {"n": 1.0, "percent": 0.03, "n_missing": 15.0} if n > 100 else {"n_missing": 15.0},
        {"n": n / 5, "percent": 20.0, "n_missing": 0.0},
    ]
    return [row | {"total": n} | value for row, value in zip(rows, values, strict=True)]


def data_checks() -> pd.DataFrame:
    """Findings about the study as a whole, one of each unit; the third is withheld."""
    rows = [
        ("attrition", "Interview 1", "all", "Everyone", 0.45, "share", 0.4, "warn", "Many people were lost.", 470),
        ("attrition", "Interview 1", "peer", "Difference by peers", 0.0001, "p_value", 0.05, "warn", "Uneven.", 470),
        ("attrition", "Interview 1", "peer", "With peers", np.nan, "share", 0.4, "not_applicable", "Withheld.", np.nan),
        ("heaping", "First help: year", "all", "Everyone", 131.4, "index", 125, "pass", "Chance.", 60),
        ("drift", "Score", "file", "a.csv", 0.614, "difference", 0.5, "info", "Look at the scale.", 40),
        ("drift", "Work", "file", "b.csv", 0.101, "variation", 0.25, "pass", "Alike.", 40),
        ("small_cells", "First use", "peer and gender", "Everyone", 1, "groups", 9, "warn", "Men, with peers.", np.nan),
    ]
    names = ["check", "what", "by", "group", "value", "unit", "threshold", "verdict", "meaning", "n"]
    frame = pd.DataFrame(rows, columns=names).assign(study="pathways")
    frame["suppressed"] = frame["verdict"] == "not_applicable"
    return frame[list(DATA_CHECKS.columns)]
