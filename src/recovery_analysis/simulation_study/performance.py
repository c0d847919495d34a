"""How an estimator does: bias, standard errors, coverage and rejections, each with its Monte Carlo error.

Formulas of Morris, White & Crowther 2019 (Statistics in Medicine 38: 2074-2102), table 6.
"""

import numpy as np
import pandas as pd

from ..estimators.numerics import critical_value
from .methods import METHODS
from .scenarios import SCENARIOS
from .truth import true_value

LEVELS = (
    "probability",
    "probability_within",
    "median",
    "median_within",
    "state_probability",
    "state_years",
    "stay_probability",
    "never_share",
)


def summarise_replicates(scenario: str, replicates: pd.DataFrame, conf_level: float) -> pd.DataFrame:
    """One row per method of a scenario; columns of schemas.results.PERFORMANCE."""
    rows = []
    for name, own in replicates.groupby("method", sort=False):
        method = METHODS[str(name)]
        truth = true_value(SCENARIOS[scenario], method.estimand)
        columns = (own[name].to_numpy() for name in ("estimate", "std_error", "conf_low", "conf_high"))
        summary = performance(*columns, truth, conf_level, contrast=method.estimand not in LEVELS)
        rows.append({"scenario": scenario} | _describe(scenario, str(name)) | summary)
    return pd.DataFrame(rows)


def _describe(scenario: str, name: str) -> dict[str, object]:
    method = METHODS[name]
    return {
        "scenario_label": SCENARIOS[scenario].label,
        "method": name,
        "method_label": method.label,
        "estimand": method.estimand,
        "naive": method.naive,
        "assumptions_hold": scenario in method.holds,
    }


def performance(
    estimate: np.ndarray,
    std_error: np.ndarray,
    conf_low: np.ndarray | float,
    conf_high: np.ndarray | float,
    truth: float,
    conf_level: float,
    contrast: bool = True,
) -> dict[str, float]:
    """Summary of the replicates of one estimator.

    Parameters
    ----------
    estimate, std_error : (R,) missing where the replicate gave no estimate.
    conf_low, conf_high : (R,), or missing: the interval; where it is missing, Wald's.
    truth : missing where no single value is true; bias and coverage are missing then.
    contrast : whether 0 means no difference; nothing is tested otherwise.
    """
    known = np.isfinite(estimate) & np.isfinite(std_error)
    half = critical_value(conf_level) * std_error
    low = np.where(np.isnan(conf_low), estimate - half, conf_low)[known]
    high = np.where(np.isnan(conf_high), estimate + half, conf_high)[known]
    estimate, std_error = estimate[known], std_error[known]
    n = len(estimate)
    spread = float(np.std(estimate, ddof=1)) if n > 1 else np.nan
    variances = std_error**2
    model = float(np.sqrt(variances.mean())) if n else np.nan
    result = {
        "replicates": float(len(known)),
        "failed": float(len(known) - n),
        "truth": truth,
        "mean": float(estimate.mean()) if n else np.nan,
        "bias": float(estimate.mean() - truth) if n else np.nan,
        "bias_mcse": spread / np.sqrt(n) if n else np.nan,
        "empirical_se": spread,
        "empirical_se_mcse": spread / np.sqrt(2 * (n - 1)) if n > 1 else np.nan,
        "model_se": model,
        "model_se_mcse": float(np.std(variances, ddof=1) / np.sqrt(4 * n) / model) if n > 1 else np.nan,
    }
    covers = (low <= truth) & (truth <= high)
    result |= _share("coverage", covers if np.isfinite(truth) else covers[:0])
    rejects = (low > 0) | (high < 0)
    return result | _share("rejected", rejects if contrast else rejects[:0])


def _share(name: str, hits: np.ndarray) -> dict[str, float]:
    """Share of the replicates, and its Monte Carlo error."""
    if not len(hits):
        return {name: np.nan, f"{name}_mcse": np.nan}
    share = float(hits.mean())
    return {name: share, f"{name}_mcse": float(np.sqrt(share * (1 - share) / len(hits)))}
