"""From the answers to the items of an instrument to its scores."""

import numpy as np

from .scale import Instrument, Scale, WeightedScale


def turned(answers: np.ndarray, instrument: Instrument) -> np.ndarray:
    """The answers with reversed items turned round, so that all point the same way.

    Parameters
    ----------
    answers : array of shape (interviews, items), missing where there is no answer.
    """
    out = answers.astype(float)
    for item in instrument.reversed:
        low, high = instrument.answers[item - 1]
        out[:, item - 1] = low + high - out[:, item - 1]
    return out


def scores(answers: np.ndarray, instrument: Instrument) -> dict[str, np.ndarray]:
    """Scores of each interview by the name of the scale; missing where too few items have an answer.

    Parameters
    ----------
    answers : array of shape (interviews, items), valid answers in the order of the items, as they were given.
    instrument : the instrument; its citation has the published rules, docs/instruments.md what was read where.
    """
    same_way = turned(answers, instrument)
    discarded = np.zeros(len(answers), dtype=bool)
    if instrument.most_missing is not None:
        discarded = np.isnan(same_way).sum(axis=1) > instrument.most_missing
    found = {}
    for scale in instrument.scales:
        if isinstance(scale, WeightedScale):
            score = _weighted(same_way, scale, instrument)
        else:
            score = _counted(same_way, scale, instrument)
        found[scale.name] = np.where(discarded, np.nan, score)
    return found


def _counted(answers: np.ndarray, scale: Scale, instrument: Instrument) -> np.ndarray:
    own = answers[:, [item - 1 for item in scale.items]]
    answered = (~np.isnan(own)).sum(axis=1)
    enough = (answered > 0) & (answered >= len(scale.items) - scale.most_missing)
    total = np.nansum(own, axis=1)
    if scale.how == "percent":
        low, high = instrument.answers[scale.items[0] - 1]
        total = (total / np.maximum(answered, 1) - low) * 100 / (high - low)
    return np.where(enough, total, np.nan)


def _weighted(answers: np.ndarray, scale: WeightedScale, instrument: Instrument) -> np.ndarray:
    complete = ~np.isnan(answers).any(axis=1)
    total = np.full(len(answers), scale.constant)
    for item, weights in enumerate(scale.weights):
        position = np.where(complete, answers[:, item], instrument.answers[item][0]) - instrument.answers[item][0]
        total += np.array(weights)[position.astype(int)]
    return np.where(complete, total, np.nan)
