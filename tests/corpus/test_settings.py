"""Traps in the configuration end in a sentence, quickly, and run nothing."""

from pathlib import Path
from typing import Any

import pytest

from recovery_analysis.errors import ResearchError
from recovery_analysis.project import load_study, read_yaml
from tests.unit.tiny_study import ingest

from .faults import Refused
from .faults_settings import PATHS, YAML
from .study import people, plan, visits, write
from .test_corpus import SECONDS, at_most


@pytest.mark.parametrize("name", PATHS)
def test_a_path_that_leads_elsewhere_is_refused(tmp_path: Path, name: str, record_property: Any) -> None:
    record_property("corpus", Refused.outcome)
    path, words = PATHS[name]
    project = tmp_path / "project"
    (project / "data").mkdir(parents=True)
    write(people(), tmp_path / "outside.csv")
    write(visits(), project / "visits.csv")
    study = plan("csv")
    study["files"]["people"]["path"] = path
    with at_most(SECONDS), pytest.raises(ResearchError, match="files.people") as caught:
        ingest(project, study)
    assert words in str(caught.value)
    assert not list(tmp_path.rglob("gone*"))


@pytest.mark.parametrize("name", YAML)
def test_a_trap_in_yaml_is_refused(tmp_path: Path, name: str, record_property: Any) -> None:
    record_property("corpus", Refused.outcome)
    text, words = YAML[name]
    (tmp_path / "trap.yaml").write_bytes(text if isinstance(text, bytes) else text.encode())
    with at_most(SECONDS), pytest.raises(ResearchError, match="trap.yaml") as caught:
        read_yaml(tmp_path / "trap.yaml")
    assert words in str(caught.value)
    assert not (tmp_path / "gone").exists()


def test_a_repeated_part_of_yaml_is_still_allowed(tmp_path: Path) -> None:
    (tmp_path / "config" / "studies").mkdir(parents=True)
    (tmp_path / "config" / "studies" / "x.yaml").write_text("files: &f {a: {path: a.csv}}\nabout: *f\n")
    with pytest.raises(ResearchError, match="about.title: this key is needed"):
        load_study(tmp_path, "x")
