# Canonical tables → scores; who is analysed, followed for how long, with which exposure.


rule score_instruments:
    input:
        persons=rules.check_study.output.persons,
        waves_in=rules.check_study.output.waves,
    output:
        waves="data/derived/{study}/scored_waves.parquet",
        reliability="data/derived/{study}/reliability.parquet",
    log:
        "logs/{study}/score_instruments.log",
    params:
        code=code_of("score_instruments"),
        study_id="{study}",
        study=lambda wildcards: blocks(wildcards.study, "mapping", "variables", "instruments"),
        conf_level=PROJECT.conf_level,
    message:
        "{wildcards.study}: score the instruments"
    script:
        "../scripts/run_step.py"


rule derive_cohort:
    input:
        persons=rules.check_study.output.persons,
        spells=rules.check_study.output.spells,
        events=rules.check_study.output.events,
        waves=rules.score_instruments.output.waves,
    output:
        cohort="data/derived/{study}/cohort.parquet",
        periods="data/derived/{study}/periods.parquet",
        state_paths="data/derived/{study}/state_paths.parquet",
        wave_pairs="data/derived/{study}/wave_pairs.parquet",
        table_one="data/derived/{study}/table_one.csv",
        flow="data/derived/{study}/cohort_flow.csv",
    log:
        "logs/{study}/derive_cohort.log",
    params:
        code=code_of("derive_cohort"),
        study_id="{study}",
        study=lambda wildcards: blocks(
            wildcards.study, "mapping", "variables", "design", "eligibility", "peer", "outcomes"
        ),
        described=described,
        analysed=outcome_of_analyses,
    message:
        "{wildcards.study}: work out who is analysed, and for how long each person was followed"
    script:
        "../scripts/run_step.py"


rule assess_data:
    input:
        persons=rules.check_study.output.persons,
        spells=rules.check_study.output.spells,
        events=rules.check_study.output.events,
        waves=rules.score_instruments.output.waves,
        cohort=rules.derive_cohort.output.cohort,
        periods=rules.derive_cohort.output.periods,
        state_paths=rules.derive_cohort.output.state_paths,
    output:
        data_checks="data/derived/{study}/data_checks.csv",
    log:
        "logs/{study}/assess_data.log",
    params:
        code=code_of("assess_data"),
        study_id="{study}",
        study=lambda wildcards: blocks(
            wildcards.study, "variables", "design", "peer", "outcomes", "checks", "disclosure"
        ),
    message:
        "{wildcards.study}: look at who is lost, what is missing, and how files differ"
    script:
        "../scripts/run_step.py"
