# Raw extracts → canonical tables, every bad cell told.


rule ingest_study:
    input:
        raw_files,
    output:
        persons="data/derived/{study}/ingested/persons.arrow",
        spells="data/derived/{study}/ingested/spells.arrow",
        events="data/derived/{study}/ingested/events.arrow",
        waves="data/derived/{study}/ingested/waves.arrow",
        issues="data/derived/{study}/ingested/issues.csv",
        flow="data/derived/{study}/ingested/flow.csv",
    log:
        "logs/{study}/ingest_study.log",
    params:
        code=code_of("ingest_study"),
        study_id="{study}",
        root=".",
        study=lambda wildcards: blocks(wildcards.study, "files", "hook", "mapping", "variables", "design"),
    message:
        "{wildcards.study}: read the raw data"
    script:
        "../scripts/run_step.py"


rule check_study:
    input:
        persons_in=rules.ingest_study.output.persons,
        spells_in=rules.ingest_study.output.spells,
        events_in=rules.ingest_study.output.events,
        waves_in=rules.ingest_study.output.waves,
        issues_in=rules.ingest_study.output.issues,
        flow_in=rules.ingest_study.output.flow,
    output:
        persons="data/derived/{study}/persons.parquet",
        spells="data/derived/{study}/spells.parquet",
        events="data/derived/{study}/events.parquet",
        waves="data/derived/{study}/waves.parquet",
        issues="data/derived/{study}/issues.csv",
        quarantine="data/derived/{study}/quarantine.csv",
        flow="data/derived/{study}/checked_flow.csv",
    log:
        "logs/{study}/check_study.log",
    params:
        code=code_of("check_study"),
        study_id="{study}",
        followed=followed_events,
        study=lambda wildcards: blocks(wildcards.study, "mapping", "variables", "design", "checks"),
    message:
        "{wildcards.study}: check every row, and set aside what cannot be used"
    script:
        "../scripts/run_step.py"
