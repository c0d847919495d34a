"""The worlds in which the estimators are tried, each with its truth."""

from dataclasses import dataclass, replace
from math import log

from ..simulate.parameters import CovariateEffects, LifeParameters

LEVEL = 0.95
EFFECT = 1.5
SOCIAL, ARREST = 1.5, -0.5
FADES_AT = 5.0


@dataclass(frozen=True)
class Scenario:
    """One world, and how people come into the file.

    Attributes
    ----------
    label, meaning : what is special about it, in a few words and in a sentence.
    parameters : the truth.
    kind : survey (everybody since first help), recovered (only people who have reached stable recovery), waves, or what
        is told of the lives: told (times to the year), deaths, stages, sites (that differ), chosen (with unequal
        chances), never (some do not recover).
    lost : how follow-up ends early: no, by what was measured, or by what happens next.
    whole_years : share of people who tell both dates by the year alone.
    missing : share of people who do not tell the severity of their problem.
    relapses : whether it is told who uses again at the interview.
    """

    label: str
    meaning: str
    parameters: LifeParameters
    kind: str = "survey"
    lost: str = "no"
    whole_years: float = 0.0
    missing: float = 0.0
    relapses: bool = False


def world(hazard_ratio: float, **changes: object) -> LifeParameters:
    """Women and men, with the same effect of peers, so that one hazard ratio is true for everybody."""
    shares = (0.42, 0.58, 0.0, 0.0, 0.0)
    return replace(LifeParameters(), gender_shares=shares, log_hr_peer=(log(hazard_ratio),) * 5, **changes)


def waves_world() -> LifeParameters:
    """The same effect of peers on the next interview for women and men."""
    common = world(EFFECT)
    social, arrest = (
        replace(model, peer=(effect,) * 5) for model, effect in ((common.social, SOCIAL), (common.arrest, ARREST))
    )
    return replace(common, social=social, arrest=arrest)


def ageless(hazard_ratio: float, **changes: object) -> LifeParameters:
    """Age matters neither for recovery nor for peers, so that nobody is followed longer for what they are."""
    common = world(hazard_ratio, **changes)
    recovery, uptake = (replace(e, age_per_10=0.0) for e in (common.recovery_effects, common.uptake_effects))
    return replace(common, recovery_effects=recovery, uptake_effects=uptake)


def known_at_start(hazard_ratio: float) -> LifeParameters:
    """The same with peers before first help or never, so that they are a covariate."""
    return ageless(hazard_ratio, peer_rate=(1e-9, 1e-9), peer_before_help=0.35)


def by_chance(hazard_ratio: float) -> LifeParameters:
    """The same with peers unrelated to anything else, so that differences need no adjustment."""
    unrelated = CovariateEffects((0.0,) * 5, 0.0, 0.0, (0.0,) * 5, 0.0)
    return replace(known_at_start(hazard_ratio), uptake_effects=unrelated)


SCENARIOS = {
    "no_effect": Scenario("No effect of peers", "Peers make no difference to anybody.", world(1.0)),
    "effect": Scenario(
        "Peers help", f"Recovery is {EFFECT:g} times as likely at any time after first engagement.", world(EFFECT)
    ),
    "fading": Scenario(
        "The effect fades",
        f"Peers double the rate in the first {FADES_AT:g} years since first help, and make no difference later.",
        world(2.0, peer_effect_until=FADES_AT),
    ),
    "relapse": Scenario(
        "Heavy relapse",
        "Two in three people use again within a few years of stable recovery; many short attempts before it.",
        world(EFFECT, relapse_rate=0.45, attempt_rate_median=1.5),
        relapses=True,
    ),
    "lost_measured": Scenario(
        "Lost by what was measured",
        "One in five is lost before recovery and interview: twice as many without peers, more with severe problems.",
        world(EFFECT),
        lost="measured",
    ),
    "lost_unmeasured": Scenario(
        "Lost by what comes next",
        "More than one in four is lost: half of those who take over 15 years, few of those who take less than five.",
        world(EFFECT),
        lost="unmeasured",
    ),
    "recovered": Scenario(
        "Only people in recovery",
        "Only people who have reached stable recovery are in the file; peers became more common; no true effect.",
        world(1.0, peer_rate=(0.16, 0.08), peer_growth=(0.09, 0.12)),
        kind="recovered",
    ),
    "whole_years": Scenario(
        "Heaped years", "Six in ten people tell both dates by the year alone.", world(EFFECT), whole_years=0.6
    ),
    "missing_5": Scenario(
        "5 % missing", "One person in twenty does not tell the severity.", world(EFFECT), missing=0.05
    ),
    "missing_30": Scenario(
        "30 % missing",
        "Three people in ten do not tell the severity, more of them with peers.",
        world(EFFECT),
        missing=0.30,
    ),
    "waves": Scenario(
        "Follow-up waves",
        "Social engagement and arrests at two yearly interviews; a quarter is lost, more of them with few contacts.",
        waves_world(),
        kind="waves",
    ),
    "told": Scenario(
        "Answers in whole years",
        "People tell completed years, beyond ten years in fives; peers were met before first help, or never.",
        known_at_start(EFFECT),
        kind="told",
    ),
    "deaths": Scenario(
        "Some people die",
        "Nearly one in five would die without recovering, twelve years after first help on average; peers by chance.",
        by_chance(EFFECT),
        kind="deaths",
    ),
    "stages": Scenario(
        "In and out of recovery",
        "Heavy relapse again, and as many peers in every year; people move between stages until the interview.",
        ageless(EFFECT, relapse_rate=0.45, peer_growth=(1e-6, 1e-6)),
        kind="stages",
    ),
    "no_effect_deaths": Scenario(
        "Some die, no effect",
        "As many die; peers, by chance, make no difference to recovery or to death.",
        by_chance(1.0),
        kind="deaths",
    ),
    "sites": Scenario(
        "Sites differ",
        "Fifty sites differ in how fast people recover (a gamma frailty) and in how many have peers; no true effect.",
        by_chance(1.0),
        kind="sites",
    ),
    "chosen": Scenario(
        "Unequal chances",
        "People with severe problems are three times as likely to be asked as others, and have weights for it.",
        ageless(EFFECT, peer_growth=(1e-6, 1e-6)),
        kind="chosen",
    ),
    "never": Scenario(
        "Some never recover",
        "One person in five never reaches stable recovery, however long the follow-up.",
        by_chance(1.0),
        kind="never",
    ),
}
