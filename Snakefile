# recovery-analysis: from raw survey extracts to a briefing. Type `snakemake`.
from snakemake.utils import min_version

min_version("9.19")


configfile: "config/config.yaml"


container: "docker://python:3.11-slim"


report: "workflow/report/workflow.rst"


include: "workflow/rules/common.smk"
include: "workflow/rules/simulate.smk"
include: "workflow/rules/ingest.smk"
include: "workflow/rules/derive.smk"
include: "workflow/rules/fit.smk"
include: "workflow/rules/release.smk"
include: "workflow/rules/render.smk"
include: "workflow/rules/brief.smk"
include: "workflow/rules/simulation_study.smk"


onstart:
    start_warm()


rule all:
    default_target: True
    input:
        expand("results/{study}/{table}.csv", study=STUDIES, table=TABLES),
        expand("results/{study}/data_quality.html", study=STUDIES),
        expand("results/{study}/data_dictionary.{format}", study=STUDIES, format=["csv", "html", "docx"]),
        [path for study in STUDIES for path in drawn(study) + tabled(study)],
        expand("results/{study}/briefing.{format}", study=STUDIES, format=["pdf", "docx"]),
    localrule: True
    message:
        "Everything is in place"
