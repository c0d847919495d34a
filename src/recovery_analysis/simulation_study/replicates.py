"""Many samples of one scenario, every estimator on each."""

from typing import Any

import numpy as np
import pandas as pd

from .designs import draw_deaths, draw_stages, draw_told
from .further_designs import draw_chosen, draw_never, draw_sites
from .methods import METHODS
from .sample import draw_sample, draw_wave_rows
from .scenarios import SCENARIOS

DRAWS = {
    "told": draw_told,
    "deaths": draw_deaths,
    "stages": draw_stages,
    "sites": draw_sites,
    "chosen": draw_chosen,
    "never": draw_never,
}


def run_replicates(name: str, replicates: int, people: int, seed: int) -> pd.DataFrame:
    """Estimates of every method that is tried in a scenario.

    Each replicate has a random stream of its own, so that the first hundred of a thousand are the same hundred.

    Returns
    -------
    DataFrame with replicate, method, estimate and std_error, both missing where there is no estimate, and conf_low and
    conf_high, missing where the interval is Wald's.
    """
    tried = {key: method for key, method in METHODS.items() if name in method.tried}
    rows = []
    for replicate in range(replicates):
        sample = _draw(name, people, [seed, list(SCENARIOS).index(name), replicate])
        rows += [(replicate, key, *(*method.fit(sample), np.nan, np.nan)[:4]) for key, method in tried.items()]
    return pd.DataFrame(rows, columns=["replicate", "method", "estimate", "std_error", "conf_low", "conf_high"])


def _draw(name: str, people: int, stream: list[int]) -> Any:
    scenario, rng = SCENARIOS[name], np.random.default_rng(stream)
    if scenario.kind == "waves":
        return draw_wave_rows(scenario, people, int(rng.integers(2**31)))
    return DRAWS.get(scenario.kind, draw_sample)(scenario, people, rng)
