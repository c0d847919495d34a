"""Data sets and R's reference numbers for the golden tests."""

import importlib.util
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def dataset() -> Callable[[str], pd.DataFrame]:
    """Function from the name of a data set of golden_data.py to its frame."""
    source = importlib.util.spec_from_file_location("golden_data", HERE / "golden_data.py")
    module = importlib.util.module_from_spec(source)
    source.loader.exec_module(module)
    return lambda name: module.DATASETS[name]()


@pytest.fixture(scope="session")
def reference() -> Callable[[str, str], pd.DataFrame]:
    """Function from a table made by r/make_reference.R and a case in it to the rows of that case."""

    def rows(table: str, case: str) -> pd.DataFrame:
        frame = pd.read_csv(HERE / "r" / f"{table}.csv")
        found = frame[frame["case"] == case].reset_index(drop=True)
        assert len(found), f"{table}.csv has no case {case}"
        return found

    return rows


@pytest.fixture(scope="session")
def cox_firth() -> pd.DataFrame:
    """Firth's penalised Cox model of the separated data, as made by r/make_cox.R."""
    return pd.read_csv(HERE / "r" / "cox_firth.csv")
