"""The estimators in use, over a hundred samples of each scenario with a known truth; and the summaries themselves."""

import numpy as np
import pandas as pd
import pytest

from recovery_analysis.simulation_study.methods import METHODS
from recovery_analysis.simulation_study.performance import performance, summarise_replicates
from recovery_analysis.simulation_study.replicates import run_replicates
from recovery_analysis.simulation_study.scenarios import SCENARIOS

REPLICATES, PEOPLE, SEED = 100, 1000, 20150802
# Of 100 honest 95 % intervals, 89 to 99 hold the truth in 99.3 % of runs; the seed is fixed besides.
FEWEST, MOST = 0.88, 1.0


@pytest.fixture(scope="module", params=list(SCENARIOS))
def scenario(request: pytest.FixtureRequest) -> pd.DataFrame:
    replicates = run_replicates(request.param, REPLICATES, PEOPLE, SEED)
    return summarise_replicates(request.param, replicates, 0.95).set_index("method")


def test_where_assumptions_hold_the_interval_is_honest_and_elsewhere_the_table_says_so(scenario: pd.DataFrame) -> None:
    holds = scenario[scenario["assumptions_hold"]]
    assert (holds["failed"] == 0).all()
    assert holds["coverage"].between(FEWEST, MOST).all(), holds["coverage"]
    assert (holds["bias"].abs() < 4 * holds["bias_mcse"]).all(), holds["bias"]
    assert (holds["model_se"] / holds["empirical_se"]).between(0.8, 1.25).all()


def test_the_naive_analyses_are_the_worse_ones(scenario: pd.DataFrame) -> None:
    """The naive analysis that is most off misses the truth more often than any estimator whose assumptions hold."""
    name = scenario["scenario"].iloc[0]
    naive, holds = scenario[scenario["naive"]]["coverage"], scenario[scenario["assumptions_hold"]]["coverage"]
    assert naive.min() < min(0.5, holds.min()) or name.startswith("lost_unmeasured")


def test_every_scenario_is_tried_and_every_method_somewhere() -> None:
    tried = {name for method in METHODS.values() for name in method.tried}
    assert tried == set(SCENARIOS)
    assert all(set(method.holds) <= set(method.tried) for method in METHODS.values())


def test_a_replicate_does_not_depend_on_how_many_there_are() -> None:
    few, more = (run_replicates("effect", n, 300, 1) for n in (2, 3))
    pd.testing.assert_frame_equal(few, more[more["replicate"] < 2])


def test_summaries_by_hand() -> None:
    """Estimates 1, 2, 3 and one without an answer; truth 2, standard error 0.5: only the middle one covers."""
    estimate, error = np.array([1.0, 2.0, 3.0, np.nan]), np.full(4, 0.5)
    found = performance(estimate, error, truth=2.0, conf_level=0.95)
    assert found["failed"] == 1
    assert found["mean"] == 2
    assert found["bias"] == 0
    assert found["empirical_se"] == 1
    assert found["bias_mcse"] == pytest.approx(1 / np.sqrt(3))
    assert found["empirical_se_mcse"] == pytest.approx(0.5)
    assert found["model_se"] == 0.5
    assert found["coverage"] == pytest.approx(1 / 3)
    assert found["rejected"] == 1
    assert found["coverage_mcse"] == pytest.approx(np.sqrt(2 / 27))


def test_without_a_single_truth_nothing_is_said_of_bias() -> None:
    found = performance(np.array([1.0, 2.0]), np.ones(2), truth=np.nan, conf_level=0.95)
    assert np.isnan(found["bias"])
    assert np.isnan(found["coverage"])
    assert found["rejected"] == 0.5
