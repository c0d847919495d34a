"""An attacker who reads every digit: shares, means and totals must not say how many people are in a withheld group."""

import numpy as np
import pandas as pd
import pytest

from recovery_analysis.cohort.describe import describe
from recovery_analysis.disclosure import PRESETS, digits_of, release_curves, release_estimates, release_table_one
from recovery_analysis.estimators.kaplan_meier import kaplan_meier
from recovery_analysis.study import Variable

PROTECTING = [name for name, rules in PRESETS.items() if rules.protects]
SCORE = {"score": Variable(label="Score", type="number", range=(0, 10))}


def sizes_from_share(without: float, events: float, rules, digits: float = 1e-6) -> set[int]:
    """Every size of a group whose curve can be at `without` after about so many outcomes, nobody censored."""
    slack, sizes = rules.base // 2, range(10, 400)
    counts = np.arange(events - slack, events + slack + 1)
    return {n for n in sizes if (np.abs(without - (1 - counts / n)) < digits).any()}


def sizes_from_mean(mean: float, about: float, rules, digits: float) -> set[int]:
    """Every size near a rounded count for which the mean of whole numbers can be as it is told."""
    near = range(int(about) - rules.base // 2, int(about) + rules.base // 2 + 1)
    return {n for n in near if abs(round(mean * n) / n - mean) <= digits}


@pytest.mark.parametrize("preset", PROTECTING)
def test_a_curve_does_not_say_how_many_people_it_is_of(preset):
    rules, n = PRESETS[preset], 187
    times = np.arange(1.0, n + 1)
    frame = kaplan_meier(np.zeros(n), times, np.ones(n), 0.95).drop(columns="std_error")
    named = {"analysis": "a", "by": "gender", "group": "man", "state": None, "method": "kaplan_meier"}
    frame = frame.assign(**named, suppressed=False)
    step = release_curves(frame, rules).iloc[1]
    exact = frame["estimate"].iloc[int(step["time"])]
    assert sizes_from_share(exact, step["n_event"], rules) == {n}  # what all digits would say
    # The size itself is told, rounded; the share must fit each size that is rounded so.
    told = rules.rounded(pd.Series([n]))[0]
    fitting = sizes_from_share(step["estimate"], step["n_event"], rules, 0.5 * rules.base / told)
    assert set(range(int(told) - 2, int(told) + 3)) <= fitting


def risk_of(n: float, estimate: float, std_error: float) -> pd.DataFrame:
    words = {"analysis": "a", "model": "kaplan_meier", "term": "gender", "level": "man", "reference": None}
    words |= {"group": "man", "estimand": "risk", "scale": "risk", "status": "ok", "note": None}
    numbers = {
        "n": n,
        "n_events": 60.0,
        "estimate": estimate,
        "std_error": std_error,
        "conf_low": 0.3,
        "conf_high": 0.5,
    }
    rest = dict.fromkeys(["statistic", "p_value", "p_adjusted"], np.nan)
    return pd.DataFrame([words | numbers | rest | {"horizon": 5.0}])


@pytest.mark.parametrize("preset", PROTECTING)
def test_the_error_of_a_probability_does_not_say_how_many_people_it_is_of(preset):
    rules, share = PRESETS[preset], 60 / 153
    fits = pd.DataFrame({"analysis": ["a"], "model": ["kaplan_meier"], "n": [153.0], "parameters": [0.0]})
    row = risk_of(153.0, share, np.sqrt(share * (1 - share) / 153))
    out = release_estimates(row, fits, rules).iloc[0]
    shares = out["estimate"] + np.array([-0.5, 0.5]) * rules.base / 155
    errors = out["std_error"] + np.array([-0.0005, 0.0005])
    sizes = np.outer(shares * (1 - shares), 1 / errors**2)
    assert sizes.min() < 151 and sizes.max() > 155
    assert out["estimate"] == pytest.approx(share, abs=rules.base / 155 / 2)


def cohort(others: tuple[int, int]) -> pd.DataFrame:
    """Women and men with peers and without, and people of another gender: with peers, and without."""
    sizes = {("woman", 1): 61, ("woman", 0): 58, ("man", 1): 73, ("man", 0): 47}
    sizes |= {("other", 1): others[0], ("other", 0): others[1]}
    rng = np.random.default_rng(8)
    rows = [{"gender": g, "peer": float(p)} for (g, p), n in sizes.items() for _ in range(n)]
    return pd.DataFrame(rows).assign(score=rng.integers(0, 11, sum(sizes.values())).astype(float))


@pytest.mark.parametrize("preset", PROTECTING)
def test_a_mean_does_not_say_how_many_people_it_is_of(preset):
    rules = PRESETS[preset]
    exact = describe(cohort((3, 2)), ["score"], SCORE).assign(study="s", suppressed=False)
    out = release_table_one(exact, rules)
    shown = out[(out["variable"] == "score") & out["mean"].notna()]
    assert len(shown) >= 4
    for row in shown.itertuples():
        with_all_digits = sizes_from_mean(exact.loc[row.Index, "mean"], row.n, rules, 1e-6)
        told = sizes_from_mean(row.mean, row.n, rules, 0.05 if row.n > 10 else 0.5)
        assert len(with_all_digits) < len(told) == 2 * (rules.base // 2) + 1


@pytest.mark.parametrize("preset", PROTECTING)
def test_a_total_does_not_give_back_the_people_who_are_withheld_beside_it(preset):
    """16 people of another gender with peers and 4 without: neither is told, so neither may be a total."""
    frame = describe(cohort((16, 4)), ["score"], SCORE).assign(study="s", suppressed=False)
    out = release_table_one(frame, PRESETS[preset])
    people = out[out["variable"] == "people"].set_index(["peer", "gender"])["suppressed"]
    hidden = [column for column in people.index if people[column]]
    assert ("no_peer", "other") in hidden and len(hidden) > 1
    columns = pd.MultiIndex.from_frame(out[["peer", "gender"]])
    assert out.loc[columns.isin(hidden), "total"].isna().all()


@pytest.mark.parametrize(("others", "every_digit"), [((40, 31), True), ((40, 3), False)])
def test_all_digits_are_told_unless_somebody_is_withheld(others, every_digit):
    exact = describe(cohort(others), ["score"], SCORE).assign(study="s", suppressed=False)
    rows = risk_of(153.0, 0.392157, 0.039471)
    curves = pd.DataFrame({"analysis": "a", "by": "gender", "group": ["man"], "n_risk": [153.0]})
    rules = digits_of(exact, rows, curves, PRESETS["ons10"])
    out = release_table_one(exact, rules)
    fits = pd.DataFrame({"analysis": ["a"], "model": ["kaplan_meier"], "n": [153.0], "parameters": [0.0]})
    assert (release_estimates(rows, fits, rules)["estimate"].tolist() == [0.392157]) is every_digit
    shown = out["mean"].notna()
    assert (out["mean"] == exact["mean"])[shown].all() == every_digit
    assert digits_of(exact, rows.assign(n_events=4.0), curves, PRESETS["ons10"]).all_digits is False
