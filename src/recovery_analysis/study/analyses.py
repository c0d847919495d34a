"""How each question is analysed: one class per kind of analysis."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, model_validator

from .base import Strict

Tolerance = Annotated[
    float,
    Field(
        gt=0,
        # A hundredth of an estimate or of its standard error shows in what is printed: a wider one would find nothing.
        le=0.01,
        description="Largest relative difference between each model and its second fit by an independent engine, above "
        "0 and at most 0.01; over it the job fails.",
    ),
]
Weights = Annotated[
    Literal["sampling_weight"] | None,
    Field(
        description="`sampling_weight`: people count by the column weight of persons, and variances allow for it. Left "
        "out: each person counts once.",
    ),
]
Cluster = Annotated[
    Literal["person", "site"] | None,
    Field(
        description="Whose rows belong together in a robust variance of the models. `site`: people of one site may be "
        "alike; it needs some 40 sites. Left out: rows of one person, where it matters.",
    ),
]


class Finite(Strict):
    """A block in which infinity and not-a-number are no numbers."""

    model_config = ConfigDict(allow_inf_nan=False)


class SurvivalAnalysis(Finite):
    """Curves, times and probabilities, log-rank tests and Cox models of one time-to-event outcome."""

    kind: Literal["survival"]
    title: str
    outcome: str
    exposure: Literal["baseline", "time_varying"]
    adjust: tuple[str, ...] = ()
    horizon: float | None = Field(
        None,
        gt=0,
        description="Time up to which the mean times of the curves are told, in the unit of the outcome. "
        "Left out: the last time at which ten people of each group are followed.",
    )
    times: tuple[Annotated[float, Field(gt=0)], ...] = Field(
        (), description="Times at which the probability of the outcome is told, in its unit, from the curves."
    )
    if_not_proportional: Literal["report", "stratify", "step", "log_time"] = Field(
        "report",
        description="What follows where the test of proportional hazards says that an effect changes over time. "
        "`report`: nothing, the gate warns. `stratify`: categories adjusted for get baseline hazards of their own. "
        "`step`, `log_time`: a further model in which the effect of peers changes, once at `step_at` or with log time.",
    )
    step_at: float | None = Field(None, gt=0, description="When the effect of peers may change; for `step`.")
    if_separated: Literal["report", "firth"] = Field(
        "firth",
        description="What follows where nobody in some group has the outcome: Firth's penalised likelihood, named in "
        "the note of each estimate, or a status and no number.",
    )
    weights: Weights = None
    cluster: Cluster = None
    strata: tuple[str, ...] = Field(
        (),
        description="Categories whose levels have a baseline hazard of their own in the adjusted models; the log-rank "
        "test is also told within them.",
    )
    frailty: Literal["site"] | None = Field(
        None,
        description="`site`: a further model (adjusted_frailty) in which people of one site share a gamma frailty, and "
        "its variance. It compares people of one site; `cluster: site` leaves the effect as it is, and its error.",
    )
    rho: tuple[Annotated[float, Field(gt=0)], ...] = Field(
        (),
        description="Log-rank tests that look at early differences, one for each power of the share without the "
        "outcome (G-rho); 1 is Peto and Peto's. They stand beside the plain test.",
    )
    second_fit_tolerance: Tolerance = 1e-5
    required: bool = Field(True, description="A model of a required analysis that fails, fails the run.")
    naive: bool = Field(
        False, description="In a recovery_sample: analyse as if nobody were missing, marked as naive wherever shown."
    )

    @model_validator(mode="after")
    def _step_has_time(self) -> "SurvivalAnalysis":
        if (self.if_not_proportional == "step") != (self.step_at is not None):
            raise ValueError("`if_not_proportional: step` and `step_at` go together: give both or neither")
        return self


Family = Literal[
    "weibull",
    "log_normal",
    "log_logistic",
    "generalised_gamma",
    "weibull_hazard",
    "spline_1",
    "spline_2",
    "spline_3",
]
HAZARD_FAMILIES = ("weibull_hazard", "spline_1", "spline_2", "spline_3")


class RecoveryTimeAnalysis(Finite):
    """Time to an outcome that everybody in the file has had: right-truncated at the interview, in a recovery_sample."""

    kind: Literal["recovery_time"]
    title: str
    outcome: str
    horizon: float = Field(
        gt=0,
        description="Times are estimated among people who have the outcome within this time, unit of the outcome; at "
        "most the longest time from time zero to an interview.",
    )
    families: tuple[Family, ...] = Field(
        ("weibull", "log_normal", "log_logistic", "spline_1", "spline_2"),
        min_length=1,
        description="Distributions of the right-truncated model, compared by AIC.",
    )
    knots: int = Field(
        2, ge=0, le=3, description="Interior knots of the hazard in the comparison of people with peers."
    )
    adjust: tuple[str, ...] = ()
    naive: bool = Field(False, description="Show the naive estimates beside the others, marked as naive.")
    second_fit_tolerance: Tolerance = 1e-5
    required: bool = True


class ParametricAnalysis(Finite):
    """Parametric models of one time-to-event outcome, compared by AIC; intervals where times are known to one."""

    kind: Literal["parametric"]
    title: str
    outcome: str
    exposure: Literal["baseline", "time_varying"]
    families: tuple[Family, ...] = Field(
        ("weibull", "log_normal", "log_logistic", "spline_2"),
        min_length=1,
        description="Distributions, compared by AIC.",
    )
    adjust: tuple[str, ...] = ()
    cure: bool = Field(
        False, description="Also a mixture cure model, where follow-up is long enough to support a share who never do."
    )
    weights: Weights = None
    cluster: Cluster = None
    second_fit_tolerance: Tolerance = 1e-5
    required: bool = True


class MultiverseAnalysis(Finite):
    """The adjusted peer effect, and the median time, under every definition of a spell outcome."""

    kind: Literal["multiverse"]
    title: str
    outcome: str
    exposure: Literal["time_varying"] = "time_varying"
    adjust: tuple[str, ...] = ()
    weights: Weights = None
    cluster: Cluster = None
    required: bool = True


class RegressionAnalysis(Finite):
    """A measure at a wave on peer engagement at the wave before, people clustered."""

    kind: Literal["regression"]
    title: str
    outcome: str
    family: Literal["linear", "logistic"]
    adjust: tuple[str, ...] = Field((), description="Covariates of persons, or `previous` for the outcome before.")
    weights: Weights = None
    cluster: Cluster = None
    second_fit_tolerance: Tolerance = 1e-5
    required: bool = True


class TargetTrialAnalysis(Finite):
    """The peer effect on a time-to-event outcome by each way of counting engagement, side by side: ever or never
    (naive), time-varying, at landmarks, and a target trial of engaging within a grace period or not."""

    kind: Literal["target_trial"]
    title: str
    outcome: str
    landmarks: tuple[float, ...] = Field(
        (0.5, 1.0, 2.0), description="Years since the start at which engagement is fixed, one model for each."
    )
    grace: float = Field(1.0, gt=0, description="Years in which to engage, or not, in the target trial.")
    horizon: float = Field(gt=0, description="Years since the start at which follow-up ends, for every model.")
    adjust: tuple[str, ...] = ()
    replicates: int = Field(200, ge=50, description="Bootstrap samples for the intervals of the target trial.")
    weights: Weights = None
    cluster: Cluster = None
    required: bool = True

    @staticmethod
    def landmark_model(landmark: float) -> str:
        """What the results call the model of a landmark (years), such as landmark_6_months."""
        return f"landmark_{12 * landmark:g}_months".replace(".", "_")


class MultistateAnalysis(Finite):
    """Where people are in the years since onset: in which stage, for how long, and how surely they stay in recovery."""

    kind: Literal["multistate"]
    title: str
    outcome: str
    horizons: tuple[int, ...] = Field(
        (10, 20), min_length=1, description="Years since onset at which people are counted, in rising order."
    )
    stay_years: tuple[float, ...] = Field(
        (1, 5, 10), min_length=1, description="Years after a stage is reached for which staying in recovery is told."
    )
    adjust: tuple[str, ...] = Field(
        (),
        description="Covariates of the moves since first help, for where the same people would be with peers and "
        "without. Left out: people with peers and without are told as they are, and only so.",
    )
    replicates: int = Field(50, ge=20, description="Bootstrap samples for the intervals of what is adjusted.")
    weights: Weights = None
    second_fit_tolerance: Tolerance = 1e-5
    required: bool = True


Analysis = Annotated[
    SurvivalAnalysis
    | RecoveryTimeAnalysis
    | ParametricAnalysis
    | MultiverseAnalysis
    | RegressionAnalysis
    | TargetTrialAnalysis
    | MultistateAnalysis,
    Field(discriminator="kind"),
]
