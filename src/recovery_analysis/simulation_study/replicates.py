"""Many samples of one scenario, every estimator on each."""

import numpy as np
import pandas as pd

from .designs import draw_deaths, draw_stages, draw_told
from .methods import METHODS
from .sample import draw_sample, draw_wave_rows
from .scenarios import SCENARIOS

DRAWS = {"told": draw_told, "deaths": draw_deaths, "stages": draw_stages}


def run_replicates(name: str, replicates: int, people: int, seed: int) -> pd.DataFrame:
    """Estimates of every method that is tried in a scenario.

    Each replicate has a random stream of its own, so that the first hundred of a thousand are the same hundred.

    Returns
    -------
    DataFrame with replicate, method, estimate and std_error; both missing where there is no estimate.
    """
    scenario = SCENARIOS[name]
    tried = {key: method for key, method in METHODS.items() if name in method.tried}
    rows = []
    for replicate in range(replicates):
        stream = [seed, list(SCENARIOS).index(name), replicate]
        if scenario.kind == "waves":
            sample = draw_wave_rows(scenario, people, int(np.random.default_rng(stream).integers(2**31)))
        else:
            sample = DRAWS.get(scenario.kind, draw_sample)(scenario, people, np.random.default_rng(stream))
        rows += [(replicate, key, *method.fit(sample)) for key, method in tried.items()]
    return pd.DataFrame(rows, columns=["replicate", "method", "estimate", "std_error"])
