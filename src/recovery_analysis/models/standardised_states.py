"""Where the same people would be, had each gone on with peers from first help on, or without: g-computation."""

from dataclasses import dataclass

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
STEP, COARSE = 0.25, 1.0
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


def errors(whole: Population, replicates: int, spec: StatesSpec) -> tuple[Predicted | None, float]:
    """Standard errors from samples of people drawn with replacement, models and all, and the share of samples that gave
    an answer.

    Efron 1979 (Annals of Statistics 7: 1-26). The error from B samples has B - 1 degrees of freedom (Rust & Rao 1996,
    Stat Methods Med Res 5: 283-310). Time is in steps of a year, which moves errors little. None where fewer than two
    samples gave an answer.
    """
    rng, people = np.random.default_rng(SEED), whole.member.shape[1]
    found = []
    for _ in range(replicates):
        counts = np.bincount(rng.integers(people, size=people), minlength=people)
        fits = [refit(model, counts[whole.code[model.own]].astype(float)) for model in whole.models]
        if all(fit.status == "ok" for fit in fits):
            found.append(predict(whole, fits, counts, spec, COARSE))
    share = len(found) / replicates
    if len(found) < 2:
        return None, share
    each = (np.array([getattr(f, name) for f in found]) for name in ("probability", "years"))
    return Predicted(COARSE, *(values.std(axis=0, ddof=1) for values in each), df=len(found) - 1), share
