"""Adapter: the rule draw_figure calls the step of the same name."""

from recovery_analysis.job import started

with started(snakemake) as arguments:
    from recovery_analysis.steps.draw_figure import draw_figure

    draw_figure(**arguments)
