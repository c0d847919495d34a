"""Write docs/corpus.md anew: .venv/bin/python tests/corpus/write_page.py."""

import importlib
import sys
import types
from pathlib import Path

# Some library installs a package called `tests` of its own, which would be found before this folder.
tests = types.ModuleType("tests")
tests.__path__ = [str(Path(__file__).resolve().parents[1])]
sys.modules["tests"] = tests

make_page = importlib.import_module("tests.corpus.make_page")
make_page.PAGE.write_text(make_page.page(), encoding="utf-8")
