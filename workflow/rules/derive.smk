# Canonical tables → who is analysed, followed for how long, with which exposure.


rule derive_cohort:
    input:
        code_of("derive_cohort"),
        persons=rules.check_study.output.persons,
        spells=rules.check_study.output.spells,
        events=rules.check_study.output.events,
        waves=rules.check_study.output.waves,
    output:
        cohort="data/derived/{study}/cohort.parquet",
        periods="data/derived/{study}/periods.parquet",
        wave_pairs="data/derived/{study}/wave_pairs.parquet",
        table_one="data/derived/{study}/table_one.csv",
        flow="data/derived/{study}/cohort_flow.csv",
    log:
        "logs/{study}/derive_cohort.log",
    params:
        study_id="{study}",
        study=lambda wildcards: blocks(
            wildcards.study, "mapping", "variables", "design", "eligibility", "peer", "outcomes"
        ),
        described=described,
        analysed=outcome_of_analyses,
    message:
        "{wildcards.study}: work out who is analysed, and for how long each person was followed"
    script:
        "../scripts/derive_cohort.py"
