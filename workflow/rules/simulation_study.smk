# How the estimators do where the truth is known: `snakemake simulation_study`.


rule simulation_study:
    input:
        "results/simulation_study/performance.csv",
        expand("results/simulation_study/coverage.{format}", format=FORMATS),
        expand("results/simulation_study/performance.{format}", format=["html", "docx"]),
    localrule: True
    message:
        "The simulation study is in results/simulation_study"


rule simulate_scenario:
    output:
        replicates="data/derived/simulation_study/{scenario}.parquet",
    log:
        "logs/simulation_study/simulate_scenario_{scenario}.log",
    wildcard_constraints:
        scenario="|".join(SCENARIOS),
    params:
        code=code_of("simulate_scenario"),
        scenario="{scenario}",
        plan=PROJECT.simulation_study.model_dump(),
    message:
        "simulation study: try every estimator in the scenario {wildcards.scenario}"
    script:
        "../scripts/run_step.py"


rule summarise_simulation:
    input:
        replicates=expand(rules.simulate_scenario.output.replicates, scenario=SCENARIOS),
    output:
        performance="results/simulation_study/performance.csv",
    log:
        "logs/simulation_study/summarise_simulation.log",
    params:
        code=code_of("summarise_simulation"),
        scenarios=list(SCENARIOS),
        conf_level=LEVEL,
    message:
        "simulation study: work out bias, coverage and power"
    script:
        "../scripts/run_step.py"


rule draw_performance:
    input:
        performance=rules.summarise_simulation.output.performance,
    output:
        png="results/simulation_study/coverage.png",
        svg="results/simulation_study/coverage.svg",
        pdf="results/simulation_study/coverage.pdf",
    log:
        "logs/simulation_study/draw_performance.log",
    params:
        code=code_of("draw_performance"),
        conf_level=LEVEL,
    message:
        "simulation study: draw the figure"
    script:
        "../scripts/run_step.py"


rule write_performance:
    input:
        performance=rules.summarise_simulation.output.performance,
    output:
        html="results/simulation_study/performance.html",
        docx="results/simulation_study/performance.docx",
    log:
        "logs/simulation_study/write_performance.log",
    params:
        code=code_of("write_performance"),
    message:
        "simulation study: write the table"
    script:
        "../scripts/run_step.py"
