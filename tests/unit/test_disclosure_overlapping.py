"""People who are counted several times: what one row less another would tell is not told."""

import numpy as np
import pandas as pd
import pytest

from recovery_analysis.disclosure import (
    PRESETS,
    release_curves,
    release_diagnostics,
    release_estimates,
    release_fits,
    release_flow,
)
from recovery_analysis.estimators.clone_censor_weight import emulate, target_trial
from recovery_analysis.estimators.trial_bootstrap import strategy_curve

CLONES = "clone_censor_weight"
PROTECTING = [name for name, rules in PRESETS.items() if rules.protects]


def estimates(rows: list[tuple[str, str, str | None, str, float, float, float]]) -> pd.DataFrame:
    """Rows (model, level, reference, estimand, estimate, n, n_events)."""
    names = ["model", "level", "reference", "estimand", "estimate", "n", "n_events"]
    frame = pd.DataFrame(rows, columns=names).assign(analysis="timing", outcome="stable", term="peer", group="all")
    frame["scale"] = np.where(frame["estimand"] == "hazard_ratio", "log_hazard", "risk")
    missing = dict.fromkeys(["std_error", "conf_low", "conf_high", "statistic", "p_value", "p_adjusted", "state"])
    return frame.assign(**missing, horizon=10.0, status="ok", note=None)


def fits_of(frame: pd.DataFrame) -> pd.DataFrame:
    fits = frame[["analysis", "model", "n", "n_events"]].drop_duplicates("model")
    return fits.assign(parameters=3.0, n_rows=fits["n"] * 3, n_missing=0.0)


# Of 100 people with the outcome: 38 engaged in time; 2 had it in the grace period without engaging, so that both of
# their clones did; 60 later, without engaging.
EARLY = 2
TRIAL = [
    (CLONES, "peer", "no_peer", "hazard_ratio", 0.3, 300.0, 100.0),
    (CLONES, "peer", "no_peer", "risk_difference", 0.1, 300.0, 100.0),
    (CLONES, "peer", None, "risk", 0.5, 120.0, 38.0 + EARLY),
    (CLONES, "no_peer", None, "risk", 0.4, 180.0, 60.0 + EARLY),
]


@pytest.mark.parametrize("preset", PROTECTING)
def test_outcomes_of_both_strategies_do_not_say_who_had_it_before_the_grace_period_ended(preset):
    rows = estimates(TRIAL)
    out = release_estimates(rows, fits_of(rows), PRESETS[preset])
    everybody, engage, not_engage = (out.loc[i, "n_events"] for i in (0, 2, 3))
    slack = 1.5 * PRESETS[preset].overlapping.base
    assert slack > PRESETS[preset].largest
    # the attack: both strategies less everybody leaves the few; it must leave as much doubt as a count may have
    assert abs(engage + not_engage - everybody - EARLY) <= slack
    assert {engage, not_engage, everybody} <= set(PRESETS[preset].overlapping.base * np.arange(100.0))


def test_a_withheld_strategy_is_not_its_difference_from_the_other():
    rows = estimates([(*row[:6], 7.0) if row[1] == "peer" and row[3] == "risk" else row for row in TRIAL])
    out = release_estimates(rows, fits_of(rows), PRESETS["ons10"])
    attack = out.loc[1, "estimate"] + out.loc[3, "estimate"]
    assert np.isnan(out.loc[2, "estimate"]) and np.isnan(attack)
    assert out["status"].tolist() == ["ok", "suppressed", "suppressed", "ok"]


@pytest.mark.parametrize("preset", PROTECTING)
@pytest.mark.parametrize("other", ["landmark_6_months", "adjusted.five_years"])
def test_people_of_one_model_less_those_of_another_are_not_told(preset, other):
    few, rules = PRESETS[preset].largest - 1, PRESETS[preset]
    model = "adjusted" if "." in other else CLONES
    rows = estimates([(model, "peer", "no_peer", "hazard_ratio", 0.3, 300.0, 100.0),
                      (other, "peer", "no_peer", "hazard_ratio", 0.3, 300.0 - few, 100.0 - few)])  # fmt: skip
    fits = fits_of(rows)
    for out in (release_estimates(rows, fits, rules), release_fits(fits, rules)):
        for column in ("n", "n_events"):
            assert out[column].iloc[0] - out[column].iloc[1] in (0.0, rules.overlapping.base)
            assert (out[column] % rules.overlapping.base == 0).all()
    diagnostics = fits[["analysis", "model"]].assign(diagnostic="events", value=fits["n_events"])
    values = release_diagnostics(diagnostics, rules)["value"]
    assert (values % rules.overlapping.base == 0).all()


@pytest.mark.parametrize("preset", PROTECTING)
def test_people_not_in_some_models_are_not_told_by_the_flow(preset):
    """Those gone by the second landmark are those gone by the first, and a few."""
    rules = PRESETS[preset]
    rows = [("analysed", 300.0), ("excluded", 40.0), ("excluded", 40.0 + rules.largest - 1)]
    flow = pd.DataFrame(rows, columns=["kind", "n"]).assign(
        step=[1, 2, 3], unit="people", label=list("abc"), analysis="timing", suppressed=False
    )
    told = release_flow(flow, rules)["n"]
    assert told.iloc[2] - told.iloc[1] in (0.0, rules.overlapping.base)
    assert (told.iloc[1:] % rules.overlapping.base == 0).all()


def curves_of(engaged_early: int) -> pd.DataFrame:
    """Both strategies among 200 people of whom so many engage, and have the outcome, in the first months."""
    rng = np.random.default_rng(4)
    length, engaged = np.round(rng.uniform(0.3, 9, 200), 2), np.where(np.arange(200) < 80, 0.9, np.inf)
    length[:engaged_early], engaged[:engaged_early] = 0.25, 0.2
    engaged = np.where(engaged < length, engaged, np.inf)
    trial = target_trial(length, np.ones(200, int), engaged, np.zeros((200, 0)), grace=1.0, horizon=8.0, intervals=1)
    found = emulate(trial)
    parts = []
    for arm, group in ((1, "peer"), (0, "no_peer")):
        curve = strategy_curve(trial, found, arm, np.full_like(found.survival, 0.03), 0.95)
        part = pd.DataFrame({name: getattr(curve, name) for name in ("time", "conf_low", "conf_high", "n_risk")})
        counts = {"n_event": curve.n_event, "n_censor": curve.n_censor, "estimate": curve.survival}
        parts.append(part.assign(**counts, analysis="timing", by="strategy", group=group, state=None, suppressed=False))
    return pd.concat(parts, ignore_index=True)


def between(curves: pd.DataFrame, time: float) -> float:
    """The attack: in the grace period nobody is weighted, so a curve is a share of people, and the two strategies differ
    by those who engaged and had the outcome."""

    def had(group: str) -> float:
        own = curves[(curves["group"] == group) & (curves["time"] <= time) & curves["estimate"].notna()]
        return 200 * (1 - own["estimate"].iloc[-1])

    return had("peer") - had("no_peer")


@pytest.mark.parametrize("few", [1, 2, 3])
@pytest.mark.parametrize("preset", PROTECTING)
def test_curves_of_the_strategies_do_not_tell_of_the_few_between_them(few, preset):
    exact, rules = curves_of(few), PRESETS[preset]
    assert between(exact, 0.25) == pytest.approx(few, abs=1e-9)
    out = release_curves(exact, rules)
    unit = rules.largest + 1
    assert between(out, 0.25) % unit == pytest.approx(0, abs=1e-6)
    shares = 200 * (1 - out["estimate"].dropna())
    assert (np.abs(shares / unit - np.round(shares / unit)) < 1e-6).all()
    assert (out[["n_risk", "n_event", "n_censor"]].stack() % unit == 0).all()
