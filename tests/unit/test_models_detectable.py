"""What a null result could have found: by hand, with what is adjusted for, and against simulated power."""

import numpy as np
import pandas as pd
import pytest

from recovery_analysis.estimators.cox import fit_cox
from recovery_analysis.models.detectable import (
    detectable_from_errors,
    detectable_rows,
    explained_share,
    minimum_detectable_ratio,
)
from recovery_analysis.models.genders import gender_groups
from recovery_analysis.models.model_plan import plan_model
from recovery_analysis.models.rows import analysis_frames, estimate_row
from recovery_analysis.models.spec import Covariate


def test_by_hand():
    """Hsieh & Lavori 2000: (1.96 + 0.8416)^2 = 7.849; 100 outcomes, half exposed, R squared 0.36: exp(2.8016 / 4)."""
    assert minimum_detectable_ratio(100, 0.5, 0.36, 0.95) == pytest.approx(np.exp(2.801585 / 4), rel=1e-6)
    assert minimum_detectable_ratio(100, 0.5, 0.0, 0.95) == pytest.approx(np.exp(2.801585 / 5), rel=1e-6)
    assert minimum_detectable_ratio(100, 0.5, 1.0, 0.95) == np.inf


def test_r_squared_is_that_of_the_weighted_regression():
    """Rows written as often as their weight say the same."""
    rng = np.random.default_rng(1)
    weight, x = rng.integers(1, 5, 60).astype(float), rng.normal(size=(60, 2))
    exposure = (x[:, 0] + rng.normal(size=60) > 0).astype(float)
    times = weight.astype(int)
    long, covariates = np.repeat(exposure, times), np.repeat(x, times, axis=0)
    fitted = np.column_stack([np.ones(len(long)), covariates])
    left = long - fitted @ np.linalg.lstsq(fitted, long, rcond=None)[0]
    expected = 1 - (left**2).sum() / ((long - long.mean()) ** 2).sum()
    assert explained_share(exposure, x, weight) == pytest.approx(expected, rel=1e-9)
    assert explained_share(exposure, np.empty((60, 0)), weight) == pytest.approx(0, abs=1e-12)
    assert explained_share(exposure, exposure[:, None], weight) == pytest.approx(1)


def confounded(n: int, ratio: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    trait = rng.normal(size=n)
    peer = (1.5 * trait + rng.normal(size=n) > 0).astype(float)
    time = rng.exponential(np.exp(-np.log(ratio) * peer - 0.5 * trait))
    return np.minimum(time, 1.5), (time <= 1.5).astype(float), np.column_stack([peer, trait])


def test_it_is_what_four_studies_of_five_find_with_adjustment():
    """Without 1 - R squared it would say 1.45, which less than six in ten find."""
    rng = np.random.default_rng(3)
    stop, event, x = confounded(40_000, 1.0, rng)
    explained = explained_share(x[:, 0], x[:, 1:], np.ones(len(x)))
    assert explained > 0.3
    value = minimum_detectable_ratio(400 * event.mean(), x[:, 0].mean(), explained, 0.95)
    found = 0
    for _ in range(300):
        stop, event, x = confounded(400, value, rng)
        fit = fit_cox(np.zeros(400), stop, event, x, ["peer", "trait"])
        found += abs(fit.coefficients[0]) > 1.96 * np.sqrt(fit.variance[0, 0])
    assert 0.74 < found / 300 < 0.88


def test_each_null_effect_carries_it_on_the_scale_of_its_model():
    shared = {"reference": "no_peer", "std_error": 0.2, "conf_level": 0.95}
    rows = [
        estimate_row("o", "adjusted", "peer", "odds_ratio", conf_low=-0.1, conf_high=0.7, estimate=0.3, **shared),
        estimate_row("o", "adjusted", "peer", "risk_difference", conf_low=-0.1, conf_high=0.7, **shared),
        estimate_row("o", "interaction", "peer", "mean_difference", group="man", conf_low=-1, conf_high=1, **shared),
        estimate_row("o", "interaction", "peer", "mean_difference", group="woman", conf_low=1, conf_high=2, **shared),
        estimate_row("o", "adjusted", "age", "odds_ratio", conf_low=-0.1, conf_high=0.7, **shared),
    ]
    effects = [row for row in rows if row["estimand"] != "risk_difference"]
    checks = detectable_from_errors("adjusted", effects[:1]) + detectable_from_errors("interaction", effects[1:3])
    assert [check["term"] for check in checks] == ["peer", "peer:man"]
    told = analysis_frames(rows, [], [], checks, []).estimates["detectable"]
    least = 0.2 * (1.959964 + 0.841621)
    assert told[[0, 2]].tolist() == pytest.approx([least, least], rel=1e-6)
    assert told[[1, 3, 4]].isna().all()


def test_the_row_says_r_squared_and_time_where_peers_change():
    rng = np.random.default_rng(6)
    stop, event, x = confounded(400, 1.0, rng)
    base = pd.DataFrame({"person_id": [f"p{i}" for i in range(400)], "age": x[:, 1], "gender": "woman"})
    whole = base.assign(start=0.0, stop=stop, event=event.astype(int), peer=x[:, 0])
    half = whole["peer"] == 1
    before = whole.assign(
        stop=whole["stop"].mask(half, whole["stop"] / 2), event=whole["event"].mask(half, 0), peer=0.0
    )
    after = whole[half].assign(start=whole["stop"][half] / 2)
    moving = pd.concat([before, after]).sort_values(["person_id", "start"], ignore_index=True)
    null = {"term": "peer", "reference": "no_peer", "group": "all", "status": "ok", "estimand": "hazard_ratio"}
    null |= {"conf_low": -1.0, "conf_high": 1.0, "conf_level": 0.95}
    told = []
    for frame in (whole, moving):
        genders = gender_groups(frame, "event", "cox")
        plan = plan_model("adjusted", "cox", "event", frame, (Covariate("age", "age", "Age"),), genders, "a")
        told += [row["meaning"] for row in detectable_rows(plan, [null])]
    assert f"{100 * x[:, 0].mean():.0f} % of people" in told[0] and "R² of peers" in told[0]
    time = 100 * (after["stop"] - after["start"]).sum() / whole["stop"].sum()
    assert f"{time:.0f} % of the follow-up time" in told[1]
    one = whole.assign(peer=(np.arange(400) == 0).astype(float))
    plan = plan_model("crude", "cox", "event", one, (), gender_groups(one, "event", "cox"), "a")
    assert "<1 % of people" in detectable_rows(plan, [null])[0]["meaning"]
