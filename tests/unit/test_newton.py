"""The maximum and its variance where two parameters can hardly be told apart."""

import numpy as np
import pytest

from recovery_analysis.estimators.newton import derivatives, maximise, scores
from recovery_analysis.estimators.numerics import log_log_interval


@pytest.mark.parametrize("apart", [1.0, 1e-1, 1e-2])
def test_the_variance_is_the_inverse_information_however_alike_two_parameters_are(apart: float) -> None:
    """Known truth: counts of mean exp(a + c b) have information sum of exp(a + c b) (1, c) (1, c)'."""
    rng = np.random.default_rng(1)
    c = 1 + apart * rng.normal(size=40)
    y = rng.poisson(np.exp(0.5 + 0.5 * c)).astype(float)

    def contribution(parameters: np.ndarray) -> np.ndarray:
        log_mean = parameters[0] + c * parameters[1]
        return y * log_mean - np.exp(log_mean)

    found = maximise(contribution, (np.ones((40, 1)), np.ones((40, 1))), np.zeros(2))
    mean = np.exp(found.theta[0] + c * found.theta[1])
    centred = c - np.average(c, weights=mean)
    slope = 1 / (mean @ centred**2)
    assert found.converged
    assert mean.sum() == pytest.approx(y.sum(), rel=1e-6) and mean @ c == pytest.approx(y @ c, rel=1e-6)
    assert found.variance[1, 1] == pytest.approx(slope, rel=1e-5)
    assert found.variance[0, 0] == pytest.approx(1 / mean.sum() + np.average(c, weights=mean) ** 2 * slope, rel=1e-5)


def up_to_nought(parameters: np.ndarray) -> np.ndarray:
    return np.where(parameters[0] > 0, -np.inf, parameters[0])


# A warning would stand in the log of a job that tells in its status what happened.
@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("of", [scores, lambda *at: derivatives(*at)[1]])
def test_at_the_edge_of_what_is_possible_differences_are_not_finite_and_nothing_warns(of) -> None:
    """The second person's covariate is nought, which times infinity is no number."""
    assert not np.isfinite(of(up_to_nought, (np.array([[1.0], [0.0]]),), np.zeros(1))).all()


@pytest.mark.filterwarnings("error")
def test_a_step_to_where_people_contradict_each_other_is_not_taken() -> None:
    def contribution(parameters: np.ndarray) -> np.ndarray:
        return np.where(parameters[0] < 5, -((parameters[0] - 50) ** 2), np.array([np.inf, -np.inf]))

    found = maximise(contribution, (np.ones((2, 1)),), np.zeros(1))
    assert not found.converged and found.theta[0] < 5


@pytest.mark.filterwarnings("error")
def test_the_interval_of_an_error_beyond_measure_is_from_nought_to_one() -> None:
    low, high = log_log_interval(np.array([0.5, 0.0]), np.array([1e4, 1e4]), 0.95)
    assert (low[0], high[0]) == (0.0, 1.0) and np.isnan([low[1], high[1]]).all()
