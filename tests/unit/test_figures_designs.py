"""The methods figure: what a null could have found is marked, and nobody is left out without a word."""

import numpy as np
import pandas as pd
import pytest

from recovery_analysis.figures.draw import draw
from recovery_analysis.figures.sheet import Drawing
from recovery_analysis.schemas.results import CURVES, ESTIMATES
from recovery_analysis.study import DesignsFigure, RecoveryTimeAnalysis
from tests.unit import sample_results as sample
from tests.unit.test_figures import words
from tests.unit.test_figures_timing import OUTCOME

PLAN = RecoveryTimeAnalysis(kind="recovery_time", title="Time", outcome="own", horizon=20)


def estimates(ratio: float = 0.1, could: float = 0.5) -> pd.DataFrame:
    """Medians of everyone and of non-binary people, and a ratio of peers of everyone, with an interval of 0.2 each way."""
    base = dict.fromkeys(ESTIMATES.columns) | {
        "analysis": "there",
        "status": "ok",
        "gate": "passed",
        "conf_level": 0.95,
    }
    median = base | {"model": "reverse_time", "term": "time", "estimand": "conditional_median", "scale": "time"}
    median |= {"estimate": 7.0, "conf_low": 6.0, "conf_high": 8.0, "detectable": np.nan}
    peers = base | {"model": "adjusted", "term": "peer", "group": "all", "scale": "log_hazard"}
    peers |= {"estimand": "hazard_ratio", "estimate": ratio, "conf_low": ratio - 0.2, "conf_high": ratio + 0.2}
    peers |= {"detectable": could if abs(ratio) < 0.2 else np.nan}
    return pd.DataFrame([*(median | {"group": group} for group in ("all", "non_binary")), peers])


def drawn(told: pd.DataFrame, compact: bool = False) -> Drawing:
    known, empty = sample.context(), pd.DataFrame(columns=list(CURVES.columns))
    context = type(known)(known.about, known.peer, {"own": OUTCOME}, {"there": PLAN}, known.disclosure)
    line = dict.fromkeys(empty.columns) | {"analysis": "there", "by": "design", "group": "reverse_time"}
    steps = [
        line | {"time": t, "estimate": 1 - t / 20, "conf_low": 0.0, "conf_high": 1.0} for t in (1.0, 5.0, 9.0, 15.0)
    ]
    figure = DesignsFigure(kind="designs", title="Methods", analysis="there")
    return draw(figure, context, told, pd.DataFrame(steps), pd.DataFrame(), compact)


def ticks(drawing: Drawing) -> list[float]:
    lines = [line for axes in drawing.figure.axes for line in axes.lines if line.get_marker() == "|"]
    return [float(x) for line in lines for x in line.get_xdata()]


@pytest.mark.parametrize("compact", [False, True])
def test_a_null_has_a_tick_at_each_side_of_no_difference(compact: bool):
    drawing = drawn(estimates(), compact)
    assert ticks(drawing) == pytest.approx([np.exp(0.5), np.exp(-0.5)])
    axes = drawing.figure.axes[-1]
    assert axes.get_xlim()[0] < np.exp(-0.5) and np.exp(0.5) < axes.get_xlim()[1]
    assert "Small ticks" in words(drawing.figure)
    assert "(four of five such studies would find 1.65 or more, 0.61 or less)" in drawing.description


def test_what_is_clear_or_could_not_have_been_found_has_none():
    clear, beyond = drawn(estimates(ratio=0.5)), drawn(estimates(could=np.log(11)))
    assert ticks(clear) == ticks(beyond) == []
    assert not any("Small ticks" in words(drawing.figure) for drawing in (clear, beyond))
    assert "four of five" not in clear.description and "11.0 or more" in beyond.description


def test_who_has_no_ratio_is_told_why():
    few = estimates().tail(1).assign(group="man", model="interaction", status="too_few_events", estimate=np.nan)
    said = words(drawn(pd.concat([estimates(), few])).figure)
    assert "Right-truncated model, men: too few people to say." in said
    assert "Right-truncated model, men" not in words(drawn(estimates()).figure)


def test_genders_that_are_not_drawn_are_named():
    assert "Not drawn, few people: non-binary people; estimates.csv has" in words(drawn(estimates()).figure)
    alone = estimates().query("group == 'all'")
    assert "Not drawn" not in words(drawn(alone).figure)
