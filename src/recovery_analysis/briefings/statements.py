"""Rows of the estimates in sentences.

Wording rules, each held by a test:

- Nothing here says that one thing made another happen: the studies are observational.
- An interval that excludes no difference: the outcome *came sooner*, *the odds were lower*, *the score was
  higher*.
- An interval that includes it: *we could not tell*, and what the data are consistent with; never
  "no effect".
- A check that did not pass is told in words, and the strength drops.
- A hazard ratio is told as *times as likely at any given time*, an odds ratio as *odds*, never as
  likelihood.
- A difference in means is told in the outcome's own unit, with its range.
"""

from dataclasses import dataclass

from .. import formats, labels
from ..study import Variable
from . import words
from .content import Statement, Strength
from .lookup import Estimate, Evidence
from .strength import UNUSABLE, chance_after_all, excludes_no_difference, strength


@dataclass(frozen=True)
class Wording:
    """The nouns that a sentence needs.

    Parameters
    ----------
    noun : peer engagement as a noun phrase.
    outcome : the outcome inside a sentence.
    variable : the measure behind the outcome, if it is one, for its unit and range.
    better : `higher`, `lower`, or empty where the outcome has no direction.
    """

    noun: str
    outcome: str
    variable: Variable | None = None
    better: str = ""


def tell(row: Estimate, wording: Wording) -> Statement:
    """Tell an estimate for everyone in full sentences."""
    sure = strength(row)
    if row.status != "ok":
        reason, why = UNUSABLE[row.status], "" if row.status == "suppressed" else formats.first_sentence(row.note)
        why = f" {why}" if why else ""
        return Statement(f"About {wording.outcome}, {reason}.{why}", f"{words.capital(reason)}.{why}", sure)
    say = _open if sure is Strength.CANNOT_TELL else _told
    more = f"{missed(row, wording)}{reservations(row)}"
    return Statement(f"{say(row, wording, True)}{more}", f"{say(row, wording, False)}{more}", sure)


def _told(row: Estimate, wording: Wording, alone: bool) -> str:
    """One sentence for an interval on one side of no difference; `alone` names the people compared."""
    among = f"Among people who reported {wording.noun}, " if alone else ""
    than = " {} among people who did not" if alone else ""
    up = row.estimate > 0
    size, within = formats.ratio(formats.natural(row.estimate, row.scale)), interval_of(row)
    if row.scale == "log_hazard":
        text = (
            f"{wording.outcome} came {'sooner' if up else 'later'}: at any given time it was {size} times as "
            f"likely{than.format('as')} ({within})."
        )
    elif row.scale == "log_time":
        how = "longer" if up else "less time"
        text = f"{wording.outcome} took {how}: {size} times as long{than.format('as')} ({within})."
    elif row.scale == "log_odds":
        odds = than.format("the odds") if alone else " as high"
        which = "higher" if up else "lower"
        text = f"the odds of {wording.outcome} were {which}: {size} times{odds} ({within})."
    else:
        told = "; ".join(part for part in (within, _scale(wording)) if part)
        amount = f"{_amount(row, row.estimate, wording)}{than.format('than')}"
        text = f"{_score(wording)} was on average {amount} ({told})."
    return f"{among}{text}" if alone else words.capital(text)


def _open(row: Estimate, wording: Wording, alone: bool) -> str:
    """One sentence for an interval that includes no difference; `alone` names outcome and people compared."""
    fits = f"the data are consistent with anything from {span(row, wording)}"
    if row.scale == "log_hazard":
        what, end = f"{wording.outcome} came sooner or later", " at any given time"
    elif row.scale == "log_time":
        what, end = f"the time to {wording.outcome} differed", ""
    elif row.scale == "log_odds":
        what, end = f"the odds of {wording.outcome} differed", ""
    else:
        what, end = f"{_score(wording)} differed", f" ({_scale(wording)})" if _scale(wording) else ""
    if not alone:
        return f"{words.capital(fits)}{end}."
    return f"We could not tell whether {what} among people who reported {wording.noun}: {fits}{end}."


def missed(row: Estimate, wording: Wording) -> str:
    """A sentence on what a study of this size may miss, beside an interval that includes no difference."""
    least = _least(row, wording)
    return f" A study of this size can miss a difference under {least}." if least else ""


def _least(row: Estimate, wording: Wording) -> str:
    """The smallest effect that four studies of five find: `1.44 times`, `0.94 points`; empty where none is to tell."""
    if formats.is_missing(row.detectable) or excludes_no_difference(row):
        return ""
    if row.scale in words.CHANGE:
        return f"{formats.ratio(formats.natural(row.detectable, row.scale))} times"
    digits = formats.difference_digits(-row.detectable, row.detectable)
    unit = wording.variable.unit if wording.variable and wording.variable.unit else ""
    return f"{formats.number(row.detectable, digits)} {unit}".rstrip()


def span(row: Estimate, wording: Wording) -> str:
    """The interval as changes: `12 % less to 31 % more likely`, `0.20 points lower to 0.53 higher`."""
    if row.scale in words.CHANGE:
        return words.span(row.conf_low, row.conf_high, words.CHANGE[row.scale])
    high = _amount(row, row.conf_high, Wording("", ""))
    return f"{_amount(row, row.conf_low, wording)} to {high}"


def _amount(row: Estimate, value: float, wording: Wording) -> str:
    """`0.53 points higher`, with the decimals that suit the interval."""
    digits = formats.difference_digits(row.conf_low, row.conf_high)
    unit = wording.variable.unit if wording.variable and wording.variable.unit else ""
    printed = formats.apart(abs(value), formats.number(abs(value), digits), 0.0, digits)
    size = " ".join(part for part in (printed, unit) if part)
    return f"{size} {'higher' if value > 0 else 'lower'}"


def _score(wording: Wording) -> str:
    unit = wording.variable.unit if wording.variable else None
    return f"the score for {wording.outcome}" if unit == "points" else wording.outcome


def _scale(wording: Wording) -> str:
    better = f"{wording.better} is better" if wording.better else ""
    return ", ".join(part for part in (words.scale_of(wording.variable), better) if part)


def interval_of(row: Estimate) -> str:
    """`95 % interval 1.10 to 1.63`, as printed in the table too."""
    printed = formats.interval(row.estimate, row.conf_low, row.conf_high, row.scale)
    return f"{formats.level(row.conf_level)} interval {printed.partition('(')[2].rstrip(')')}"


def reservations(row: Estimate) -> str:
    """What the gates and the number of tests take away from the sentence before."""
    text = "".join(f" {words.capital(clause)}." for clause in labels.gate(row.gate))
    if excludes_no_difference(row) and chance_after_all(row):
        text += " With so many questions asked, it could be chance."
    return text


def tell_genders(found: Evidence, recorded: dict[str, bool], wording: Wording) -> tuple[str, ...]:
    """One part for each gender with a number, one for those without, then whether genders differ.

    Parameters
    ----------
    recorded : for each gender, whether the study has people of that gender.
    """
    parts, silent = [], {}
    for gender, row in found.genders.items():
        if row.status == "ok":
            parts.append(tell_group(words.GENDER_NOUN[gender], row, wording))
        else:
            silent.setdefault(labels.STATUS[row.status], []).append(words.GENDER_NOUN[gender])
    for gender, there in recorded.items():
        if there and gender not in found.genders:
            silent.setdefault(labels.STATUS["too_few_events"], []).append(words.GENDER_NOUN[gender])
    parts += [f"{words.capital(formats.listed(who))}: {reason}." for reason, who in silent.items()]
    difference = tell_difference(found)
    return (*parts, difference) if difference else tuple(parts)


def tell_group(who: str, row: Estimate, wording: Wording) -> str:
    """A short part for one gender, in the same measure as the sentence for everyone."""
    who = words.capital(who)
    sure = strength(row)
    if sure is Strength.CANNOT_TELL:
        least = _least(row, wording)
        return f"{who}: cannot tell ({span(row, wording)}{f'; can miss under {least}' if least else ''})."
    printed = formats.interval(row.estimate, row.conf_low, row.conf_high, row.scale)
    up = row.estimate > 0
    reason = "a check of the method did not pass" if labels.gate(row.gate) else "it could be chance"
    doubt = f", but {reason}" if sure is Strength.SOME_SIGN else ""
    if row.scale == "log_hazard":
        return f"{who}: {'sooner' if up else 'later'}, {printed} times as likely{doubt}."
    if row.scale == "log_time":
        return f"{who}: {'longer' if up else 'shorter'}, {printed} times as long{doubt}."
    if row.scale == "log_odds":
        return f"{who}: {'higher' if up else 'lower'} odds, {printed} times{doubt}."
    return f"{who}: {'higher' if up else 'lower'}, {printed}{doubt}."


def tell_difference(found: Evidence) -> str:
    """Whether genders differ, from the interaction test; empty if one gender was studied."""
    test = found.interaction
    if test is None or len(found.genders) < 2:
        return ""
    lead = "Difference between genders:"
    if test.status != "ok" or formats.is_missing(test.p_value):
        return f"{lead} {UNUSABLE.get(test.status, UNUSABLE['failed'])}."
    shown = formats.p_equals(test.p_value)
    if labels.gate(test.gate):
        return f"{lead} we cannot tell ({shown}), since a check of the method did not pass."
    return f"{lead} {'clear' if genders_differ(found) else 'not clear'} ({shown})."


def genders_compared(found: Evidence) -> bool:
    """True if there is a usable interaction test that passed its checks."""
    test = found.interaction
    return not (test is None or test.status != "ok" or formats.is_missing(test.p_value) or labels.gate(test.gate))


def genders_differ(found: Evidence) -> bool:
    """True if the interaction test is usable and below the limit that goes with the intervals."""
    return genders_compared(found) and found.interaction.p_value < 1 - found.everyone.conf_level
