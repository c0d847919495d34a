"""How often the intervals of adjusted multi-state courses hold the truth; too slow for the simulation study.

`python benchmarks/adjusted_courses.py 300`: so many samples of 1,000 simulated lives. Recovery for five years or more,
20 years after onset, with peers from first help on less without: its share, and the years in it.
"""

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests/unit"))

import lives_sample as sample

from recovery_analysis.estimators.numerics import critical_value
from recovery_analysis.models.spec import Covariate
from recovery_analysis.models.standardised_states import COARSE, STEP, errors, population, predict
from recovery_analysis.models.state_groups import StatesSpec
from recovery_analysis.simulate.lives import draw_lives
from recovery_analysis.simulate.parameters import PROBLEMS, LifeParameters
from recovery_analysis.simulate.people import draw_calendar, draw_covariates
from recovery_analysis.simulate.recovery import draw_stable_time, stable_spells

PEOPLE, REPLICATES, HORIZON, LASTING, SEED = 1000, 50, 20, 5.0, 300_000
BATCHES, BATCH = 40, 20_000
SPEC = StatesSpec("stages", sample.STAGES.states, (HORIZON,), (1.0,))
NUMBERS = ("severity", "education", "help_age")
COVARIATES = (
    *(Covariate(name, name, name) for name in NUMBERS),
    Covariate("problem", "problem", "Problem", {name: name for name in PROBLEMS}),
)


def truth() -> np.ndarray:
    """Share and years, with peers from first help on less never, counted over 800,000 lives."""
    parameters, found = LifeParameters(), np.zeros((2, 2))
    for batch in range(BATCHES):
        rng = np.random.default_rng([31, batch])
        people = draw_calendar(parameters, draw_covariates(parameters, BATCH, rng), rng)
        delay = (people["help_age"] - people["onset_age"]).to_numpy()
        for arm, start in enumerate((0.0, np.inf)):
            rng, joins = np.random.default_rng([32, batch, arm]), np.full(BATCH, start)
            spells = stable_spells(parameters, draw_stable_time(parameters, people, joins, rng), joins, rng)
            since = delay[spells["person"]]
            begin = spells["start"].to_numpy() + LASTING + since
            end = np.maximum(spells["stop"].to_numpy() + since, begin)
            years = np.minimum(end, HORIZON) - np.minimum(begin, HORIZON)
            found[arm] += np.array([((begin <= HORIZON) & (end > HORIZON)).sum(), years.sum()]) / (BATCH * BATCHES)
    return found[0] - found[1]


def estimate(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Both differences in one sample, and their standard errors."""
    lives = draw_lives(PEOPLE, seed)
    until, joins = (lives.people[name].to_numpy() for name in ("interview_at", "peer_start"))
    paths = sample.paths_of(lives, lives.spells, until, joins)
    known = lives.people[[*NUMBERS, "problem"]].assign(person_id=[f"p{i:05d}" for i in range(PEOPLE)])
    whole = population(paths.merge(known, on="person_id"), COVARIATES, SPEC)
    found = predict(whole, [model.fit for model in whole.models], np.ones(PEOPLE, dtype=int), SPEC)
    spread, _ = errors(whole, REPLICATES, SPEC)
    at = [(found, int(HORIZON / STEP)), (spread, int(HORIZON / COARSE))]
    return tuple(np.array([p.probability[2, 0, step, -2], p.years[2, 0, step, -2]]) for p, step in at)


if __name__ == "__main__":
    samples = int(sys.argv[1])
    true = truth()
    estimates, std_errors = (np.array(v) for v in zip(*(estimate(SEED + r) for r in range(samples)), strict=True))
    spread = estimates.std(axis=0, ddof=1)
    print("truth", true, "bias", estimates.mean(axis=0) - true, "+-", spread / np.sqrt(samples))
    print("standard error / spread", np.sqrt((std_errors**2).mean(axis=0)) / spread)
    for name, df in (("Student's", REPLICATES - 1), ("normal", None)):
        covers = np.abs(estimates - true) <= critical_value(0.95, df) * std_errors
        print(f"{name} intervals hold the truth in {100 * covers.mean(axis=0)} %")
