"""The blocks of a draft that say what is asked of the data: design, peer, outcomes, analyses, what is shown."""

from collections.abc import Iterator
from dataclasses import dataclass

from .guess import Draft, Own
from .mapping_lines import FIRST_INTERVIEW, event_name, first_date, in_waves, marked
from .roles import is_outcome
from .text import WRITE, listed, quoted

MOST_MEASURES, MOST_COVARIATES, MOST_DESCRIBED = 2, 3, 6


@dataclass(frozen=True)
class Plan:
    """Names that the blocks of the plan share.

    Attributes
    ----------
    events : events that there is an outcome and a survival analysis for.
    measures : answers at a later interview that there is an outcome and a regression for.
    """

    draft: Draft
    events: tuple[str, ...]
    measures: tuple[Own, ...]
    covariates: tuple[str, ...]
    described: tuple[str, ...]

    @property
    def analyses(self) -> list[str]:
        """Names of all analyses."""
        return [f"time_to_{event}" for event in self.events] + [f"later_{own.name}" for own in self.measures]


def first_plan(draft: Draft) -> Plan:
    """What can be asked of a file, given what was guessed of it."""
    events = tuple(dict.fromkeys(event_name(pair.name) for pair in draft.follow_ups if pair.followed))
    own = [o for o in draft.own if o.used and not in_waves(draft, o)]
    answers = [o for o in draft.own if o.used and o.varies and o is not draft.peer]
    measures = [o for o in answers if o.meaning.type in ("number", "binary")] if draft.wave or draft.wide else []
    age = ["age"] if (draft.age and draft.age.confidence == "exact") or (draft.birth_year and draft.dates) else []
    gender = ["gender"] if draft.gender else []
    before = [o for o in own if not is_outcome(o.column)]
    few = [o.name for o in before if o.meaning.type in ("number", "binary") or len(o.meaning.levels) <= 4]
    return Plan(
        draft,
        events,
        tuple(measures[:MOST_MEASURES]),
        (*age, *gender, *few[:MOST_COVARIATES]),
        (*age, *[o.name for o in own][:MOST_DESCRIBED]),
    )


def about_lines(study: str, files: list[str]) -> Iterator[str]:
    """The block `about`: words that only the researcher knows."""
    yield "# These words are printed with the results: replace them."
    yield "about:"
    yield f"  title: {quoted(study.replace('_', ' ').capitalize())}"
    yield f"  label: {quoted(study[:40])}"
    what = "Data of one file" if len(files) == 1 else f"Data of {len(files)} files"
    yield f"  summary: {quoted(f'{what}; not described yet.')}"
    yield '  citation: "Not stated yet: how the data are to be cited."'
    yield '  licence: "Not stated yet: what may be done with the data."'
    yield ""


def question_lines(plan: Plan) -> Iterator[str]:
    """The blocks `design`, `peer` and `outcomes`."""
    yield "design:"
    why = "people who were enrolled and then followed? docs/your-study.md explains the three kinds"
    yield marked("  kind: cohort", "unknown", why)
    yield f"  time_zero: {'enrolment' if first_date(plan.draft) is None else FIRST_INTERVIEW}"
    yield ""
    yield from _peer_lines(plan.draft)
    yield "outcomes:" if plan.analyses else "outcomes: {}"
    followed = {event_name(pair.name): pair for pair in reversed(plan.draft.follow_ups) if pair.followed}
    for event in plan.events:
        pair = followed[event]
        yield f"  {event}:"
        yield "    kind: event"
        yield f"    label: {quoted(_capital(event))}"
        when = f"Time until {pair.status.shown} is {pair.happened} ({pair.time.shown})"
        yield f"    definition: {quoted(f'{when}; people without are counted until that time.')}"
        yield f"    event: {event}"
        yield f"    unit: {pair.unit}"
        if pair.competing:
            yield f"    competing: {listed([event_name(name) for name in pair.competing])}  # what may come instead"
    for own in plan.measures:
        yield f"  {own.name}:"
        yield "    kind: measure"
        yield f"    label: {quoted(own.column.shown)}"
        yield f"    definition: {quoted(f'{own.column.shown}, as told at the interview.')}"
        yield f"    measure: {own.name}"
        yield marked("    better: higher", "unknown", "is more of it good news (higher) or bad news (lower)?")
    yield ""


def _capital(text: str) -> str:
    words = text.replace("_", " ")
    return words[:1].upper() + words[1:]


def _peer_lines(draft: Draft) -> Iterator[str]:
    shown = draft.peer.column.shown if draft.peer else "What is compared"
    yield "# What is compared: a yes/no column of the interviews. Write its words as they should be printed."
    yield "peer:"
    yield f"  label: {quoted(f'{shown}: yes')}"
    yield f"  reference: {quoted(f'{shown}: no')}"
    yield f"  noun: {quoted(shown)}"
    if draft.peer is None:
        yield marked(f"  measure: {WRITE}", "unknown", "no yes/no column was found")
    elif draft.peer_named:
        yield marked(f"  measure: {draft.peer.name}", "by label", "called peers, mutual aid, or a treatment")
    else:
        why = "the first yes/no column: put the one that you want to compare, under mapping.waves too"
        yield marked(f"  measure: {draft.peer.name}", "unknown", why)
    yield ""


def analysis_lines(plan: Plan) -> Iterator[str]:
    """The block `analyses`."""
    yield "# In `adjust`, keep what could have influenced both who is compared and the outcome."
    yield "analyses:" if plan.analyses else "analyses: {}  # neither a time with a 0/1 status, nor a second interview"
    for event in plan.events:
        yield f"  time_to_{event}:"
        yield "    kind: survival"
        yield f"    title: {quoted(_capital(f'time_to_{event}'))}"
        yield f"    outcome: {event}"
        yield "    exposure: baseline"
        yield f"    adjust: {listed(list(plan.covariates))}"
    for own in plan.measures:
        yield f"  later_{own.name}:"
        yield "    kind: regression"
        yield f"    title: {quoted(f'{own.column.shown} at the next interview')}"
        yield f"    outcome: {own.name}"
        yield f"    family: {'linear' if own.meaning.type == 'number' else 'logistic'}"
        yield f"    adjust: {listed(['previous', *plan.covariates])}"
    yield ""


def shown_lines(plan: Plan, study: str) -> Iterator[str]:
    """The blocks `figures`, `tables`, `disclosure` and `briefing`."""
    first = f"time_to_{plan.events[0]}" if plan.events else None
    yield "figures:"
    yield '  flow: {kind: flow, title: "Who took part"}'
    if first:
        yield f"  curves: {{kind: curves, title: {quoted(_capital(first))}, analysis: {first}, by: peer}}"
    if plan.analyses:
        yield f'  forest: {{kind: forest, title: "Effects side by side", analyses: {listed(plan.analyses)}}}'
    yield ""
    yield "tables:"
    described = listed(list(plan.described))
    yield f'  table_one: {{kind: table_one, title: "People at the start", variables: {described}}}'
    if plan.analyses:
        yield f'  effects: {{kind: effects, title: "Effects", analyses: {listed(plan.analyses)}}}'
    yield ""
    yield "# The strictest rules for small numbers. Ask your data owner before you choose others."
    yield "disclosure:"
    yield "  preset: ons10"
    yield ""
    yield "briefing:"
    yield f"  title: {quoted(study.replace('_', ' ').capitalize())}"
    yield '  question: "Not stated yet: the question that the briefing answers."'
    yield f"  figure: {'curves' if first else 'flow'}"
    yield "  findings:" if plan.analyses else "  findings: []"
    for name in plan.analyses:
        yield f"    - {{analysis: {name}, heading: {quoted(_capital(name))}}}"
    yield "  cautions:"
    yield '    - "Those who are compared may differ in ways that were not measured."'
