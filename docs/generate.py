"""Writes what the documents take from the code: tables of columns and keys, and config/schema.json.

Run it in the project's folder after a change of the schemas or of the configuration:
`.venv/bin/python docs/generate.py`. A page has a pair of comments, `<!-- columns results.flow -->` and
`<!-- end -->`; what stands between them is written here.
"""

import csv
import dataclasses
import json
import math
import re
import sys
from pathlib import Path
from typing import Any

from columns_and_keys import SCHEMAS, column_table, key_table

from recovery_analysis import formats, labels, study
from recovery_analysis.checks import CHECKS
from recovery_analysis.checks.whole import WHOLE_CHECKS
from recovery_analysis.disclosure import PRESETS
from recovery_analysis.ingest.findings import CELL_CHECKS
from recovery_analysis.simulate.parameters import LifeParameters
from recovery_analysis.simulation_study import scenarios

ROOT = Path(__file__).resolve().parents[1]
PAGES = (
    "docs/outputs.md",
    "docs/data-dictionary.md",
    "docs/checks.md",
    "docs/disclosure.md",
    "docs/simulation.md",
    "docs/simulation-study.md",
    "config/README.md",
)
SCHEMA = "config/schema.json"
SIMULATION = "docs/simulation-study.md"
COMMAND = ".venv/bin/python docs/generate.py"
MARKED = re.compile(r"(<!-- (columns|keys|table) ([\w.]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def preset_table() -> str:
    """The presets of the disclosure gate."""
    rows = ["| preset | withheld | other counts | fewest residual degrees of freedom |", "|---|---|---|---|"]
    for name, rules in PRESETS.items():
        withheld = f"{rules.smallest} to {rules.largest}" if rules.protects else "none"
        rounded = f"rounded to {rules.base}" if rules.base > 1 else "exact"
        rows.append(f"| `{name}` | {withheld} | {rounded} | {rules.residual_df} |")
    return "\n".join(rows) + "\n"


def hazard_ratio_table() -> str:
    """True hazard ratios of peers in the simulated world, by gender."""
    ratios = dict(zip(study.GENDERS, LifeParameters().log_hr_peer, strict=True))
    rows = [f"| {labels.GENDER[gender]} | {math.exp(value):.2f} |" for gender, value in ratios.items()]
    return "\n".join(["| group | hazard ratio |", "|---|---|", *rows]) + "\n"


def wave_table() -> str:
    """True effects of peers at the wave before in the simulated world, by gender."""
    truth = LifeParameters()
    outcomes = {
        "Social engagement (0-40)": (truth.social, "points"),
        "Recovery capital, BARC-10 (10-60)": (truth.barc, "points"),
        "Any arrest in the year": (truth.arrest, "log odds ratio"),
    }
    genders = " | ".join(labels.GENDER[gender] for gender in study.GENDERS)
    head = [f"| outcome | scale | {genders} |", "|---" * (2 + len(study.GENDERS)) + "|"]
    rows = [
        f"| {name} | {scale} | " + " | ".join(f"{value:g}" for value in model.peer) + " |"
        for name, (model, scale) in outcomes.items()
    ]
    return "\n".join(head + rows) + "\n"


def parameter_table() -> str:
    """Every parameter of the simulator, with its meaning as its docstring gives it."""
    said = re.findall(r"^    ([a-z][\w, ]*): (.*?)\.$", LifeParameters.__doc__ or "", re.MULTILINE)
    meaning = {name: text for names, text in said for name in names.split(", ")}
    rows = ["| parameter | value | meaning |", "|---|---|---|"]
    for name, value in dataclasses.asdict(LifeParameters()).items():
        rows.append(f"| `{name}` | {_shown(value)} | {meaning[name]} |")
    return "\n".join(rows) + "\n"


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        parts = {key: part for key, part in value.items() if part not in (0.0, (0.0,) * 5)}
        return "; ".join(f"{key} {_shown(part)}" for key, part in parts.items())
    if isinstance(value, tuple):
        return ", ".join(map(_shown, value))
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def cell_check_table() -> str:
    """Checks of single cells, made while a file is read."""
    rows = ["| check | what it finds | severity |", "|---|---|---|"]
    rows += [f"| `{check}` | {label} | {_severity(check)} |" for check, label in CELL_CHECKS.items()]
    return "\n".join(rows) + "\n"


def row_check_table() -> str:
    """Checks of rows: each once, whatever number of tables it looks at."""
    rows = ["| check | table | what it says | severity | what to do | what it means |", "|---|---|---|---|---|---|"]
    tables: dict[str, list[str]] = {}
    for check in CHECKS:
        tables.setdefault(check.id, []).append(check.table)
    for check in {check.id: check for check in reversed(CHECKS)}.values():
        where = ", ".join(f"`{table}`" for table in tables[check.id])
        told = (f"`{check.id}`", where, check.message, _severity(check.id), check.todo, check.meaning)
        rows.insert(2, "| " + " | ".join(told) + " |")
    return "\n".join(rows) + "\n"


def whole_check_table() -> str:
    """Checks of a study as a whole."""
    rows = ["| check | what is computed | severity | what to do | what it means |", "|---|---|---|---|---|"]
    rows += [f"| `{c.id}` | {c.sentence} | {_severity(c.id)} | {c.todo} | {c.meaning} |" for c in WHOLE_CHECKS]
    return "\n".join(rows) + "\n"


def _severity(check: str) -> str:
    field = study.Severities.model_fields.get(check)
    return f"`{field.default}`" if field else "`error`"


def performance_table(path: str) -> str:
    """Performance of every estimator of the simulation study, from a run's performance.csv."""
    rows = ["| scenario | estimator | truth | bias | spread | standard error | covers | rejects |", "|---" * 8 + "|"]
    before = ""
    for row in csv.DictReader(Path(path).read_text(encoding="utf-8").splitlines()):
        scenario = "" if row["scenario_label"] == before else row["scenario_label"]
        before = row["scenario_label"]
        mark = " (naive)" if row["naive"] == "True" else " **\\***" if row["assumptions_hold"] == "True" else ""
        digits = 3 if not row["bias"] or float(row["bias_mcse"]) >= 0.0005 else 4
        bias = f"{_rounded(row['bias'], digits)} ± {_rounded(row['bias_mcse'], digits)}" if row["bias"] else "–"
        covers, rejects = (f"{100 * float(row[k]):.1f} %" if row[k] else "–" for k in ("coverage", "rejected"))
        spread = f"{_rounded(row['empirical_se'])} | {_rounded(row['model_se'])}"
        name = row["method_label"] + mark
        rows.append(f"| {scenario} | {name} | {_rounded(row['truth'], 2)} | {bias} | {spread} | {covers} | {rejects} |")
    return "\n".join(rows) + "\n"


def scenario_table() -> str:
    """The worlds of the simulation study."""
    rows = ["| scenario | what is special |", "|---|---|"]
    return "\n".join([*rows, *(f"| {s.label} | {s.meaning} |" for s in scenarios.SCENARIOS.values())]) + "\n"


def _rounded(text: str, digits: int = 3) -> str:
    return formats.number(float(text), digits) if text else formats.MISSING


TABLES = {
    "scenarios": scenario_table,
    "cell_checks": cell_check_table,
    "row_checks": row_check_table,
    "whole_checks": whole_check_table,
    "presets": preset_table,
    "hazard_ratios": hazard_ratio_table,
    "wave_effects": wave_table,
    "parameters": parameter_table,
}


def filled(page: str) -> str:
    """The page with everything between its marks written anew."""

    def table(found: re.Match[str]) -> str:
        kind, name = found[2], found[3]
        match kind:
            case "columns":
                made = column_table(SCHEMAS[name])
            case "keys":
                made = key_table(getattr(study, name))
            case _:
                made = TABLES[name]()
        return f"{found[1]}\n{made}\n{found[4]}"

    return MARKED.sub(table, page)


def schema_json() -> str:
    """JSON schema of a study file, for editors; a column may be a name alone, which pydantic does not say."""
    schema = study.Study.model_json_schema()
    column = schema["$defs"]["ColumnMap"]
    schema["$defs"]["ColumnMap"] = {"anyOf": [{"type": "string", "description": "Source column."}, column]}
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"


def generated() -> dict[str, str]:
    """Path relative to the project → what it should hold."""
    pages = {name: filled((ROOT / name).read_text(encoding="utf-8")) for name in PAGES}
    return pages | {SCHEMA: schema_json()}


if __name__ == "__main__":
    for name, text in generated().items():
        (ROOT / name).write_text(text, encoding="utf-8")
        print(f"wrote {name}")
    # The page of the simulation study is written anew only after a run, which takes long.
    for path in sys.argv[1:]:
        page, table = ROOT / SIMULATION, performance_table(path)
        parts = re.split(
            r"(?<=<!-- performance -->\n).*(?=<!-- end -->)", page.read_text(encoding="utf-8"), flags=re.DOTALL
        )
        page.write_text(f"\n{table}\n".join(parts), encoding="utf-8")
        print(f"wrote {SIMULATION}")
