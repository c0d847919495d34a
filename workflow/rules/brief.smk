# The two-page briefing, every number looked up from the result tables.


rule write_briefing:
    input:
        estimates=rules.release_results.output.estimates,
        curves=rules.release_results.output.curves,
        flow=rules.release_results.output.flow,
        table_one=rules.release_results.output.table_one,
    output:
        pdf=report(
            "results/{study}/briefing.pdf",
            caption="../report/briefing.rst",
            category="{study}",
            subcategory="Briefing",
            labels={"what": "briefing"},
        ),
        docx="results/{study}/briefing.docx",
    log:
        "logs/{study}/write_briefing.log",
    params:
        code=code_of("write_briefing"),
        study=lambda wildcards: blocks(
            wildcards.study, "about", "peer", "outcomes", "analyses", "variables", "design", "disclosure", "briefing"
        ),
        figure=briefed_figure,
        conf_level=PROJECT.conf_level,
    message:
        "{wildcards.study}: write the briefing"
    script:
        "../scripts/run_step.py"
