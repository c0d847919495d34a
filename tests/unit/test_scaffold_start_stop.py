"""People with several rows, each from a start to a stop: what a draft makes of them, and what it says to write."""

from pathlib import Path

import pandas as pd
import pytest
import yaml

from recovery_analysis.project import load_study
from recovery_analysis.scaffold.draft import confirmed, write_draft
from tests.unit.tiny_study import ingest

PEOPLE = 60


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "config/studies").mkdir(parents=True)
    return tmp_path


def rows(names: tuple[str, str] = ("tstart", "tstop")) -> pd.DataFrame:
    """Three rows a person: peers from the second on; in the last of every other person the event."""
    made = [
        {"id": f"P{i:02}", "age": 20 + i % 40, names[0]: 100 * k, names[1]: 100 * (k + 1) + i % 7}
        | {"aa": int(k > 0), "event": int(k == 2 and i % 2 == 0)}
        for i in range(PEOPLE)
        for k in range(3)
    ]
    return pd.DataFrame(made)


def drafted(root: Path, frame: pd.DataFrame) -> str:
    frame.to_csv(root / "raw.csv", index=False)
    return write_draft(root, "x", ["raw.csv"]).path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "names", [("tstart", "tstop"), ("start", "stop"), ("entry_time", "exit_time"), ("Start", "End")]
)
def test_the_row_that_starts_first_is_each_person_s(root: Path, names: tuple[str, str]) -> None:
    text = drafted(root, rows(names))
    assert f"#?     first_by: {names[0]}  # by label" in text
    (root / "config/studies/x.yaml").write_text(confirmed(text), encoding="utf-8")
    study = load_study(root, "x")
    assert not {"tstart", "tstop", "event", "start", "stop"} & set(study.variables)
    (wave,) = study.mapping.waves
    assert wave.first_by == study.mapping.persons.first_by and wave.first_by.column == names[0]


def test_what_the_draft_says_to_write_gives_the_event_and_the_periods_with_peers(root: Path) -> None:
    text = drafted(root, rows())
    told = [line.removeprefix("#   ") for line in text.splitlines() if line.startswith("#   ")]
    begins, at = told.index("def prepare(frames):"), told.index("events:")
    (root / "hook.py").write_text("\n".join(told[begins:at]) + "\n", encoding="utf-8")
    ends = at + 7
    study = yaml.safe_load(confirmed(text).replace("#+ ", ""))
    study["mapping"] |= yaml.safe_load("\n".join(told[at:ends]))
    blocks = {name: study[name] for name in ("mapping", "variables", "design")}
    files = study["files"] | {"ends": {"path": "raw.csv"}}
    tables = ingest(root, blocks | {"files": files, "hook": "hook.py", "checks": {}})
    events = tables["events"].set_index("person_id")
    assert len(events) == PEOPLE and events["observed"].sum() == PEOPLE // 2
    assert events.loc["P04", "time"] == pytest.approx(304 / 365.25) and events.loc["P04", "source_row"] == 15
    spells = tables["spells"]
    assert len(spells) == 2 * PEOPLE and set(spells["kind"]) == {"peer_support"}
    assert spells["start"].min() == pytest.approx(100 / 365.25)


def test_interviews_that_are_numbered_stay_interviews(root: Path) -> None:
    frame = rows().assign(visit=[0, 1, 2] * PEOPLE)
    assert "rows: {visit: [0]}" in drafted(root, frame)
