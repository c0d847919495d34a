# Studies whose extracts are drawn from a known truth.


rule simulate_extracts:
    output:
        uk="data/raw/{study}/uk_baseline.sav",
        nl="data/raw/{study}/nl_baseline.dta",
        be="data/raw/{study}/be_baseline.xlsx",
        follow_up_1="data/raw/{study}/follow_up_1.csv",
        follow_up_2="data/raw/{study}/follow_up_2.csv",
        truth="data/derived/{study}/truth.json",
    log:
        "logs/{study}/simulate_extracts.log",
    wildcard_constraints:
        study="|".join(name for name in STUDIES if simulated(name)) or "none",
    params:
        code=code_of("simulate_extracts"),
        plan=lambda wildcards: STUDIES[wildcards.study]["simulate"],
    message:
        "{wildcards.study}: draw simulated lives, and interview them"
    script:
        "../scripts/run_step.py"
