"""A whole study, some of its blocks, and the project that names the studies to run."""

from typing import Literal

from pydantic import Field

from .analyses import Analysis
from .base import Strict
from .checking import Checks
from .instruments import Questionnaire
from .mapping import Mapping, SourceFile, Variable
from .outputs import Briefing, Disclosure, Figure, Table
from .plan import Design, Eligibility, Outcome, Peer


class About(Strict):
    """What the study is, in the words that readers of its results see."""

    title: str = Field(description="Full title, as on the first line of the briefing.")
    label: str = Field(description="Short name for figures and tables, at most 40 characters.", max_length=40)
    summary: str = Field(description="Who took part, where and when, in one or two sentences.")
    citation: str = Field(description="How to cite the data.")
    licence: str = Field(description="What may be done with the data.")
    simulated: bool = Field(False, description="True labels everything rendered as simulated data.")


class Simulate(Strict):
    """Draw the extracts from the life-history simulator before reading them."""

    people: int = Field(ge=100)
    seed: int
    interviewed: Literal["everyone", "in_recovery"] = Field(
        "everyone",
        description="`in_recovery` interviews, of the same lives, only those in recovery for three months or more.",
    )
    peers: Literal["gradual", "recent"] = Field(
        "gradual",
        description="When peers became common: over decades, or mostly in the last ten years, for the same people and "
        "with the same effect.",
    )


class Study(Strict):
    """One study: source, mapping, design, cohort, analyses, figures, disclosure."""

    about: About
    simulate: Simulate | None = None
    files: dict[str, SourceFile]
    hook: str | None = Field(
        None,
        description="Python file whose function `prepare` is called between reading and mapping; see docs/mapping.md.",
    )
    mapping: Mapping
    variables: dict[str, Variable] = {}
    instruments: dict[str, Questionnaire] = {}
    design: Design
    eligibility: tuple[Eligibility, ...] = ()
    peer: Peer
    outcomes: dict[str, Outcome]
    analyses: dict[str, Analysis]
    figures: dict[str, Figure]
    tables: dict[str, Table]
    checks: Checks = Checks()
    disclosure: Disclosure = Disclosure()
    briefing: Briefing


class StudyBlocks(Strict):
    """Some blocks of a study: what one step is given, so that it reruns only when one of them changes."""

    about: About | None = None
    files: dict[str, SourceFile] = {}
    hook: str | None = None
    mapping: Mapping | None = None
    variables: dict[str, Variable] = {}
    instruments: dict[str, Questionnaire] = {}
    design: Design | None = None
    eligibility: tuple[Eligibility, ...] = ()
    peer: Peer | None = None
    outcomes: dict[str, Outcome] = {}
    analyses: dict[str, Analysis] = {}
    checks: Checks = Checks()
    disclosure: Disclosure | None = None
    briefing: Briefing | None = None


class SimulationStudy(Strict):
    """How many simulated studies `snakemake simulation_study` tries the estimators on, and how large they are."""

    replicates: int = Field(100, ge=2, description="Samples in each scenario; 1,000 for a table to be quoted.")
    people: int = Field(1000, ge=200, description="People in each sample.")
    seed: int = Field(20150802, ge=0, description="Where the random numbers start.")


class Project(Strict):
    """config/config.yaml: which studies to run, and settings common to them."""

    studies: tuple[str, ...] = Field(min_length=1, description="Names of files in config/studies, without .yaml.")
    conf_level: float = Field(0.95, gt=0.5, lt=1, description="Level of every interval.")
    simulation_study: SimulationStudy = Field(
        SimulationStudy(), description="What `snakemake simulation_study` does; no study is needed for it."
    )
