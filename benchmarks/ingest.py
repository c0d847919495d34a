"""How long reading and checking a large file takes, beside a plain read of it: part of `make benchmark`.

Each measurement is a process of its own, so that its peak memory is its own too; the plain read and the two steps
take turns, the file is in the system's cache for both, and the least of three times counts. Two files of 60
columns are made in a temporary folder. `survey` has four interviews of each person, codes and scores, 40 of which
are mapped. `mixed` has one row of each person, text identifiers, dates, decimals and words; nearly all are mapped,
onto all four tables, so that six rows are kept for each that is read. Prints ratios of wall clock and of processor
time beside the limits that the project sets itself; it never fails, since machines differ: where memory is fast, a
plain read of parquet takes hardly any time.
"""

import itertools
import json
import math
import resource
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd

ROWS = (10_000, 1_000_000)
WAVES = 4
REPEATS = 3
CODES, SCORES = 37, 20
DATES, DECIMALS, WORDS = 5, 20, 13
PERSON_CODES, WAVE_CODES, WAVE_SCORES = 14, 12, 8
TABLES = ("persons", "spells", "events", "waves")
LIMITS = {"csv": 3.0, "parquet": 6.0}
MEMORY_LIMIT, GROWTH_LIMIT = 4.0, 1.1


def make_files(folder: Path, n: int) -> None:
    """Write survey and mixed as csv and parquet with n rows; prints the bytes of either frame."""
    for name, made in {"survey": survey(n), "mixed": mixed(n)}.items():
        made.to_csv(folder / f"{name}.csv", index=False)
        made.to_parquet(folder / f"{name}.parquet", index=False)
        print(float(made.memory_usage(deep=True).sum()))


def survey(n: int) -> pd.DataFrame:
    """Identifiers, interviews, codes and scores as whole numbers."""
    rng = np.random.default_rng(20150802)
    frame = {"pid": 100_000 + np.arange(n) // WAVES, "visit": np.arange(n) % WAVES, "days": np.arange(n) % WAVES * 182}
    for i in range(CODES):
        frame[f"code{i}"] = rng.choice([1, 2, 3, 4, 5, -9], n, p=[0.3, 0.3, 0.2, 0.1, 0.05, 0.05])
    for i in range(SCORES):
        frame[f"score{i}"] = rng.integers(0, 61, n)
    return pd.DataFrame(frame)


def mixed(n: int) -> pd.DataFrame:
    """Identifiers as text, dates in order, decimals, codes and words; one in twenty dates and decimals is missing."""
    rng = np.random.default_rng(20150802)
    frame: dict[str, object] = {"pid": [f"P{i:07d}" for i in range(n)]}
    for i in range(DATES):
        days = np.datetime64("2000-01-01", "s") + (1500 * i + rng.integers(0, 1400, n)).astype("timedelta64[D]")
        frame[f"date{i}"] = pd.Series(days).where(rng.random(n) > 0.05)
    for i in range(DECIMALS):
        frame[f"dec{i}"] = np.where(rng.random(n) > 0.05, np.round(rng.normal(50, 10, n), 4), np.nan)
    for i in range(DECIMALS):
        frame[f"code{i}"] = rng.choice([1, 2, 3, 4, 5, -9], n, p=[0.3, 0.3, 0.2, 0.1, 0.05, 0.05])
    frame["sex"] = rng.choice(["Male", "Female", "Other"], n, p=[0.6, 0.38, 0.02])
    words = {f"word{i}": rng.choice(["Yes", "No", "Refused"], n, p=[0.5, 0.4, 0.1]) for i in range(WORDS)}
    return pd.DataFrame(frame | words)


def study_of_mixed(kind: str) -> dict:
    """A study of `mixed`: 56 mapped columns in all four tables."""
    half, codes, words = DECIMALS // 2, {1: 1, 2: 0, "3..5": 0}, {"Yes": 1, "No": 0, "Refused": None}
    genders = {"Male": "man", "Female": "woman", "Other": "other"}
    yes = {f"word{i}": {"column": f"word{i}", "recode": words} for i in range(WORDS)}
    yes |= {f"code{i}": {"column": f"code{i}", "recode": codes} for i in range(DECIMALS)}
    numbers = {f"dec{i}": f"dec{i}" for i in range(DECIMALS)}
    later = {name: source for name, source in (yes | numbers).items() if int(name.lstrip("wordec")) >= half}
    own = {name: source for name, source in (yes | numbers).items() if name not in later}
    persons = {"person_id": "pid", "gender": {"column": "sex", "recode": genders}} | own
    waves = {"person_id": "pid", "wave": {"constant": 0}, "time": {"date": "date4"}} | later
    events = [
        {"event": event, "files": ["people"], "columns": {"person_id": "pid", "time": {"date": date}}}
        for event, date in {"onset": "date0", "first_help": "date1", "interview": "date4"}.items()
    ]
    spell = {"kind": "recovery", "files": ["people"], "columns": {"person_id": "pid", "start": {"date": "date2"}}}
    return {
        "files": {"people": {"path": f"mixed.{kind}", "missing": [-9]}},
        "mapping": {
            "persons": {"files": ["people"], "columns": persons},
            "waves": [{"files": ["people"], "columns": waves}],
            "events": events,
            "spells": [spell],
        },
        "variables": {name: {"label": name, "type": "binary"} for name in yes}
        | {name: {"label": name, "type": "number"} for name in numbers},
        "design": {"kind": "population_survey", "time_zero": "first_help"},
    }


def study_of_survey(kind: str) -> dict:
    """A study of `survey`: 40 mapped columns in persons and waves."""
    recode = {1: 1, 2: 0, "3..5": 0}
    genders = {1: "woman", 2: "man", 3: "non_binary", 4: "other", 5: "undisclosed"}
    in_persons = {f"p{i}": {"column": f"code{i}", "recode": recode} for i in range(PERSON_CODES)}
    in_waves = {f"w{i}": {"column": f"code{PERSON_CODES + i}", "recode": recode} for i in range(WAVE_CODES)}
    scores = {f"s{i}": f"score{i}" for i in range(WAVE_SCORES)}
    persons = {"person_id": "pid", "gender": {"column": "code36", "recode": genders}, "age": "score19"}
    waves = {"person_id": "pid", "wave": "visit", "time": {"column": "days", "unit": "days"}}
    variables = {name: {"label": name, "type": "binary"} for name in (*in_persons, *in_waves)}
    variables |= {name: {"label": name, "type": "number", "range": [0, 60]} for name in scores}
    return {
        "files": {"people": {"path": f"survey.{kind}", "missing": [-9]}},
        "mapping": {
            "persons": {"files": ["people"], "rows": {"visit": [0]}, "columns": persons | in_persons},
            "waves": [{"files": ["people"], "columns": waves | in_waves | scores}],
        },
        "variables": variables,
        "design": {"kind": "cohort"},
    }


def plain_read(folder: Path, name: str, kind: str) -> None:
    """What pandas does alone."""
    if kind == "csv":
        pd.read_csv(folder / f"{name}.csv", engine="pyarrow")
    else:
        pd.read_parquet(folder / f"{name}.parquet", engine="pyarrow")


def ingest_and_check(folder: Path, name: str, kind: str) -> None:
    """The two steps of the workflow."""
    from recovery_analysis.steps.check_study import check_study
    from recovery_analysis.steps.ingest_study import ingest_study

    blocks = STUDIES[name](kind)
    raw = {name: str(folder / "in" / f"{name}.arrow") for name in TABLES}
    raw |= {name: str(folder / "in" / f"{name}.csv") for name in ("issues", "flow")}
    ingest_study("large", blocks, folder, **raw)
    checked = {name: str(folder / f"checked_{name}.parquet") for name in TABLES}
    checked |= {name: str(folder / f"checked_{name}.csv") for name in ("issues", "quarantine", "flow")}
    del blocks["files"]
    check_study("large", blocks, **{f"{name}_in": path for name, path in raw.items()}, **checked)


STUDIES = {"survey": study_of_survey, "mixed": study_of_mixed}
DO = {"read": plain_read, "ingest": ingest_and_check}


def least(folder: Path, name: str, kind: str) -> dict[str, dict[str, float]]:
    """What is measured of each of DO, the least of several times."""
    runs = [{what: measure(what, folder, name, kind) for what in DO} for _ in range(REPEATS)]
    return {what: {key: min(run[what][key] for run in runs) for key in runs[0][what]} for what in DO}


def run(*arguments: str) -> str:
    """What a process of this file's own prints. This one stays small: on Linux a child's peak memory begins with that
    of its parent."""
    done = subprocess.run([sys.executable, __file__, *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    return done.stdout


def measure(what: str, folder: Path, name: str, kind: str) -> dict[str, float]:
    """Seconds, processor seconds, and the growth of peak memory in bytes, of one call in a process of its own."""
    return json.loads(run(what, str(folder), name, kind))


def child(what: str, folder: str, name: str, kind: str) -> None:
    """Measure one call in this process; libraries are loaded before the clock starts."""
    import pyarrow.csv  # noqa: F401
    import pyarrow.parquet  # noqa: F401

    import recovery_analysis.steps.check_study
    import recovery_analysis.steps.ingest_study  # noqa: F401

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started, used = time.monotonic(), time.process_time()
    DO[what](Path(folder), name, kind)
    seconds, processor = time.monotonic() - started, time.process_time() - used
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
    print(json.dumps({"seconds": seconds, "processor": processor, "memory": grown}))


def main() -> None:
    """Make the files, measure, and print a line per ratio."""
    took: dict[tuple[str, str, str, int], dict[str, float]] = {}
    sizes: dict[str, float] = {}
    with TemporaryDirectory() as folder:
        for n in ROWS:
            sizes = dict(zip(STUDIES, map(float, run("make", folder, str(n)).split()), strict=True))
            for name, kind in itertools.product(STUDIES, LIMITS):
                took |= {(what, name, kind, n): found for what, found in least(Path(folder), name, kind).items()}
    few, many = ROWS
    for (name, kind), limit in zip(itertools.product(STUDIES, LIMITS), 2 * list(LIMITS.values()), strict=True):
        ours, plain = took["ingest", name, kind, many], took["read", name, kind, many]
        print(
            f"{many:,} rows of {name}.{kind}: read and checked in {ours['seconds']:.1f} s, a plain read takes", end=" "
        )
        print(f"{plain['seconds']:.2f} s")
        ratio, of_processor = (ours[key] / plain[key] for key in ("seconds", "processor"))
        print(f"  time, times a plain read {ratio:12.2f}   limit {limit:.0f}")
        print(f"  processor time, the same {of_processor:12.2f}")
        print(f"  peak memory, times the frame {ours['memory'] / sizes[name]:8.2f}   limit {MEMORY_LIMIT:.0f}")
        growth = math.log(ours["seconds"] / took["ingest", name, kind, few]["seconds"]) / math.log(many / few)
        print(f"  growth, power of the rows {growth:11.2f}   limit {GROWTH_LIMIT}", flush=True)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["make", folder, rows]:
            make_files(Path(folder), int(rows))
        case [what, folder, name, kind]:
            child(what, folder, name, kind)
        case _:
            main()
