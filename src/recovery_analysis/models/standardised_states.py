"""Where the same people would be, had each gone on with peers from first help on, or without: g-computation."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from ..estimators.cox import CoxFit
from ..estimators.state_course import Move, course, occupancy_since, since_origin, step_hazard, time_in_states
from ..estimators.transitions import StateRows
from ..study import GENDERS
from .curve_rows import ARMS
from .move_models import COMMON, MoveModel, fit_moves, refit
from .sojourns import STATES, sojourns, stages_shown
from .spec import Covariate
from .state_groups import HELPED, StatesSpec

SEED = 20_070_511
# Steps of time in years: of a prediction, of the samples of its errors, and of a prediction where people move fast.
STEP, COARSE, FINE = 0.25, 1.0, 0.125
# The share that a step may move; found from so many people.
MOVED, PEOPLE = 0.005, 500
COURSES = (*ARMS.values(), "difference")


@dataclass(frozen=True)
class Population:
    """The people over whom predictions are averaged, and the models these are from.

    `first` : each person's first stay among the rows since help; `code` : number of the person of each of these rows,
    among all people of `before`.
    `member` (g, people) : who is in each of the `groups`, over all people. `weight` (people,) : sampling weights.
    """

    before: StateRows
    models: list[MoveModel]
    first: np.ndarray
    code: np.ndarray
    groups: tuple[str, ...]
    member: np.ndarray
    weight: np.ndarray

    @property
    def alike(self) -> list[str]:
        """Moves without an effect of peers, since too few made them with peers, or without."""
        return [model.plan.model for model in self.models if not model.plan.peers]


@dataclass(frozen=True)
class Predicted:
    """Occupancy, and years in each state, or their standard errors; by course (as in COURSES), group, step, state.

    `df` : degrees of freedom of standard errors: the samples that they come from less one.
    """

    step: float
    probability: np.ndarray
    years: np.ndarray
    df: int | None = None


def population(frame: pd.DataFrame, covariates: tuple[Covariate, ...], spec: StatesSpec) -> Population:
    """Fit the moves since first help, and name the groups: everyone, and genders with an effect of peers in each move
    in which any gender has one, or the only gender there is.

    Parameters
    ----------
    frame : rows of state paths, sorted by person and time, with gender, known peer, and the covariates, complete.
    """
    before, rows = sojourns(frame, spec)
    models = fit_moves(rows, covariates, spec)
    people = frame.drop_duplicates("person_id")
    first = np.flatnonzero(~rows["person_id"].duplicated().to_numpy())
    code = pd.Index(people["person_id"]).get_indexer(rows["person_id"])
    told = [set(model.plan.peers) for model in models if model.plan.peers and COMMON not in model.plan.peers]
    groups = tuple(g for g in GENDERS if told and all(g in own for own in told))
    groups = groups or (tuple(people["gender"].unique()) if people["gender"].nunique() == 1 else ())
    member = np.array([np.ones(len(people), bool)] + [(people["gender"] == g).to_numpy() for g in groups])
    weight = people["weight"].to_numpy(float) if spec.sampling.weighted else np.ones(len(people))
    return Population(before, models, first, code, ("all", *groups), member, weight)


def predict(
    whole: Population, fits: list[CoxFit], counts: np.ndarray, spec: StatesSpec, step: float = STEP
) -> Predicted:
    """Predicted occupancy of people counted so many times each (`counts`, one per person)."""
    steps = int(round(spec.horizons[-1] / step))
    people = whole.first[counts[whole.code[whole.first]] > 0]
    code = whole.code[people]
    weight = whole.member[:, code] * (counts * whole.weight)[code]
    weight = weight / weight.sum(axis=1, keepdims=True)
    after = np.zeros((len(ARMS), len(whole.groups), steps + 1, len(spec.states)))
    shown = stages_shown(spec, step)
    for arm, value in enumerate(ARMS):
        moves = [
            Move(m.origin, m.target, step_hazard(fit, m.covariates(people, value), step, steps))
            for m, fit in zip(whole.models, fits, strict=True)
        ]
        shares = course(moves, STATES, weight)
        for state, parts in enumerate(shown, start=HELPED):
            after[arm, ..., state] = occupancy_since(shares, parts).sum(axis=-1)
    found = np.empty_like(after)
    for g, member in enumerate(whole.member):
        own = whole.before.where(np.repeat(np.arange(len(whole.before.start)), (member * counts)[whole.before.person]))
        found[:, g] = since_origin(own, HELPED, after[:, g], step)
    found = np.concatenate([found, found[:1] - found[1:]])
    return Predicted(step, found, time_in_states(found, step))


def steps_of(whole: Population, spec: StatesSpec) -> tuple[float, float]:
    """The steps of time for a prediction, and for the samples of its errors.

    Quarters of a year, and years, which are quick. Where people stay for months, as in attempts that are dated from
    their first day, that is too long: half a quarter where it moves a share at a whole year by more than `MOVED`; for
    errors half a year, or a quarter, where a year moves one.
    """
    people = whole.member.shape[1]
    some = replace(whole, groups=whole.groups[:1], member=whole.member[:1])
    counts = (np.arange(people) % -(-people // PEOPLE) == 0).astype(int)
    counts[whole.code[whole.first[0]]] = 1
    fits, known = [model.fit for model in whole.models], {}

    def moved(one: float, other: float) -> bool:
        for step in {one, other} - known.keys():
            known[step] = predict(some, fits, counts, spec, step).probability[:, :, :: round(1 / step)]
        return bool(np.abs(known[one] - known[other]).max() > MOVED)

    step, of_samples = FINE if moved(STEP, FINE) else STEP, COARSE
    while of_samples > STEP and moved(of_samples, step):
        of_samples /= 2
    return step, of_samples


def errors(
    whole: Population, replicates: int, spec: StatesSpec, step: float = COARSE
) -> tuple[Predicted | None, float]:
    """Standard errors from samples of people drawn with replacement, models and all, and the share of samples that gave
    an answer.

    Efron 1979 (Annals of Statistics 7: 1-26). The error from B samples has B - 1 degrees of freedom (Rust & Rao 1996,
    Stat Methods Med Res 5: 283-310). None where fewer than two samples gave an answer.

    Parameters
    ----------
    step : time in a sample is in steps of so many years; see `steps_of`.
    """
    rng, people = np.random.default_rng(SEED), whole.member.shape[1]
    found = []
    for _ in range(replicates):
        counts = np.bincount(rng.integers(people, size=people), minlength=people)
        fits = [refit(model, counts[whole.code[model.own]].astype(float)) for model in whole.models]
        if all(fit.status == "ok" for fit in fits):
            found.append(predict(whole, fits, counts, spec, step))
    share = len(found) / replicates
    if len(found) < 2:
        return None, share
    each = (np.array([getattr(f, name) for f in found]) for name in ("probability", "years"))
    return Predicted(step, *(values.std(axis=0, ddof=1) for values in each), df=len(found) - 1), share
