"""How well the items of a scale agree: Cronbach's alpha with its interval."""

import numpy as np
import pandas as pd
from scipy.special import fdtri

from ..study import Questionnaire
from .plan import items_of, score_name
from .registry import INSTRUMENTS
from .scale import Instrument, Scale
from .scoring import turned

EVERYONE = "all"


def cronbach_alpha(answers: np.ndarray) -> float:
    """Cronbach's alpha; missing with fewer than two interviews or items, or where all totals are the same.

    Parameters
    ----------
    answers : array of shape (interviews, items) without missing values, reversed items turned round.

    Notes
    -----
    Cronbach LJ. Coefficient alpha and the internal structure of tests. Psychometrika 1951; 16: 297-334.
    """
    n, k = answers.shape
    if n < 2 or k < 2:
        return np.nan
    total = answers.sum(axis=1).var(ddof=1)
    if total == 0:
        return np.nan
    return float(k / (k - 1) * (1 - answers.var(axis=0, ddof=1).sum() / total))


def alpha_interval(alpha: float, n: int, k: int, conf_level: float) -> tuple[float, float]:
    """Interval of Cronbach's alpha of `n` interviews and `k` items.

    Notes
    -----
    (1 - population alpha) / (1 - alpha) has an F distribution with n - 1 and (n - 1)(k - 1) degrees of freedom if
    the items are parallel. Feldt LS. The approximate sampling distribution of Kuder-Richardson reliability coefficient
    twenty. Psychometrika 1965; 30: 357-370.
    """
    if np.isnan(alpha):
        return np.nan, np.nan
    tail = (1 - conf_level) / 2
    freedom = n - 1, (n - 1) * (k - 1)
    return tuple(float(1 - (1 - alpha) * fdtri(*freedom, p)) for p in (1 - tail, tail))


def reliability(
    waves: pd.DataFrame, gender: pd.Series, questionnaires: dict[str, Questionnaire], conf_level: float
) -> pd.DataFrame:
    """Alpha of every scale of several items, by wave, for everyone and by gender.

    Parameters
    ----------
    waves : interviews with the items as columns.
    gender : gender of the person of each interview, aligned with `waves`.
    questionnaires : the study's instruments by name.

    Returns
    -------
    DataFrame
        schemas.results.RELIABILITY without `study`; `n` counts interviews with an answer to every item of the scale.
    """
    rows = []
    for name, questionnaire in questionnaires.items():
        instrument = INSTRUMENTS[questionnaire.instrument]
        answers = pd.DataFrame(turned(waves[items_of(name, instrument)].to_numpy(), instrument), waves.index)
        for scale in instrument.scales:
            if isinstance(scale, Scale) and len(scale.items) > 1:
                own = answers[[item - 1 for item in scale.items]].dropna()
                rows += _by_group(own, waves["wave"], gender, _named(name, instrument, scale), conf_level)
    return pd.DataFrame(rows)


def _named(name: str, instrument: Instrument, scale: Scale) -> dict[str, object]:
    return {"measure": score_name(name, scale), "instrument": instrument.name, "items": len(scale.items)}


def _by_group(
    answers: pd.DataFrame, wave: pd.Series, gender: pd.Series, named: dict[str, object], conf_level: float
) -> list[dict[str, object]]:
    rows = []
    for number, own in answers.groupby(wave.reindex(answers.index)):
        groups = {EVERYONE: own} | dict(iter(own.groupby(gender.reindex(own.index))))
        for group, members in groups.items():
            n, k = members.shape
            alpha = cronbach_alpha(members.to_numpy())
            low, high = alpha_interval(alpha, n, k, conf_level)
            rows.append(
                named
                | {"wave": int(number), "gender": group, "n": n, "alpha": alpha}
                | {"conf_low": low, "conf_high": high, "conf_level": conf_level, "suppressed": False}
            )
    return rows
