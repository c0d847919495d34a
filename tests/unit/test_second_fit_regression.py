"""The second fit of regressions: equal to the first where it is right, and stops the job where it is not."""

import numpy as np
import pandas as pd
import pytest

from recovery_analysis.errors import ResearchError
from recovery_analysis.estimators import glm, glm_again
from recovery_analysis.models import second_fit
from recovery_analysis.models.regression import RegressionSpec, analyse_regression


def waves(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    person = rng.permutation(np.repeat(np.arange(100), 3))
    x = np.column_stack([rng.integers(0, 2, 300), rng.normal(40, 10, 300)]).astype(float)
    return person, x, rng.normal(size=300) + 0.5 * x[:, 0] + rng.normal(size=100)[person]


@pytest.mark.parametrize("family", ["linear", "logistic"])
@pytest.mark.parametrize("seed", range(5))
def test_both_routes_agree(family, seed):
    person, x, y = waves(seed)
    if family == "logistic":
        y = (y > 0.3).astype(float)
        first = glm.fit_logistic(y, x, ["a", "b"], person)
    else:
        first = glm.fit_linear(y, x, person)
    coefficients, std_error = glm_again.again(family, y, x, person)
    np.testing.assert_allclose(coefficients, first.coefficients, rtol=1e-9)
    np.testing.assert_allclose(std_error, np.sqrt(np.diag(first.variance)), rtol=1e-9)


def frame() -> pd.DataFrame:
    person, x, y = waves(1)
    gender = np.array(["woman", "man"])[person % 2]
    return pd.DataFrame({"person_id": person.astype(str), "wave": "1", "peer": x[:, 0], "y": y, "gender": gender})


def test_every_regression_has_its_second_fit():
    frames = analyse_regression(frame(), RegressionSpec("y", "Y", "y", "linear"), 0.95)
    rows = frames.diagnostics.query("diagnostic == 'second_fit'")
    assert list(rows["model"]) == ["crude", "adjusted", "interaction"]
    assert rows["value"].max() < 1e-9
    assert set(rows["verdict"]) == {"pass"}


def test_job_fails_where_the_two_differ(monkeypatch: pytest.MonkeyPatch):
    def wrong(*arguments: object) -> tuple[np.ndarray, np.ndarray]:
        coefficients, std_error = glm_again.again(*arguments)
        return coefficients, 1.001 * std_error

    monkeypatch.setattr(second_fit, "again", wrong)
    with pytest.raises(ResearchError, match=r"analyses\.y: the crude model and its second fit"):
        analyse_regression(frame(), RegressionSpec("y", "Y", "y", "linear", where="analyses.y"), 0.95)
