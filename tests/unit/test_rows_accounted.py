"""Every row of every file is kept, set aside, or left out by a rule that is told, and the flow adds up."""

import pandas as pd
import pytest

from recovery_analysis.checks import account_for_flow
from recovery_analysis.errors import ResearchError
from recovery_analysis.figures.flow import describe, drawn
from recovery_analysis.ingest.row_counts import BlockRows, rows_of_tables
from recovery_analysis.io import empty
from recovery_analysis.schemas.results import DATA_CHECKS, ISSUES
from recovery_analysis.steps.derive_cohort import eligible_rows
from recovery_analysis.tables.quality import quality_body
from tests.unit import sample_results as sample
from tests.unit.tiny_study import blocks, check, ingest, write_csv

VISITS = """
    pid,visit,age,met,score
    A,0,40,2001,5
    A,1,40,,6
    B,0,50,2003,
    B,1,51,,7
    C,0,200,2004,8

    ,,,,
    C,1,41,,9
"""
VARIABLES = {"score": {"label": "Score", "type": "number", "range": [0, 20]}}


def study():
    """Persons from first visits only; periods from rows with a year; interviews from every row."""
    start = {"year_month": {"year": "met"}}
    plan = blocks(
        persons={"age": "age"},
        spells=[{"kind": "mutual_aid", "files": ["people"], "columns": {"person_id": "pid", "start": start}}],
        waves=[{"files": ["people"], "columns": {"person_id": "pid", "wave": "visit", "score": "score"}}],
        variables=VARIABLES,
    )
    plan["mapping"]["persons"]["rows"] = {"visit": [0]}
    return plan


def told(flow, unit):
    rows = flow[flow["unit"] == unit]
    return [(r.kind, r.label, r.n) for r in rows.itertuples()]


def test_what_a_rule_of_the_mapping_leaves_out_is_in_the_flow(tmp_path):
    write_csv(tmp_path, VISITS)
    flow = check(tmp_path, study())["flow"]
    assert told(flow, "rows") == [
        ("read", "Rows in people.csv", 8),
        ("excluded", "Blank in every column that is read (people.csv)", 2),
    ]
    assert told(flow, "rows of persons") == [
        ("read", "Rows looked at for people", 6),
        ("excluded", "Left out by mapping.persons.rows: visit is not 0", 3),
        ("quarantined", "Set aside: not usable as recorded", 1),
    ]
    assert told(flow, "rows of spells") == [
        ("read", "Rows looked at for periods of use, recovery and support", 6),
        ("excluded", "No such period in the row", 3),
        ("quarantined", "Set aside: not usable as recorded", 1),
    ]
    assert flow["step"].tolist() == list(range(1, len(flow) + 1))


def test_rows_add_up_to_the_end(tmp_path):
    write_csv(tmp_path, VISITS)
    tables = check(tmp_path, study())
    eligible = tables["persons"].iloc[:1]
    names = ("persons", "spells", "events", "waves")
    last = pd.DataFrame(eligible_rows({name: tables[name] for name in names}, eligible))
    assert [(r.kind, r.unit, r.n) for r in last.itertuples() if r.unit == "rows of waves"] == [
        ("excluded", "rows of waves", 2),
        ("eligible", "rows of waves", 2),
    ]
    people = pd.DataFrame({"kind": ["excluded", "eligible"], "unit": "people", "label": "x", "n": 1})
    flow = pd.concat([tables["flow"], last, people], ignore_index=True)
    flow = flow.assign(step=range(len(flow)), analysis=None)
    assert account_for_flow(flow) is None
    one = flow.index[flow["label"].str.startswith("Left out by mapping")][0]
    flow.loc[one, "n"] -= 1
    with pytest.raises(ResearchError, match="6 rows of persons came in, but 1 set aside and 3 left out and 1 eligible"):
        account_for_flow(flow)


def test_a_row_that_is_lost_on_the_way_to_a_table_is_a_fault():
    block = BlockRows("persons", "", came_in=5, chosen=5, taken=5)
    with pytest.raises(ResearchError, match="5 rows came in"):
        rows_of_tables([block], {"persons": pd.DataFrame({"x": range(4)})})


def test_each_block_of_the_mapping_looks_at_each_row_of_its_file(tmp_path):
    write_csv(tmp_path, "pid,day,s_1,s_2\nA,2001-02-03,1,2\nB,,,2")
    event = {"event": "interview", "files": ["people"], "columns": {"person_id": "pid", "time": {"date": "day"}}}
    columns = {"person_id": "pid", "score": "s_{wave}"}
    plan = blocks(
        events=[event],
        waves=[{"files": ["people"], "waves": {"1": 1, "2": 2}, "columns": columns}],
        variables=VARIABLES,
    )
    flow = ingest(tmp_path, plan)["flow"]
    assert [n for _, _, n in told(flow, "rows of waves")] == [4, 1]
    assert [n for _, _, n in told(flow, "rows of events")] == [2, 1]


def test_rows_that_a_hook_leaves_out_are_told(tmp_path):
    write_csv(tmp_path, "pid,x\n1,4\n2,5\n3,6")
    code = "def prepare(frames):\n    return {'people': frames['people'].iloc[1:]}\n"
    (tmp_path / "hook.py").write_text(code, encoding="utf-8")
    flow = ingest(tmp_path, blocks() | {"hook": "hook.py"})["flow"]
    assert told(flow, "rows") == [
        ("read", "Rows in people.csv", 3),
        ("excluded", "Left out by the hook hook.py (people.csv)", 1),
    ]


def test_the_quality_page_folds_the_rows_of_tables_away(tmp_path):
    write_csv(tmp_path, VISITS)
    flow = check(tmp_path, study())["flow"].assign(suppressed=False)
    context = sample.context()
    page = quality_body(empty(ISSUES), flow, empty(DATA_CHECKS), context.about, context.disclosure, {})
    shown, folded = page.split("<details>")
    assert "Rows in people.csv" in shown and "of spells" not in shown
    assert (
        "Left out by mapping.persons.rows: visit is not 0" in folded and "6\N{NO-BREAK SPACE}rows of spells" in folded
    )


def test_the_figure_speaks_of_files_and_people_only(tmp_path):
    write_csv(tmp_path, VISITS)
    flow = check(tmp_path, study())["flow"]
    text = describe(drawn(flow))
    assert "Rows in people.csv" in text and "3\N{NO-BREAK SPACE}people" in text
    assert "mapping" not in text and "looked at" not in text
