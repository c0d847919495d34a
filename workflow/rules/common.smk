# Reads and checks the configuration before any job starts. The only file of rules with functions.
import sys
from pathlib import Path

from recovery_analysis.errors import ResearchError
from recovery_analysis.project import load_project
from recovery_analysis.provenance import code_of
from recovery_analysis.simulation_study.scenarios import LEVEL, SCENARIOS
from recovery_analysis.warm import start_warm

try:
    PROJECT, PLANS = load_project(Path(workflow.basedir), config)
except ResearchError as error:
    raise WorkflowError(str(error)) from None

STUDIES = {name: plan.model_dump() for name, plan in PLANS.items()}
TABLES = ["estimates", "curves", "fits", "diagnostics", "flow", "issues", "table_one", "data_checks", "reliability"]
FORMATS = ["png", "svg", "pdf"]


wildcard_constraints:
    study="[A-Za-z0-9_-]+",
    analysis="[A-Za-z0-9_]+",
    figure="[A-Za-z0-9_]+",
    table="[A-Za-z0-9_]+",


def blocks(study, *names):
    """The named blocks of a study's plan: a job reruns when one of its own blocks changes, and only then."""
    return {name: STUDIES[study][name] for name in names}


def simulated(study):
    """Extracts that the simulator writes for a study; none where the data are real."""
    return STUDIES[study]["simulate"] is not None


def raw_files(wildcards):
    """Raw extracts of a study that are files, and its hook."""
    files = STUDIES[wildcards.study]["files"].values()
    hook = STUDIES[wildcards.study]["hook"]
    return [file["path"] for file in files if file["path"] is not None] + ([] if hook is None else [hook])


def analyses(study, kind):
    """Names of a study's analyses of one kind."""
    return [name for name, plan in STUDIES[study]["analyses"].items() if plan["kind"] == kind]


def one_analysis(wildcards):
    """What one analysis needs to know, and no more."""
    plan = STUDIES[wildcards.study]
    analysis = plan["analyses"][wildcards.analysis]
    return blocks(wildcards.study, "variables", "peer", "design") | {
        "analyses": {wildcards.analysis: analysis},
        "outcomes": {analysis["outcome"]: plan["outcomes"][analysis["outcome"]]},
    }


def known_truth(wildcards):
    """What is true of a simulated study; nothing where the data are real."""
    return f"data/derived/{wildcards.study}/truth.json" if simulated(wildcards.study) else []


def drawn(study):
    """Paths of every figure of a study."""
    return expand(
        "results/{study}/figures/{figure}.{format}", study=study, figure=STUDIES[study]["figures"], format=FORMATS
    )


def tabled(study):
    """Paths of every table of a study."""
    formats = ["csv", "html", "docx"]
    return expand(
        "results/{study}/tables/{table}.{format}", study=study, table=STUDIES[study]["tables"], format=formats
    )


def described(wildcards):
    """Columns that the study's tables of people describe."""
    tables = STUDIES[wildcards.study]["tables"].values()
    return list(dict.fromkeys(v for table in tables for v in table.get("variables", ())))


def followed_events(wildcards):
    """Events that a study's outcomes count time to."""
    outcomes = STUDIES[wildcards.study]["outcomes"].values()
    return sorted({outcome["event"] for outcome in outcomes if outcome["kind"] == "event"})


def outcome_of_analyses(wildcards):
    """Analysis → outcome."""
    return {name: plan["outcome"] for name, plan in STUDIES[wildcards.study]["analyses"].items()}


def title_of_analyses(wildcards):
    """Analysis → its title."""
    return {name: plan["title"] for name, plan in STUDIES[wildcards.study]["analyses"].items()}


def fitted(table):
    """Input function: one table of every analysis of a study, in the order of its plan."""

    def paths(wildcards):
        plans = STUDIES[wildcards.study]["analyses"].items()
        return [f"data/derived/{wildcards.study}/{plan['kind']}/{name}/{table}.parquet" for name, plan in plans]

    return paths


def briefed_figure(wildcards):
    """The plan of the figure that the briefing draws; its title is not used there."""
    plan = STUDIES[wildcards.study]
    return plan["figures"][plan["briefing"]["figure"]] | {"title": ""}
