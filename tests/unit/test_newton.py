"""The maximum and its variance where two parameters can hardly be told apart."""

import numpy as np
import pytest

from recovery_analysis.estimators.newton import maximise


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
