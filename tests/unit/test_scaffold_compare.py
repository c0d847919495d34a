"""What is told of a new extract of the same study."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from recovery_analysis.errors import ResearchError
from recovery_analysis.scaffold.compare import standardised, variation
from recovery_analysis.steps.compare_codebooks import compare_codebooks

N = 200


def _frame(**columns: Any) -> pd.DataFrame:
    return pd.DataFrame({"pid": [f"P{i:03}" for i in range(N)], **columns})


def _repeat(*values: Any) -> list[Any]:
    return [values[i % len(values)] for i in range(N)]


@pytest.fixture
def changes(tmp_path: Path) -> Any:
    def compared(old: pd.DataFrame, new: pd.DataFrame) -> tuple[pd.DataFrame, str]:
        old.to_csv(tmp_path / "old.csv", index=False)
        new.to_csv(tmp_path / "new.csv", index=False)
        text = compare_codebooks(tmp_path, "old.csv", "new.csv", tmp_path / "changes.csv")
        return pd.read_csv(tmp_path / "changes.csv", keep_default_na=False), text

    return compared


def test_the_same_extract_has_no_changes(changes: Any) -> None:
    frame = _frame(score=range(N), town=_repeat("a", "b"))
    rows, text = changes(frame, frame)
    assert rows.empty and "has the columns, types, codes, labels and distributions of" in text


def test_columns_that_come_and_go(changes: Any) -> None:
    rows, text = changes(_frame(social_total=range(N)), _frame(social_totel=range(N)))
    assert list(zip(rows["column"], rows["change"], strict=True)) == [("social_total", "gone"), ("social_totel", "new")]
    assert "social_total: The column is gone. Did you mean 'social_totel'?" in text


def test_a_type_that_changes(changes: Any) -> None:
    rows, _ = changes(_frame(score=range(N)), _frame(score=[f"{i} points" for i in range(N)]))
    assert rows["sentence"].tolist() == ["score: The type was whole number and is text."]


def test_codes_that_come_and_go_with_small_counts_withheld(changes: Any) -> None:
    old = _frame(status=_repeat(1, 2, 3, 4))
    new = _frame(status=[7, 7, *[v if v != 4 else 3 for v in old["status"][2:]]])
    rows, text = changes(old, new)
    told = rows.set_index("change")["sentence"]
    assert "7: <10" in told["new_codes"] and "list them there" in told["new_codes"]
    assert "4: 50" in told["lost_codes"]
    assert "7: 2" not in text


def test_labels_that_change(tmp_path: Path) -> None:
    import pyreadstat

    frame = pd.DataFrame({"pid": np.arange(1.0, N + 1), "sex": _repeat(1.0, 2.0)})
    for name, labels in (("old", {1: "Man", 2: "Woman"}), ("new", {1: "Woman", 2: "Man"})):
        pyreadstat.write_sav(frame, tmp_path / f"{name}.sav", variable_value_labels={"sex": labels})
    text = compare_codebooks(tmp_path, "old.sav", "new.sav", tmp_path / "changes.csv")
    assert "sex: Code 1 was labelled 'Man' and is labelled 'Woman'. Does it still mean the same?" in text


@pytest.mark.parametrize(("shift", "told"), [(0.0, 0), (0.2, 0), (0.3, 1), (-0.3, 1)])
def test_a_number_that_shifts(changes: Any, shift: float, told: int) -> None:
    values = np.linspace(-1, 1, N)
    values = values / values.std(ddof=1)
    rows, _ = changes(_frame(score=values), _frame(score=values + shift))
    assert len(rows) == told
    assert told == 0 or float(rows["measure"].iloc[0]) == pytest.approx(shift, abs=1e-4)


@pytest.mark.parametrize(("share", "told"), [(0.5, 0), (0.59, 0), (0.64, 1)])
def test_codes_that_shift(changes: Any, share: float, told: int) -> None:
    new = ["yes"] * int(share * N) + ["no"] * (N - int(share * N))
    rows, _ = changes(_frame(asked=_repeat("yes", "no")), _frame(asked=new))
    assert len(rows) == told
    assert told == 0 or float(rows["measure"].iloc[0]) == pytest.approx(share - 0.5)


def test_a_number_that_spreads_otherwise_about_the_same_mean(changes: Any) -> None:
    values = np.linspace(-1, 1, N)
    rows, _ = changes(_frame(score=values), _frame(score=2 * values))
    assert rows["sentence"].tolist() == [
        "score: Its values are spread otherwise (largest difference of cumulative shares 0.25)."
    ]


def _days(first: str, by: str = "") -> pd.Series:
    days = pd.Series(pd.date_range(first, periods=N, freq="3D"))
    return days.dt.strftime(by) if by else days


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (_days("2012-01-01"), _days("2015-01-01"), "lie 3.0 years later than before: their middle was October 2012 and is October 2015."),
        (_days("2015-01-01"), _days("1915-01-01"), "lie 100.0 years earlier than before: their middle was October 2015 and is October 1915."),
        (_days("2012-01-01", "%d/%m/%Y"), _days("2015-01-01", "%d/%m/%Y"), "lie 3.0 years later than before: their middle was 2012 and is 2015."),
        (_days("2012-01-01", "%d/%m/%Y"), _days("2015-01-01"), "lie 3.0 years later than before: their middle was 2012 and is 2015."),
        (_days("2012-01-01"), _days("2012-05-01"), "are spread otherwise (largest difference of cumulative shares 0.21)."),
        (_days("2012-01-01"), _days("2012-01-09"), ""),
    ],
    ids=["later", "a century", "slashes", "otherwise written", "spread", "the same"],
)  # fmt: skip
def test_dates_that_lie_elsewhere_are_told_in_years(changes: Any, old: pd.Series, new: pd.Series, said: str) -> None:
    rows, text = changes(_frame(seen=old), _frame(seen=new))
    told = rows[rows["change"] == "distribution"]["sentence"].tolist()
    assert told == ([f"seen: Its dates {said}"] if said else []) and all(sentence in text for sentence in told)


def test_answers_that_are_missing_more_often(changes: Any) -> None:
    old = _frame(score=[i % 7 if i % 10 else None for i in range(N)])
    rows, text = changes(old, old.assign(score=old["score"].where(np.arange(N) < N / 2)))
    assert rows[["change", "old", "new"]].values.tolist() == [["missing", "10%", "55%"]]
    assert "score: 10% of its cells had no answer, and 55% have none now." in text


def test_a_smaller_extract_is_told_with_its_rows(changes: Any) -> None:
    frame = _frame(score=_repeat(1, 2, 3))
    rows, text = changes(frame, frame.iloc[:120])
    assert rows.empty and text.startswith("new.csv (120 rows) has the columns") and "of old.csv (200 rows)." in text


def test_people_drawn_again_from_the_same_extract_are_no_shift(changes: Any) -> None:
    rng = np.random.default_rng(20150802)
    columns = {f"code_{i}": rng.integers(0, 5, N) for i in range(20)}
    columns |= {f"number_{i}": rng.normal(size=N) for i in range(20)}
    columns |= {f"gaps_{i}": np.where(rng.random(N) < 0.5, rng.normal(size=N), np.nan) for i in range(20)}
    old = _frame(**columns)
    rows, _ = changes(old, old.iloc[rng.integers(0, N, 60)].assign(pid=[f"Q{i}" for i in range(60)]))
    assert len(rows) <= 3


def test_few_people_give_no_distribution(changes: Any) -> None:
    few = [1.5] * 9 + [np.nan] * (N - 9)
    rows, _ = changes(_frame(score=few), _frame(score=[99.5 if v == v else v for v in few]))
    assert "distribution" not in set(rows["change"])


def test_measures_worked_by_hand() -> None:
    assert variation(pd.Series({"a": 1, "b": 1}), pd.Series({"a": 3, "c": 1})) == pytest.approx(0.5)
    assert standardised(np.array([0.0, 2.0]), np.array([1.0, 3.0])) == pytest.approx(1 / np.sqrt(2))
    assert standardised(np.array([1.0, 1.0]), np.array([2.0, 2.0])) == np.inf
    assert standardised(np.array([1.0, 1.0]), np.array([1.0, 1.0])) == 0.0


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("old.csv", "none.csv", "none.csv does not exist"),
        ("old.csv", "carData/Rossi", "no column in common"),
        ("old.csv", "old.xyz", "cannot be read"),
    ],
)
def test_extracts_that_cannot_be_compared(tmp_path: Path, old: str, new: str, said: str) -> None:
    _frame(score=range(N)).to_csv(tmp_path / "old.csv", index=False)
    with pytest.raises(ResearchError, match=said):
        compare_codebooks(tmp_path, old, new, tmp_path / "changes.csv")
    assert not (tmp_path / "changes.csv").exists()
