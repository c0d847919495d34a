"""docs/mapping.md: every word is there, and every example is valid."""

import re
from pathlib import Path

import pytest
import yaml

from recovery_analysis.ingest.hooks import _load
from recovery_analysis.study import ColumnMap, EventMap, Join, SourceFile, SpellMap, TableMap, WaveMap

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "mapping.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```yaml\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
PERSON = {"files": ["f"], "columns": {"person_id": "id"}}


def test_every_word_is_explained() -> None:
    words = set(re.findall(r"`([a-z_]+)`", "".join(re.findall(r"^\*\*.*?\n\n", PAGE, re.DOTALL | re.MULTILINE))))
    models = (SourceFile, ColumnMap, WaveMap, SpellMap)
    wanted = {name for model in models for name in model.model_fields} - {"kind", "columns", "sheet"}
    assert wanted <= words, sorted(wanted - words)
    assert set(Join.model_fields) <= set(re.findall(r"\b(file|by|expect)\b", PAGE))


def columns(text: str) -> list[dict]:
    """Each line of an example of columns is a mapping of its own: one name may come twice."""
    return [yaml.safe_load(line) for line in text.splitlines()]


@pytest.mark.parametrize("text", EXAMPLES, ids=range(len(EXAMPLES)))
def test_every_example_is_valid(text: str) -> None:
    if text.startswith("- "):
        (block,) = yaml.safe_load(text)
        model = WaveMap if "waves" in block else SpellMap
        model.model_validate({"files": ["f"]} | block)
    elif text.startswith("files:"):
        files = yaml.safe_load(text)["files"]
        assert all(SourceFile.model_validate(file) for file in files.values())
    elif text.startswith("hook:"):
        assert yaml.safe_load(text)["hook"].endswith(".py")
    elif text.startswith("persons:"):
        block = TableMap.model_validate(PERSON | yaml.safe_load(text)["persons"])
        assert block.rows or block.first_by
    elif text.startswith("columns:"):
        assert TableMap.model_validate(PERSON | yaml.safe_load(text)).overrides
    else:
        maps = [ColumnMap.model_validate(source) for line in columns(text) for source in line.values()]
        assert maps and EventMap.model_validate(PERSON | {"event": "x"} | {"columns": {"person_id": maps[0]}})


def test_the_hook_of_the_page_runs(tmp_path: Path) -> None:
    import pandas as pd

    (code,) = re.findall(r"^```python\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    (tmp_path / "hook.py").write_text(code, encoding="utf-8")
    frames = {"visits": pd.DataFrame({"consent": ["1", "0"], "q1": ["S4", "S5"]}, index=[1, 2])}
    assert _load("hook.py", tmp_path / "hook.py")(frames)["visits"]["score"].tolist() == ["4"]
