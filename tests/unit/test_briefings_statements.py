"""Wording rules of the briefing: what a sentence may say depends on interval, gates and status."""

import math
import re
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recovery_analysis.briefings.compose import half_there
from recovery_analysis.briefings.content import Strength
from recovery_analysis.briefings.lookup import Estimate, Evidence
from recovery_analysis.briefings.plan import plan_of
from recovery_analysis.briefings.statements import Wording, tell, tell_genders, tell_group
from recovery_analysis.briefings.strength import UNUSABLE, strength
from recovery_analysis.briefings.words import phrase
from recovery_analysis.project import load_study
from recovery_analysis.schemas.results import ESTIMATES
from recovery_analysis.study import Variable

NAN = math.nan
CAUSAL = r"\b(effects? of|leads? to|led to|because of|due to|causes?d?|results? in|thanks to|no effect)\b"
SUPPORT = Wording(
    "attending AA, NA or self-help",
    "social support of friends",
    Variable(label="Support", type="number", range=(0, 14), unit="points"),
    "higher",
)
ABSTINENCE = Wording("attending AA, NA or self-help", "six months of sustained abstinence")
ARREST = Wording("attending AA, NA or self-help", "any arrest")


def row(scale: str, estimate: float, low: float, high: float, **changes: object) -> Estimate:
    known = Estimate(
        "adjusted", "all", scale, estimate, low, high, 0.95, NAN, NAN, 389.0, 173.0, "ok", "passed", "", NAN
    )
    return replace(known, **changes)


def ratio(scale: str, estimate: float, low: float, high: float, **changes: object) -> Estimate:
    return row(scale, math.log(estimate), math.log(low), math.log(high), **changes)


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def test_a_clear_hazard_ratio_is_told_as_times_as_likely_at_any_given_time() -> None:
    said = tell(ratio("log_hazard", 1.34, 1.10, 1.63), ABSTINENCE)
    assert said.strength is Strength.CLEAR
    assert plain(said.text) == (
        "Among people who reported attending AA, NA or self-help, six months of sustained abstinence came "
        "sooner: at any given time it was 1.34 times as likely as among people who did not "
        "(95 % interval 1.10 to 1.63)."
    )
    assert plain(said.brief) == (
        "Six months of sustained abstinence came sooner: at any given time it was 1.34 times as likely "
        "(95 % interval 1.10 to 1.63)."
    )


def test_a_hazard_ratio_below_one_comes_later() -> None:
    assert "came later" in tell(ratio("log_hazard", 0.7, 0.6, 0.9), ABSTINENCE).text


def test_an_interval_with_no_difference_in_it_says_what_fits_the_data() -> None:
    said = tell(ratio("log_hazard", 1.07, 0.88, 1.31), ABSTINENCE)
    assert said.strength is Strength.CANNOT_TELL
    assert plain(said.text) == (
        "We could not tell whether six months of sustained abstinence came sooner or later among people who "
        "reported attending AA, NA or self-help: the data are consistent with anything from 12 % less to "
        "31 % more likely at any given time."
    )


def test_a_doubling_is_said_in_times_and_an_end_at_one_as_equal() -> None:
    wide = plain(tell(ratio("log_hazard", 1.4, 0.8, 2.4), ABSTINENCE).brief)
    assert "from 20 % less to 2.40 times as likely" in wide
    level = plain(tell(ratio("log_hazard", 1.1, 0.999, 1.31), ABSTINENCE).brief)
    assert "from equally to 31 % more likely" in level


@pytest.mark.parametrize("ends", [(0.55, 0.39, 0.93), (0.82, 0.55, 1.21)])
def test_odds_are_called_odds_and_never_likelihood(ends: tuple[float, float, float]) -> None:
    said = tell(ratio("log_odds", *ends), ARREST)
    assert "odds of any arrest" in said.text
    assert "likel" not in said.text + said.brief


def test_odds_in_full() -> None:
    said = tell(ratio("log_odds", 0.61, 0.39, 0.93), ARREST)
    assert plain(said.text) == (
        "Among people who reported attending AA, NA or self-help, the odds of any arrest were lower: "
        "0.61 times the odds among people who did not (95 % interval 0.39 to 0.93)."
    )
    unclear = plain(tell(ratio("log_odds", 0.82, 0.55, 1.21), ARREST).brief)
    assert unclear == "The data are consistent with anything from 45 % lower to 21 % higher odds."


def test_a_difference_is_told_in_its_unit_with_its_range_and_direction() -> None:
    said = tell(row("difference", -0.53, -0.92, -0.14), SUPPORT)
    assert plain(said.brief) == (
        "The score for social support of friends was on average 0.53 points lower "
        "(95 % interval −0.92 to −0.14; on a scale of 0 to 14 points, higher is better)."
    )
    hardly = plain(tell(row("difference", 1.1, -0.03, 2.2), SUPPORT).brief)
    assert "0.03 points lower to 2.2 higher" in hardly
    unclear = plain(tell(row("difference", 0.1, -0.2, 0.4), SUPPORT).brief)
    assert "anything from 0.20 points lower to 0.40 higher (on a scale of 0 to 14 points" in unclear


def test_a_gate_that_did_not_pass_is_told_and_lowers_the_strength() -> None:
    said = tell(ratio("log_hazard", 1.34, 1.10, 1.63, gate="proportional_hazards; second_fit"), ABSTINENCE)
    assert said.strength is Strength.SOME_SIGN
    assert "changes over time" in said.text
    assert "a second program" in said.text.lower()


def test_an_answer_that_is_missing_says_why() -> None:
    """157 of 157 people had the outcome, and `there are too few people to say` was all that was said."""
    note = "All outcomes happened at the same time: their order says nothing. Weighted by 0.5. More."
    said = tell(row("log_hazard", NAN, NAN, NAN, status="too_few_events", note=note), ABSTINENCE)
    for text in (said.text, said.brief):
        assert text.endswith(". All outcomes happened at the same time: their order says nothing.")


def test_a_gate_without_words_of_its_own_is_named() -> None:
    assert "Odd check" in tell(ratio("log_hazard", 2, 1.5, 3, gate="odd_check"), ABSTINENCE).text


def test_a_p_value_adjusted_for_several_tests_can_take_clarity_away() -> None:
    assert strength(ratio("log_hazard", 1.34, 1.10, 1.63, p_adjusted=0.01)) is Strength.CLEAR
    doubtful = ratio("log_hazard", 1.34, 1.10, 1.63, p_adjusted=0.08)
    assert strength(doubtful) is Strength.SOME_SIGN
    assert "could be chance" in tell(doubtful, ABSTINENCE).text


@pytest.mark.parametrize("status", sorted(UNUSABLE))
def test_a_row_without_a_usable_number_prints_none(status: str) -> None:
    said = tell(row("log_hazard", NAN, NAN, NAN, status=status), ABSTINENCE)
    few = status in ("too_few_events", "separated", "suppressed")
    assert said.strength is (Strength.TOO_FEW if few else Strength.CANNOT_TELL)
    assert ("too few people to say" in said.text) is few
    assert not re.search(r"\d|nan", said.text)


def test_women_and_men_have_their_own_part_and_the_test_decides_whether_they_differ() -> None:
    women, men = ratio("log_hazard", 1.2, 0.85, 1.72), ratio("log_hazard", 1.4, 1.11, 1.78)
    test = row("none", NAN, NAN, NAN, p_value=0.23)
    parts = tell_genders(Evidence(women, {"woman": women, "man": men}, test), {}, ABSTINENCE)
    assert [plain(part) for part in parts] == [
        "Women: cannot tell (15 % less to 72 % more likely).",
        "Men: sooner, 1.40 (1.11 to 1.78) times as likely.",
        "Difference between genders: not clear (p = 0.23).",
    ]
    women, score = replace(women, detectable=math.log(1.66)), row("difference", -0.2, -0.9, 0.53, detectable=1.04)
    assert plain(tell_group("women", women, ABSTINENCE)) == (
        "Women: cannot tell (15 % less to 72 % more likely; can miss under 1.66 times)."
    )
    said = plain(tell(women, ABSTINENCE).text)
    assert said.endswith("at any given time. A study of this size can miss a difference under 1.66 times.")
    assert tell(score, ABSTINENCE).text.endswith("A study of this size can miss a difference under 1.0.")
    test = replace(test, p_value=0.0004)
    clear = tell_genders(Evidence(women, {"woman": women, "man": men}, test), {}, ABSTINENCE)
    assert plain(clear[-1]) == "Difference between genders: clear (p < 0.001)."


def test_a_test_between_genders_that_cannot_be_trusted_is_not_called_clear() -> None:
    men = ratio("log_hazard", 1.4, 1.11, 1.78)
    for changes, words in (
        ({"p_value": 0.01, "gate": "clusters"}, "we cannot tell"),
        ({"status": "too_few_events"}, "too few people to say"),
    ):
        test = row("none", NAN, NAN, NAN, **changes)
        parts = tell_genders(Evidence(men, {"woman": men, "man": men}, test), {}, ABSTINENCE)
        assert words in parts[-1]


def test_genders_with_few_people_are_named_and_never_dropped() -> None:
    men = ratio("log_odds", 1.4, 1.11, 1.78)
    few = row("log_odds", NAN, NAN, NAN, status="too_few_events")
    parts = tell_genders(Evidence(men, {"man": men, "non_binary": few}, None), {"other": True}, ARREST)
    assert parts[0].startswith("Men: higher odds, 1.40")
    assert parts[1] == "Non-binary people and people of another gender: too few people to say."


FINITE = st.floats(-6, 6, allow_nan=False)


@given(
    scale=st.sampled_from(["log_hazard", "log_odds", "difference"]),
    ends=st.tuples(FINITE, FINITE, FINITE).map(sorted),
    gate=st.sampled_from(["passed", "proportional_hazards", "events_per_parameter; clusters"]),
)
def test_no_sentence_speaks_of_causes_and_none_is_surer_than_its_interval(
    scale: str, ends: list[float], gate: str
) -> None:
    low, estimate, high = ends
    found = row(scale, estimate, low, high, gate=gate)
    said = tell(found, SUPPORT if scale == "difference" else ABSTINENCE)
    assert not re.search(CAUSAL, f"{said.text} {said.brief}", re.IGNORECASE)
    excludes = low > 0 or high < 0
    assert (said.strength is Strength.CLEAR) == (excludes and gate == "passed")
    assert ("could not tell" in said.text) == (not excludes)
    assert ("consistent with anything from" in said.brief) == (not excludes)


def test_labels_read_well_inside_a_sentence() -> None:
    assert phrase("Depressive symptoms (CES-D, 0-60 points)") == "depressive symptoms"
    assert phrase("AA meetings.") == "AA meetings"
    assert phrase("WHOQOL score") == "WHOQOL score"


def test_a_median_is_told_from_the_start_of_its_clock():
    study = load_study(Path(__file__).parents[2], "in_recovery")
    plan = plan_of(study.model_dump(), study.figures[study.briefing.figure].model_dump())
    row = dict.fromkeys(ESTIMATES.columns) | {"analysis": "stable_recovery", "model": "reverse_time", "group": "all"}
    row |= {"estimand": "conditional_median", "estimate": 7.42, "conf_low": 6.9, "conf_high": 8.0, "conf_level": 0.95}
    said = half_there(plan, "stable_recovery", pd.DataFrame([row | {"status": "ok", "gate": "passed"}]))
    assert "Of those who get there within 25 years of first help, half do within 7.4 years" in said
