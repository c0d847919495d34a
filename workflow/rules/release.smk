# The disclosure gate: nothing about single persons, no small count, passes into results/.


rule release_results:
    input:
        estimates_in=fitted("estimates"),
        curves_in=fitted("curves"),
        fits_in=fitted("fits"),
        diagnostics_in=fitted("diagnostics"),
        flow_in=[rules.check_study.output.flow, rules.derive_cohort.output.flow],
        analysis_flow_in=fitted("flow"),
        table_one_in=rules.derive_cohort.output.table_one,
        issues_in=rules.check_study.output.issues,
        data_checks_in=rules.assess_data.output.data_checks,
        reliability_in=rules.score_instruments.output.reliability,
    output:
        estimates="results/{study}/estimates.csv",
        curves="results/{study}/curves.csv",
        fits="results/{study}/fits.csv",
        diagnostics="results/{study}/diagnostics.csv",
        flow="results/{study}/flow.csv",
        issues="results/{study}/issues.csv",
        table_one="results/{study}/table_one.csv",
        data_checks="results/{study}/data_checks.csv",
        reliability="results/{study}/reliability.csv",
    log:
        "logs/{study}/release_results.log",
    params:
        code=code_of("release_results"),
        study_id="{study}",
        preset=lambda wildcards: STUDIES[wildcards.study]["disclosure"]["preset"],
    message:
        "{wildcards.study}: withhold small numbers, and release the results"
    script:
        "../scripts/run_step.py"
