"""The type of a column of text in a schema."""

from typing import Any

import pandas as pd
from pandera.dtypes import immutable
from pandera.engines.pandas_engine import NpString

from .sound import is_text


@immutable
class Text(NpString):
    """Text as pandera knows it, but told by one look at the column: a large study has millions of cells."""

    def coerce(self, data_container: Any) -> Any:
        """Turn a column into text, cell by cell only where it is not text yet."""
        return data_container if _is_text(data_container) else super().coerce(data_container)

    def check(self, pandera_dtype: Any, data_container: Any = None) -> Any:
        """Whether a type, or each cell of a column, is text."""
        return _is_text(data_container) or super().check(pandera_dtype, data_container)


def _is_text(data: Any) -> bool:
    return isinstance(data, pd.Series) and is_text(data)


TEXT = Text()
