"""Result tables described without Pandera, whose import takes as long as that of pandas: what draws a figure or writes
a page reads tables that were validated when they were written, and does not wait for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandera.pandas as pa


# Name of the check that a number has no decimals.
WHOLE = "whole"


@dataclass(frozen=True)
class Field:
    """One column: type, meaning, whether it may be missing, valid values (none: any)."""

    dtype: type
    description: str
    nullable: bool = False
    allowed: tuple[str, ...] = ()


@dataclass(frozen=True)
class ResultTable:
    """A result table: its name, and its columns in order."""

    name: str
    columns: Mapping[str, Field]

    @cached_property
    def schema(self) -> "pa.DataFrameSchema":
        """The strict Pandera schema that a table satisfies before it is written."""
        import pandera.pandas as pa

        columns = {
            name: pa.Column(
                field.dtype,
                [pa.Check.isin(field.allowed)] if field.allowed else [],
                nullable=field.nullable,
                description=field.description,
            )
            for name, field in self.columns.items()
        }
        return pa.DataFrameSchema(columns, strict=True, coerce=True, ordered=True, name=self.name)
