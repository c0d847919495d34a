"""What interviewing only people in recovery does to the peer effect, on the simulator's own lives."""

from dataclasses import replace

import numpy as np
import pytest

from recovery_analysis.estimators.cox import fit_cox
from recovery_analysis.simulate.lives import draw_lives
from recovery_analysis.simulate.parameters import LifeParameters, parameters_of
from recovery_analysis.simulate.people import linear_predictor
from recovery_analysis.simulate.recovery_sample import only_in_recovery

N, HORIZON = 20_000, 25.0
NO_EFFECT = {"log_hr_peer": (0.0,) * 5}


def peer_effect(parameters: LifeParameters, seed: int) -> tuple[float, float]:
    """Time-varying Cox, adjusted, as if nobody were missing: of everybody to the horizon, and of those in recovery."""
    lives = draw_lives(N, seed, parameters)
    people = lives.people
    met, seen = people["stable_time"].to_numpy(), np.minimum(people["since_help"].to_numpy(), HORIZON)
    adjust = linear_predictor(parameters.recovery_effects, people)
    everybody = (np.minimum(met, HORIZON), met <= HORIZON, np.ones(N, dtype=bool))
    in_recovery = (met, met <= seen, only_in_recovery(lives) & (met <= seen))
    found = []
    for stop, event, kept in (everybody, in_recovery):
        switch = np.clip(people["peer_start"].to_numpy(), 0, stop)[kept]
        stop, event = stop[kept], event[kept]
        start, end = np.r_[np.zeros(len(stop)), switch], np.r_[switch, stop]
        x = np.column_stack([np.repeat([0.0, 1.0], len(stop)), np.tile(adjust[kept], 2)])
        happened, used = np.r_[event & (switch == stop), event], end > start
        fit = fit_cox(start[used], end[used], happened[used].astype(float), x[used], ["peer", "adjust"])
        found.append(float(fit.coefficients[0]))
    return found[0], found[1]


@pytest.mark.parametrize(
    ("peers", "changes", "low", "high"),
    [
        # The two biases cancel: peers are the more recent, and they work.
        ("gradual", {}, 1.45, 1.65),
        # Only the first is left: an effect that is not there.
        ("gradual", NO_EFFECT, 1.1, 1.3),
        # Peers became common lately: far too large.
        ("recent", {}, 1.8, 2.1),
        ("recent", NO_EFFECT, 1.4, 1.7),
    ],
)
def test_naive_hazard_ratio(peers: str, changes: dict[str, object], low: float, high: float) -> None:
    parameters = replace(parameters_of(peers), **changes)
    truth = float(np.average(parameters.log_hr_peer, weights=parameters.gender_shares))
    found = np.mean([peer_effect(parameters, seed) for seed in (1, 2)], axis=0)
    assert abs(found[0] - truth) < 0.03
    assert low < np.exp(found[1]) < high


def test_recent_peers_change_nothing_but_when_they_became_common() -> None:
    before, after = (draw_lives(2_000, 3, parameters_of(peers)) for peers in ("gradual", "recent"))
    same = ["gender", "problem", "help_at", "interview", "residential_start"]
    assert before.people[same].equals(after.people[same])
    shares = [(lives.people["peer_start"] <= lives.people["since_help"]).mean() for lives in (before, after)]
    assert shares[0] == pytest.approx(shares[1], abs=0.15)
