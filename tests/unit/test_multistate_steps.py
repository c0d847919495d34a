"""How finely time is cut in adjusted courses: as finely as people move."""

import pytest

from recovery_analysis.models import standardised_states as courses
from recovery_analysis.models.spec import Covariate
from recovery_analysis.models.standardised_state_rows import standardised_part
from recovery_analysis.models.state_groups import StatesSpec, coded
from recovery_analysis.simulate.lives import draw_lives
from tests.unit import lives_sample as lives

SLOW = StatesSpec("stages", lives.STAGES.states, (10.0,), (1.0,), replicates=3)
# The same lives, eight times as fast.
STATES = ("before_help", "after_help", "recovery_0", "recovery_0.5", "died")
FAST = StatesSpec("stages", STATES, (2.0,), (1.0,), replicates=3)
COVARIATES = (Covariate("severity", "severity", "Severity"),)


@pytest.fixture(scope="module")
def frames():
    """Paths of 900 lives with severity, and the same in eighths of the time."""
    drawn = draw_lives(900, 4)
    people = drawn.people
    paths = lives.paths_of(drawn, drawn.spells, people["interview_at"].to_numpy(), people["peer_start"].to_numpy())
    slow = paths.assign(severity=people["severity"].to_numpy()[coded(paths, SLOW.states).person])
    named = dict(zip(SLOW.states, STATES, strict=True))
    fast = slow.assign(**{name: slow[name].map(named) for name in ("origin", "target")})
    return slow, fast.assign(start=slow["start"] / 8, stop=slow["stop"] / 8)


def test_time_is_cut_as_finely_as_people_move(frames, monkeypatch):
    """Half a quarter moves a share of the fast by 0.004."""
    slow, fast = (courses.population(own, COVARIATES, spec) for own, spec in zip(frames, (SLOW, FAST), strict=True))
    assert courses.steps_of(slow, SLOW) == (0.25, 1.0)
    assert courses.steps_of(fast, FAST) == (0.25, 0.25)
    monkeypatch.setattr(courses, "MOVED", 0.003)
    assert courses.steps_of(fast, FAST) == (0.125, 0.25)


def test_errors_of_people_who_move_fast_are_those_of_samples_in_quarters(frames):
    """In steps of a year nobody would be in recovery for less than half a year, and its share would be without error."""
    whole = courses.population(frames[1], COVARIATES, FAST)
    rows, *_ = standardised_part(frames[1], COVARIATES, FAST, 0.95, 0)
    told = {
        row["state"]: row["std_error"]
        for row in rows
        if (row["estimand"], row["level"], row["group"]) == ("state_probability", "peer", "all")
        and row["scale"] != "difference"
    }
    quarters = courses.errors(whole, 3, FAST, 0.25)[0].probability[0, 0, -1]
    assert told["recovery_0"] > 0
    for number, state in enumerate(STATES[:-1]):
        assert told[state] == pytest.approx(quarters[number])
