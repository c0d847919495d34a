"""A mapping in words: where a canonical column comes from, and by which rule."""

from ..ingest.columns import source_columns
from ..study import ColumnMap


def rule_in_words(spec: ColumnMap) -> str:
    """How a column is derived, as a sentence without a full stop."""
    parts = [_source(spec)]
    if spec.recode is not None:
        pairs = [f"{code} → {'no answer' if value is None else value}" for code, value in spec.recode.items()]
        parts.append(f"codes: {', '.join(pairs)}")
    if spec.unit is not None:
        parts.append(f"from {spec.unit} into years")
    if spec.missing:
        parts.append(f"no answer: {', '.join(map(str, spec.missing))}")
    if spec.quarantine:
        parts.append(f"set aside as typing errors: {', '.join(map(str, spec.quarantine))}")
    return "; ".join(parts)


def _source(spec: ColumnMap) -> str:
    lists = {"any_of": "1 if any is 1", "all_of": "1 if all are 1", "first_of": "the first that is known"}
    for word, said in lists.items():
        if (inner := getattr(spec, word)) is not None:
            return f"{said}: " + ", ".join(f"({_part(part)})" for part in inner)
    if spec.column is not None:
        return "taken as it is" if spec.recode is None and spec.unit is None else "taken from the column"
    if spec.constant is not None:
        return f"{spec.constant} in every row"
    if spec.date is not None:
        return "date as a decimal year"
    if spec.year_month is not None:
        return "year and month as a decimal year" if spec.year_month.month else "the middle of the year"
    if spec.age_at is not None:
        return "age added to the year of birth, as a decimal year"
    if spec.age_on is not None:
        return "age at the date, counted from the middle of the year of birth"
    return "worked out from its columns"


def _part(spec: ColumnMap) -> str:
    columns = ", ".join(dict.fromkeys(source_columns(spec)))
    rule = rule_in_words(spec)
    return f"{columns}: {rule}" if columns else rule
