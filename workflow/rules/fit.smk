# One job per analysis: its curves, its models, its diagnostics.


rule fit_survival:
    input:
        cohort=rules.derive_cohort.output.cohort,
        periods=rules.derive_cohort.output.periods,
    output:
        estimates="data/derived/{study}/survival/{analysis}/estimates.parquet",
        curves="data/derived/{study}/survival/{analysis}/curves.parquet",
        fits="data/derived/{study}/survival/{analysis}/fits.parquet",
        diagnostics="data/derived/{study}/survival/{analysis}/diagnostics.parquet",
        flow="data/derived/{study}/survival/{analysis}/flow.parquet",
    log:
        "logs/{study}/fit_survival_{analysis}.log",
    params:
        code=code_of("fit_survival"),
        study_id="{study}",
        analysis_id="{analysis}",
        study=one_analysis,
        conf_level=PROJECT.conf_level,
    message:
        "{wildcards.study}: fit survival models of {wildcards.analysis}"
    script:
        "../scripts/run_step.py"


rule fit_recovery_time:
    input:
        cohort=rules.derive_cohort.output.cohort,
        periods=rules.derive_cohort.output.periods,
        truth=known_truth,
    output:
        estimates="data/derived/{study}/recovery_time/{analysis}/estimates.parquet",
        curves="data/derived/{study}/recovery_time/{analysis}/curves.parquet",
        fits="data/derived/{study}/recovery_time/{analysis}/fits.parquet",
        diagnostics="data/derived/{study}/recovery_time/{analysis}/diagnostics.parquet",
        flow="data/derived/{study}/recovery_time/{analysis}/flow.parquet",
    log:
        "logs/{study}/fit_recovery_time_{analysis}.log",
    params:
        code=code_of("fit_recovery_time"),
        study_id="{study}",
        analysis_id="{analysis}",
        study=one_analysis,
        conf_level=PROJECT.conf_level,
    message:
        "{wildcards.study}: fit right-truncated models of {wildcards.analysis}"
    script:
        "../scripts/run_step.py"


rule fit_parametric:
    input:
        cohort=rules.derive_cohort.output.cohort,
        periods=rules.derive_cohort.output.periods,
    output:
        estimates="data/derived/{study}/parametric/{analysis}/estimates.parquet",
        curves="data/derived/{study}/parametric/{analysis}/curves.parquet",
        fits="data/derived/{study}/parametric/{analysis}/fits.parquet",
        diagnostics="data/derived/{study}/parametric/{analysis}/diagnostics.parquet",
        flow="data/derived/{study}/parametric/{analysis}/flow.parquet",
    log:
        "logs/{study}/fit_parametric_{analysis}.log",
    params:
        code=code_of("fit_parametric"),
        study_id="{study}",
        analysis_id="{analysis}",
        study=one_analysis,
        conf_level=PROJECT.conf_level,
    message:
        "{wildcards.study}: fit parametric models of {wildcards.analysis}"
    script:
        "../scripts/run_step.py"


rule fit_regression:
    input:
        cohort=rules.derive_cohort.output.cohort,
        wave_pairs=rules.derive_cohort.output.wave_pairs,
    output:
        estimates="data/derived/{study}/regression/{analysis}/estimates.parquet",
        curves="data/derived/{study}/regression/{analysis}/curves.parquet",
        fits="data/derived/{study}/regression/{analysis}/fits.parquet",
        diagnostics="data/derived/{study}/regression/{analysis}/diagnostics.parquet",
        flow="data/derived/{study}/regression/{analysis}/flow.parquet",
    log:
        "logs/{study}/fit_regression_{analysis}.log",
    params:
        code=code_of("fit_regression"),
        study_id="{study}",
        analysis_id="{analysis}",
        study=one_analysis,
        conf_level=PROJECT.conf_level,
    message:
        "{wildcards.study}: fit regression models of {wildcards.analysis}"
    script:
        "../scripts/run_step.py"


rule fit_target_trial:
    input:
        cohort=rules.derive_cohort.output.cohort,
        periods=rules.derive_cohort.output.periods,
    output:
        estimates="data/derived/{study}/target_trial/{analysis}/estimates.parquet",
        curves="data/derived/{study}/target_trial/{analysis}/curves.parquet",
        fits="data/derived/{study}/target_trial/{analysis}/fits.parquet",
        diagnostics="data/derived/{study}/target_trial/{analysis}/diagnostics.parquet",
        flow="data/derived/{study}/target_trial/{analysis}/flow.parquet",
    log:
        "logs/{study}/fit_target_trial_{analysis}.log",
    params:
        code=code_of("fit_target_trial"),
        study_id="{study}",
        analysis_id="{analysis}",
        study=one_analysis,
        conf_level=PROJECT.conf_level,
    message:
        "{wildcards.study}: count peer engagement in several ways for {wildcards.analysis}"
    script:
        "../scripts/run_step.py"


rule fit_multiverse:
    input:
        cohort=rules.derive_cohort.output.cohort,
        periods=rules.derive_cohort.output.periods,
    output:
        estimates="data/derived/{study}/multiverse/{analysis}/estimates.parquet",
        curves="data/derived/{study}/multiverse/{analysis}/curves.parquet",
        fits="data/derived/{study}/multiverse/{analysis}/fits.parquet",
        diagnostics="data/derived/{study}/multiverse/{analysis}/diagnostics.parquet",
        flow="data/derived/{study}/multiverse/{analysis}/flow.parquet",
    log:
        "logs/{study}/fit_multiverse_{analysis}.log",
    params:
        code=code_of("fit_multiverse"),
        study_id="{study}",
        analysis_id="{analysis}",
        study=one_analysis,
        conf_level=PROJECT.conf_level,
    message:
        "{wildcards.study}: fit every definition of the outcome for {wildcards.analysis}"
    script:
        "../scripts/run_step.py"


rule fit_multistate:
    input:
        cohort=rules.derive_cohort.output.cohort,
        state_paths=rules.derive_cohort.output.state_paths,
    output:
        estimates="data/derived/{study}/multistate/{analysis}/estimates.parquet",
        curves="data/derived/{study}/multistate/{analysis}/curves.parquet",
        fits="data/derived/{study}/multistate/{analysis}/fits.parquet",
        diagnostics="data/derived/{study}/multistate/{analysis}/diagnostics.parquet",
        flow="data/derived/{study}/multistate/{analysis}/flow.parquet",
    log:
        "logs/{study}/fit_multistate_{analysis}.log",
    params:
        code=code_of("fit_multistate"),
        study_id="{study}",
        analysis_id="{analysis}",
        study=one_analysis,
        conf_level=PROJECT.conf_level,
    message:
        "{wildcards.study}: follow people through the stages of {wildcards.analysis}"
    script:
        "../scripts/run_step.py"
