"""Rows that no Cox model can be fitted to: a status with a sentence, or an error that names the column."""

import numpy as np
import pytest

from recovery_analysis.errors import ResearchError
from recovery_analysis.estimators.cox import CoxFit, fit_cox
from recovery_analysis.estimators.cox_zph import proportional_hazards
from recovery_analysis.estimators.firth import fit_firth, profile_interval


def rows(n: int = 60, seed: int = 1) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    x = np.column_stack([rng.integers(0, 2, n), rng.normal(size=n)]).astype(float)
    return {
        "start": np.zeros(n),
        "stop": rng.integers(1, 30, n).astype(float),
        "event": rng.integers(0, 2, n).astype(float),
        "x": x,
    }


def fit(changes: dict, names: list[str] | None = None, **options: np.ndarray) -> CoxFit:
    data = rows() | changes
    names = names or ["peer", "age", "third"][: data["x"].shape[1]]
    with np.errstate(all="raise"):
        return fit_cox(data["start"], data["stop"], data["event"], data["x"], names, **options)


def only(values: np.ndarray, n: int) -> np.ndarray:
    return np.where(np.arange(len(values)) < n, 1.0, 0.0)


@pytest.mark.parametrize("events", [0, 1])
def test_hardly_any_outcome(events):
    found = fit({"event": only(rows()["event"], events)})
    assert found.status == "too_few_events"
    assert np.isnan(found.coefficients).all()


def test_all_outcomes_at_one_time():
    found = fit({"stop": np.full(60, 12.0)})
    assert found.status == "too_few_events"
    assert "same time" in found.message


def test_all_outcomes_at_one_time_in_each_stratum():
    found = fit({"stop": np.repeat([12.0, 20.0], 30)}, stratum=np.repeat([0, 1], 30))
    assert found.status == "ok"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"stop": np.zeros(60)}, "'stop' is not after start"),
        ({"start": np.full(60, -1.0)}, "'start' is negative"),
        ({"start": np.full(60, 30.0)}, "'stop' is not after start"),
        ({"event": np.full(60, 2.0)}, "'event' is neither 0 nor 1"),
        ({"stop": np.full(60, np.nan)}, "'stop' is not a finite number in 60 rows"),
    ],
)
def test_times_that_cannot_be(change, words):
    with pytest.raises(ResearchError, match=words):
        fit(change)


@pytest.mark.parametrize(
    ("weight", "words"), [(np.inf, "'weight' is not a finite number"), (-1.0, "'weight' is negative")]
)
def test_weights_that_cannot_be(weight, words):
    with pytest.raises(ResearchError, match=words):
        fit({}, weight=np.append(np.ones(59), weight))


def test_missing_covariate_is_named():
    x = rows()["x"]
    x[3, 1] = np.nan
    with pytest.raises(ResearchError, match="'age' is not a finite number in 1 rows"):
        fit({"x": x})


def test_constant_column_is_named():
    x = rows()["x"]
    x[:, 1] = 7.0
    found = fit({"x": x})
    assert (found.status, found.message) == ("failed", "age has the same value in every row: leave it out.")


def test_duplicated_column_is_named():
    x = rows()["x"]
    found = fit({"x": np.column_stack([x, 3 * x[:, 1] - 2])})
    assert found.status == "failed"
    assert found.message.startswith("third adds nothing")


def test_level_without_outcomes_is_separated_and_firth_is_finite():
    data = rows(200, seed=2)
    data["x"][:, 0] = (data["event"] == 0) & (np.arange(200) % 3 == 0)
    found = fit(data)
    assert found.status == "separated"
    assert found.message.startswith("peer:")
    penalised = fit_firth(found)
    assert penalised.status == "ok"
    assert -6 < penalised.coefficients[0] < 0


@pytest.mark.parametrize("n", [20, 300, 4000])
def test_one_person_who_is_the_first_of_all(n):
    """With one covariate only the first outcome tells anything: p = e^b / (e^b + n - 1), and 1.5 log p + 0.5 log(1 - p) is
    largest at p = 3/4, so b = log(3 (n - 1)). Its ends are where that has fallen by 1.92."""
    first = (np.arange(n) == 0).astype(float)[:, None]
    times = {"start": np.zeros(n), "stop": np.arange(1.0, n + 1), "event": np.ones(n)}
    found = fit_cox(**times, x=first, names=["first"])
    assert (found.status, found.message.split(":")[0]) == ("separated", "first")
    penalised = fit_firth(found)
    assert penalised.coefficients[0] == pytest.approx(np.log(3 * (n - 1)), abs=1e-6)
    low, high, _ = profile_interval(penalised, 0, 0.95)
    for end in (low, high):
        p = np.exp(end) / (np.exp(end) + n - 1)
        fallen = 1.5 * np.log(0.75 / p) + 0.5 * np.log(0.25 / (1 - p))
        assert 2 * fallen == pytest.approx(3.841459, rel=1e-5)


@pytest.mark.parametrize("few", [2, 5, 9])
def test_few_people_who_are_the_first_of_all_are_named_though_the_first_step_goes_too_far(few):
    rng = np.random.default_rng(few)
    x = np.column_stack([np.arange(227) < few, rng.normal(size=227), rng.random(227) < 0.5]).astype(float)
    found = fit_cox(np.zeros(227), np.arange(1.0, 228), np.ones(227), x, ["first", "age", "woman"])
    assert (found.status, found.message.split(":")[0]) == ("separated", "first")
    assert fit_firth(found).status == "ok"


def penalised_by_hand(beta, x):
    """All have the outcome, one after the other: log likelihood and half the log determinant, set by set."""
    value, matrix = 0.0, np.zeros((len(beta), len(beta)))
    for i in range(len(x)):
        risk = np.exp(x[i:] @ beta) / np.exp(x[i:] @ beta).sum()
        mean = risk @ x[i:]
        value += np.log(risk[0])
        matrix += (x[i:].T * risk) @ x[i:] - np.outer(mean, mean)
    return value + np.linalg.slogdet(matrix)[1] / 2


def test_firth_ends_where_steps_by_the_information_would_go_on_for_ever():
    x = np.column_stack([np.arange(20) == 0, np.random.default_rng(1).normal(size=20)]).astype(float)
    penalised = fit_firth(fit_cox(np.zeros(20), np.arange(1.0, 21), np.ones(20), x, ["first", "age"]))
    assert penalised.status == "ok"
    for shift in 1e-3 * np.eye(2):
        ends = [penalised_by_hand(penalised.coefficients + sign * shift, x) for sign in (-1, 1)]
        assert abs(ends[1] - ends[0]) / 2e-3 < 1e-5


def test_interval_of_a_number_that_says_who_is_next_is_never_missing():
    x = np.arange(200.0)[:, None] / 10
    found = fit_cox(np.zeros(200), np.arange(1.0, 201), np.ones(200), x, ["rank"])
    assert found.status == "separated"
    low, high, p_value = profile_interval(fit_firth(found), 0, 0.95)
    assert low < high < 0
    assert p_value < 1e-6


def test_two_columns_that_separate_together():
    """No level is empty, but everyone with more of one than of the other has the outcome first."""
    rng = np.random.default_rng(4)
    first, second = rng.normal(size=(2, 80))
    stop = np.argsort(np.argsort(second - first)) + 1.0
    found = fit({"start": np.zeros(80), "stop": stop, "event": np.ones(80), "x": np.column_stack([first, second])})
    assert found.status == "separated"


def test_tiny_and_huge_units_give_the_same_model():
    data = rows(300, seed=5)
    plain = fit(data)
    scaled = fit(data | {"x": data["x"] * np.array([1e-6, 1e8]) + np.array([0.0, 1e10])})
    np.testing.assert_allclose(scaled.coefficients * [1e-6, 1e8], plain.coefficients, rtol=1e-6)


def test_weights_of_two_are_rows_written_twice():
    """Breslow's ties are what weights as counts reproduce exactly."""
    data = rows(100, seed=6)
    weight = np.where(np.arange(100) % 2, 2.0, 1.0)
    twice = {name: np.concatenate([values, values[weight == 2]]) for name, values in data.items()}
    once = fit(data, weight=weight, ties="breslow")
    np.testing.assert_allclose(once.coefficients, fit(twice, ties="breslow").coefficients, rtol=1e-9)


def test_order_of_rows_does_not_matter():
    data = rows(300, seed=7)
    order = np.random.default_rng(8).permutation(300)
    shuffled = {name: values[order] for name, values in data.items()}
    one, other = fit(data), fit(shuffled)
    np.testing.assert_allclose(one.coefficients, other.coefficients, rtol=1e-9)
    tests = [
        proportional_hazards(f, d["start"], d["stop"], d["event"], {"peer": [0], "age": [1]})
        for f, d in ((one, data), (other, shuffled))
    ]
    np.testing.assert_allclose(*([t.statistic for t in found] for found in tests), rtol=1e-8)


@pytest.mark.parametrize("days", [10_000, 500])
def test_a_covariate_that_follows_time_is_named_among_a_thousand_people(days: int):
    """It was said not to converge; where many share a day, people censored on it are equal and never the wrong way."""
    rng, n = np.random.default_rng(1), 1000
    stop, event = rng.integers(1, days, n).astype(float), (rng.random(n) < 0.6).astype(float)
    x = np.column_stack([rng.integers(0, 2, n), (days - stop) / 20])
    fit = fit_cox(np.zeros(n), stop, event, x, ["Trial arm", "Age"])
    assert fit.status == "separated" and fit.message.startswith("Age: people had the outcome in the very order of it")
    assert fit_cox(np.zeros(n), stop, event, x + rng.normal(size=(n, 2)) * 99, ["Arm", "Age"]).status == "ok"
