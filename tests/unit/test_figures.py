"""Figures: nothing overlaps or is cut off, nothing withheld is a number, every run gives the same bytes."""

import itertools
import re
from dataclasses import replace

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from recovery_analysis import formats, labels
from recovery_analysis.figures.curves import draw_curves
from recovery_analysis.figures.draw import draw
from recovery_analysis.figures.flow import draw_flow
from recovery_analysis.figures.forest import draw_forest
from recovery_analysis.figures.sheet import DASHES, PALETTE, SMALL, WIDTH, Drawing, Sheet, save
from recovery_analysis.schemas.results import FLOW
from recovery_analysis.study import CurvesFigure
from tests.unit import sample_results as sample

TITLE = "A title that is long enough to need a second line, since researchers write titles like this one"


def drawing(name: str, simulated: bool = True) -> Drawing:
    context = sample.context(simulated)
    if name == "flow":
        return draw_flow(sample.flow(), context, TITLE)
    if name == "forest":
        return draw_forest(sample.estimates(), context, list(sample.ANALYSES), TITLE)
    by, analysis = name.split("_", 1)
    return draw_curves(sample.curves(), context, analysis, by, None, TITLE)


NAMES = ("flow", "forest", "peer_stable", "gender_stable", "peer_first_use")


def texts(figure):
    """Every visible text of a figure with its box in pixels."""
    figure.canvas.draw()
    found = [text for text in figure.texts if text.get_text()]
    for axes in figure.axes:
        found += [tick for tick in (*axes.get_xticklabels(), *axes.get_yticklabels()) if tick.get_text()]
    return [(text, text.get_window_extent()) for text in found]


def words(figure) -> str:
    return " ".join(text.get_text() for text in figure.texts)


@pytest.mark.parametrize("name", NAMES)
def test_no_text_overlaps_another_or_leaves_the_figure(name):
    figure = drawing(name).figure
    boxes = texts(figure)
    page = figure.bbox
    assert len(boxes) > 10
    for text, box in boxes:
        assert page.x0 - 1 <= box.x0 and box.x1 <= page.x1 + 1, text.get_text()
        assert page.y0 - 1 <= box.y0 and box.y1 <= page.y1 + 1, text.get_text()
    for (first, a), (second, b) in itertools.combinations(boxes, 2):
        across = min(a.x1, b.x1) - max(a.x0, b.x0)
        along = min(a.y1, b.y1) - max(a.y0, b.y0)
        assert across < 1 or along < 2, (first.get_text(), second.get_text())


@pytest.mark.parametrize("name", NAMES)
def test_figures_fit_a_word_page_in_readable_type(name):
    figure = drawing(name).figure
    width, height = figure.get_size_inches() * 2.54
    assert width == pytest.approx(16)
    assert height < 25.7
    assert min(text.get_fontsize() for text, _ in texts(figure)) >= SMALL >= 9


def test_numbers_at_risk_stand_under_their_ticks():
    figure = drawing("peer_stable").figure
    figure.canvas.draw()
    axes = figure.axes[0]
    ticks = [axes.transData.transform((tick, 0))[0] for tick in axes.get_xticks()]
    risk = [text.get_window_extent() for text in figure.texts if text.get_gid() == "risk"]
    assert len(risk) == 2 * len(ticks)
    for box, tick in zip(risk, ticks * 2, strict=True):
        assert (box.x0 + box.x1) / 2 == pytest.approx(tick, abs=1.5)


def test_numbers_at_risk_are_those_of_the_table_and_a_dash_where_withheld():
    shown = [text.get_text() for text in drawing("gender_stable").figure.texts if text.get_gid() == "risk"]
    curves = sample.curves()
    women = curves[(curves["by"] == "gender") & (curves["group"] == "woman")].set_index("time")["n_risk"]
    ticks = [5.0 * i for i in range(9)]
    assert shown[:9] == [formats.count(women[tick]) for tick in ticks]
    assert shown[-9:] == [formats.MISSING] * 9


def test_curves_rise_from_zero_to_one_minus_the_released_estimate():
    axes = drawing("peer_stable").figure.axes[0]
    peer = sample.curves().query("analysis == 'stable' and by == 'peer' and group == 'peer'")
    times, percents = axes.lines[0].get_data()
    assert percents[0] == 0
    assert np.allclose(percents, 100 * (1 - peer["estimate"]))
    assert np.array_equal(times, peer["time"])


def test_groups_are_compared_at_a_time_that_all_of_them_reach():
    told = drawing("peer_stable").description
    reached = sample.curves().query("analysis == 'stable' and by == 'peer' and time == 30")["estimate"]
    for estimate in reached:
        assert f"{100 * (1 - estimate):.0f}" in told
    assert told.count("within 30 years") == 2


def test_a_group_that_is_withheld_is_named_and_not_drawn():
    figure = drawing("gender_stable").figure
    assert len(figure.axes[0].lines) == 4
    assert "Not drawn, too few people: gender not disclosed." in words(figure).replace("\n", " ")


def test_forest_prints_the_exponential_of_the_estimates():
    told = words(drawing("forest").figure)
    rows = sample.estimates().query("term == 'peer' and model == 'adjusted' and scale != 'difference'")
    assert len(rows) == 3
    for row in rows.itertuples():
        low, mid, high = np.exp([row.conf_low, row.estimate, row.conf_high])
        assert f"{mid:.2f} ({low:.2f} to {high:.2f})" in told


def test_forest_has_a_tick_at_each_side_of_no_difference_for_a_null():
    found = drawing("forest")
    ticks = [line.get_xdata()[0] for axes in found.figure.axes for line in axes.lines if line.get_marker() == "|"]
    assert ticks == [-1.1, 1.1] * 4
    assert "Small ticks" in words(found.figure)
    assert (
        "non-binary people: 1.12 (0.07 to 17.4); four of five such studies would find 3.00 or more" in found.description
    )


def test_forest_marks_gates_in_words_and_draws_no_withheld_estimate():
    figure = drawing("forest").figure
    told = words(figure)
    for name in ("proportional_hazards", "second_fit"):
        assert labels.GATE[name] in told
    assert told.count("Gender not disclosed: too few people to say") == 4
    assert re.search(r"\d\)†‡", told)
    points = [line for axes in figure.axes for line in axes.lines if line.get_marker() in "Dos^v"]
    assert len(points) == 4 * 4


def test_direction_words_follow_what_is_better():
    told = words(drawing("forest").figure)
    assert "← less likely (better)" in told and "higher (better) →" in told
    assert "← later" in told and "sooner →" in told


def test_flow_counts_are_those_released():
    told = words(drawing("flow").figure).replace(formats.NBSP, " ")
    for amount in (
        "4,211 rows",
        "1,302 people",
        "12 rows",
        "– rows",
        "45 people",
        "1,240 people",
        "470 people",
    ):
        assert amount in told


@pytest.mark.parametrize("name", ("flow", "forest", "curves"))
def test_nothing_released_is_said_in_words(name):
    context = sample.context()
    if name == "flow":
        figure = draw_flow(sample.flow().head(0), context, None).figure
    elif name == "forest":
        figure = draw_forest(sample.estimates().head(0), context, list(sample.ANALYSES), None).figure
    else:
        withheld = sample.curves().query("group == 'undisclosed'")
        figure = draw_curves(withheld, context, "stable", "gender").figure
    assert labels.EMPTY[name] in words(figure)
    assert not figure.axes


@pytest.mark.parametrize("name", NAMES)
def test_simulated_label_is_there_if_and_only_if_the_study_is_simulated(name):
    assert labels.SIMULATED in words(drawing(name).figure)
    assert labels.SIMULATED not in words(drawing(name, simulated=False).figure)


def test_three_files_with_the_same_bytes_twice(tmp_path):
    for run in ("first", "second"):
        save(drawing("forest"), *(tmp_path / f"{run}.{kind}" for kind in ("png", "svg", "pdf")))
    for kind in ("png", "svg", "pdf"):
        first, second = ((tmp_path / f"{run}.{kind}").read_bytes() for run in ("first", "second"))
        assert first == second
        assert len(first) > 10_000
    svg = (tmp_path / "first.svg").read_text(encoding="utf-8")
    assert labels.SIMULATED in svg
    assert f"<title>{TITLE}</title>" in svg and "<desc>" in svg and 'role="img"' in svg
    assert b"CreationDate" not in (tmp_path / "first.pdf").read_bytes()


def test_compact_figure_leaves_out_what_its_document_says():
    figure = CurvesFigure(kind="curves", title=TITLE, caption="As it was told.", analysis="stable", by="peer")
    tables = sample.estimates(), sample.curves(), sample.flow()
    full, compact = (draw(figure, sample.context(), *tables, compact=flag).figure for flag in (False, True))
    for said in ("Source:", "As it was told."):
        assert said in words(full) and said not in words(compact)
    assert labels.SIMULATED in words(compact)
    assert compact.get_size_inches()[1] < full.get_size_inches()[1]
    assert compact.get_size_inches()[0] == pytest.approx(WIDTH)


def test_a_figure_names_the_level_of_its_intervals():
    """curves.csv does not say it; estimates.csv does."""
    figure = CurvesFigure(kind="curves", title=TITLE, analysis="stable", by="peer")
    narrow = sample.estimates().assign(conf_level=0.9)
    told = words(draw(figure, sample.context(), narrow, sample.curves(), sample.flow()).figure)
    assert f"Shaded: 90{formats.NBSP}% intervals" in told


def test_a_dash_is_explained_only_where_there_is_one():
    flow = sample.flow()
    one = flow[flow["kind"] == "excluded"].head(1).assign(analysis="stable", step=99, n=np.nan, suppressed=True)
    shown = flow.assign(n=flow["n"].fillna(10), suppressed=False)
    frame = FLOW.schema.validate(shown._append(one, ignore_index=True))
    assert labels.WITHHELD not in words(draw_flow(frame, sample.context(), None).figure)
    hidden = shown.assign(n=shown["n"].where(shown["kind"] != "analysed"), suppressed=shown["kind"] == "analysed")
    assert labels.WITHHELD in words(draw_flow(hidden, sample.context(), None).figure)


def luminance(color: str) -> float:
    parts = [v / 12.92 if v <= 0.03928 else ((v + 0.055) / 1.055) ** 2.4 for v in to_rgb(color)]
    return float(np.dot(parts, [0.2126, 0.7152, 0.0722]))


def test_colours_stand_out_from_white_and_the_first_two_from_each_other():
    light = [luminance(color) for color in PALETTE]
    assert all(1.05 / (value + 0.05) >= 3 for value in light)
    assert (max(light[:2]) + 0.05) / (min(light[:2]) + 0.05) >= 3
    assert min(np.diff(sorted(light))) > 0.04
    assert len(set(map(str, DASHES))) == len(PALETTE)


def test_exclusions_of_one_analysis_are_not_told_as_those_of_the_study():
    flow = sample.flow()
    extra = flow[flow["kind"] == "excluded"].head(1).assign(analysis="stable", label="Not known: Gender", step=99)
    frame = FLOW.schema.validate(flow._append(extra, ignore_index=True))
    told = words(draw_flow(frame, sample.context(), None).figure)
    assert "Not known: Gender" not in told
    assert "data-quality page" in told


def test_what_came_first_has_a_line_for_each_outcome_and_one_row_of_people():
    context = sample.context(True)
    outcome = context.outcomes["stable"].model_copy(update={"competing": ("residential", "moved_away")})
    context = replace(context, outcomes=context.outcomes | {"stable": outcome})
    own = sample.curves().query("analysis == 'stable' and by == 'peer'")
    groups = {"peer": "outcome", "no_peer": "competing_1"}
    rows = own[own["group"].isin(groups)].assign(by="outcomes", group=lambda f: f["group"].map(groups))
    figure = draw_curves(rows, context, "stable", "outcomes", None, TITLE).figure
    told = words(figure)
    assert "Stable recovery:" in told and "Came first: residential treatment:" in told
    assert told.count("Everyone behind the curves") == 1
    assert context.group("outcomes", "competing_2", "stable") == "Came first: moved away"


def test_a_picture_without_numbers_has_words_for_who_cannot_see_it():
    """A PDF that says it can be read by everybody is refused with a picture that has none: no briefing was written."""
    assert Sheet().finish("Title", "").description == "There are no numbers to show."
