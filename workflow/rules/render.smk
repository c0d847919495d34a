# What is read: figures, tables and the data-quality page. They read results/ and nothing else.


rule draw_figure:
    input:
        estimates=rules.release_results.output.estimates,
        curves=rules.release_results.output.curves,
        flow=rules.release_results.output.flow,
    output:
        png=report(
            "results/{study}/figures/{figure}.png",
            caption="../report/figure.rst",
            category="{study}",
            subcategory="Figures",
            labels={"what": "{figure}"},
        ),
        svg="results/{study}/figures/{figure}.svg",
        pdf="results/{study}/figures/{figure}.pdf",
    log:
        "logs/{study}/draw_figure_{figure}.log",
    params:
        code=code_of("draw_figure"),
        figure=lambda wildcards: STUDIES[wildcards.study]["figures"][wildcards.figure],
        study=lambda wildcards: blocks(
            wildcards.study, "about", "peer", "outcomes", "analyses", "disclosure", "variables"
        ),
    message:
        "{wildcards.study}: draw the figure {wildcards.figure}"
    script:
        "../scripts/run_step.py"


rule render_table:
    input:
        estimates=rules.release_results.output.estimates,
        diagnostics=rules.release_results.output.diagnostics,
        table_one=rules.release_results.output.table_one,
    output:
        csv="results/{study}/tables/{table}.csv",
        html=report(
            "results/{study}/tables/{table}.html",
            caption="../report/table.rst",
            category="{study}",
            subcategory="Tables",
            labels={"what": "{table}"},
        ),
        docx="results/{study}/tables/{table}.docx",
    log:
        "logs/{study}/render_table_{table}.log",
    params:
        code=code_of("render_table"),
        table=lambda wildcards: STUDIES[wildcards.study]["tables"][wildcards.table],
        study=lambda wildcards: blocks(
            wildcards.study,
            "about",
            "mapping",
            "variables",
            "eligibility",
            "peer",
            "outcomes",
            "analyses",
            "disclosure",
        ),
    message:
        "{wildcards.study}: write the table {wildcards.table}"
    script:
        "../scripts/run_step.py"


rule write_quality_page:
    input:
        issues=rules.release_results.output.issues,
        data_checks=rules.release_results.output.data_checks,
        flow=rules.release_results.output.flow,
    output:
        html=report(
            "results/{study}/data_quality.html",
            caption="../report/data_quality.rst",
            category="{study}",
            subcategory="Data quality",
            labels={"what": "data quality"},
        ),
    log:
        "logs/{study}/write_quality_page.log",
    params:
        code=code_of("write_quality_page"),
        study=lambda wildcards: blocks(wildcards.study, "about", "disclosure"),
        titles=title_of_analyses,
    message:
        "{wildcards.study}: write the page on data quality"
    script:
        "../scripts/run_step.py"


rule write_dictionary:
    input:
        persons=rules.check_study.output.persons,
        spells=rules.check_study.output.spells,
        events=rules.check_study.output.events,
        waves=rules.check_study.output.waves,
        scored=rules.score_instruments.output.waves,
    output:
        csv="results/{study}/data_dictionary.csv",
        html=report(
            "results/{study}/data_dictionary.html",
            caption="../report/data_dictionary.rst",
            category="{study}",
            subcategory="Data quality",
            labels={"what": "data dictionary"},
        ),
        docx="results/{study}/data_dictionary.docx",
    log:
        "logs/{study}/write_dictionary.log",
    params:
        code=code_of("write_dictionary"),
        study=lambda wildcards: blocks(
            wildcards.study, "about", "files", "mapping", "variables", "instruments", "design", "disclosure"
        ),
    message:
        "{wildcards.study}: write the data dictionary"
    script:
        "../scripts/run_step.py"
