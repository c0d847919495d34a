"""Double programming: each model fitted again by an independent engine, and how far apart the two answers are."""

import numpy as np
import pandas as pd

from ..errors import ResearchError
from ..estimators.cox import CoxFit
from ..estimators.engine_cox import engine_name, second_fit, second_likelihood
from ..estimators.glm import GlmFit
from ..estimators.glm_again import again
from .cox_plans import cluster_codes, stratum_codes, times_of
from .diagnostics import row
from .model_plan import ModelPlan

# In standard errors: with sixty levels of a category, a difference over ten times as much is off by more than 1e-5.
STEP = 1e-4
TOLERANCE = 1e-5


def relative_difference(one: np.ndarray, other: np.ndarray, std_error: np.ndarray) -> float:
    """Largest difference, relative to the estimate or its standard error, whichever is larger."""
    return float((np.abs(one - other) / np.maximum(np.abs(one), std_error)).max(initial=0.0))


def fits_apart(one: np.ndarray, std_error: np.ndarray, other: np.ndarray, other_error: np.ndarray) -> float:
    """Largest relative difference between two fits, of the estimates or of their standard errors, each (p,)."""
    return max(relative_difference(one, other, std_error), relative_difference(std_error, other_error, std_error))


def cox_row(plan: ModelPlan, fit: CoxFit, tolerance: float, where: str) -> dict:
    """The row `second_fit` of a Cox model that stands.

    Without a penalty, the coefficients and standard errors of both engines; with Firth's, the Newton step that the
    second engine's likelihood would still take at the first one's answer.

    Raises
    ------
    ResearchError
        If the two differ by more than the tolerance: then neither may be published.
    """
    std_error = np.sqrt(np.diag(fit.variance))
    if fit.penalised:
        difference = float(np.abs(_penalised_step(plan, fit, std_error) / std_error).max())
    else:
        codes = (stratum_codes(plan), cluster_codes(plan))
        second = second_fit(*times_of(plan.rows), plan.design.x, *codes, plan.weights, near=fit.coefficients)
        difference = fits_apart(fit.coefficients, std_error, *second)
    return judged(plan.model, difference, tolerance, where, engine_name("coxph_fit"))


def glm_row(plan: ModelPlan, fit: GlmFit, tolerance: float, where: str) -> dict:
    """The row `second_fit` of a regression that stands.

    Raises
    ------
    ResearchError
        If the two engines differ by more than the tolerance.
    """
    y, unit = plan.rows[plan.outcome].to_numpy(float), pd.factorize(plan.rows[plan.cluster or "person_id"])[0]
    second = again(plan.family, y, plan.design.x, unit, plan.weights)
    difference = fits_apart(fit.coefficients, np.sqrt(np.diag(fit.variance)), *second)
    return judged(plan.model, difference, tolerance, where, "QR and reweighted least squares")


def judged(model: str, difference: float, tolerance: float, where: str, engine: str) -> dict:
    """The row `second_fit`, after stopping the job where the engines disagree."""
    if not difference <= tolerance:
        raise ResearchError(
            f"{where}: the {model} model and its second fit by {engine} differ by {difference:.1e} (relative), over "
            f"the tolerance of {tolerance:.0e}. One of the two engines is wrong, or the model is barely identified: "
            "look at its covariates. Only then raise `second_fit_tolerance` of this analysis."
        )
    meaning = f"An independent engine ({engine}) gives the same answer."
    return row(model, "second_fit", difference, True, meaning, threshold=tolerance)


def _penalised_step(plan: ModelPlan, fit: CoxFit, std_error: np.ndarray) -> np.ndarray:
    rows, x, strata = times_of(plan.rows), plan.design.x, stratum_codes(plan)
    centred = x - fit.centre

    def value(beta: np.ndarray) -> float:
        log_likelihood, variance = second_likelihood(*rows, centred, strata, beta)
        return log_likelihood - float(np.linalg.slogdet(variance)[1]) / 2

    moves = np.diag(STEP * std_error)
    slope = [value(fit.coefficients + move) - value(fit.coefficients - move) for move in moves]
    return fit.model_variance @ (np.array(slope) / (2 * STEP * std_error))
