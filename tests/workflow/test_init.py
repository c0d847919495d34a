"""From a file that nobody has described to a study that is checked: what a person types and confirms."""

import csv
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from recovery_analysis.scaffold.draft import confirmed

HARBOUR = Path(__file__).parents[1] / "studies" / "harbour" / "harbour.csv"


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory, new_project: Callable[[Path], Path], run: Any) -> Path:
    """A copy of the project with a draft of each study, all lines confirmed as they stand."""
    project = new_project(tmp_path_factory.mktemp("init") / "project")
    (project / "data/raw/visits").mkdir(parents=True)
    (project / "data/raw/visits/visits.csv").write_bytes(HARBOUR.read_bytes())
    files = {"rossi": "carData/Rossi", "helprct": "mosaicData/HELPrct", "uis": "package:quantreg/uis"}
    for study, file in {**files, "visits": "data/raw/visits/visits.csv"}.items():
        run(project, "recovery-analysis", "init", file, "--study", study)
        path = project / f"config/studies/{study}.yaml"
        path.write_text(confirmed(path.read_text(encoding="utf-8")), encoding="utf-8")
    return project


@pytest.mark.parametrize(("study", "people"), [("rossi", 432), ("helprct", 453), ("uis", 575)])
def test_a_draft_is_checked_once_its_guesses_are_confirmed(started: Path, run: Any, study: str, people: int) -> None:
    done = run(started, "recovery-analysis", "check", study)
    assert f"{people} people read, {people} kept." in done.stdout
    assert "Traceback" not in done.stderr
    assert "Not for publication" in (started / f"data/derived/{study}/check.html").read_text(encoding="utf-8")


def test_codes_that_few_people_have_are_left_to_the_researcher(started: Path, run: Any) -> None:
    """The draft does not name them, so the check does; with one more line mended, the study is read."""
    path = started / "config/studies/visits.yaml"
    before = path.read_text(encoding="utf-8")
    done = run(started, "recovery-analysis", "check", "visits", check=False)
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert "22 in 1 row; 3 in 4 rows; 4 in 2 rows" in done.stderr
    mended = "{column: gender, recode: {1: woman, 2: man, 3: non_binary, 4: undisclosed}, quarantine: [22]}"
    path.write_text(re.sub(r"\{column: gender, recode: [^}]*\}\}", mended, before), encoding="utf-8")
    done = run(started, "recovery-analysis", "check", "visits")
    assert "120 people read, 118 kept." in done.stdout
    assert "     1  set aside: a date that cannot be" in done.stdout
    run(started, "snakemake", "results/visits/data_dictionary.docx", "--config", "studies=[visits]")
    with (started / "results/visits/data_dictionary.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {(row["table"], row["column"]): row for row in csv.DictReader(file)}
    assert rows["waves", "peer_group"]["suppressed"] == "True", "fewer than 10 did not answer"
    assert rows["waves", "peer_group"]["percent_missing"] == ""
    assert rows["persons", "age"]["source"] == "birth_year, visit_date (visits)"
