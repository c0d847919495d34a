"""Write the data sets of the golden tests as csv files for R: export_data.py <folder>."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from golden_data import DATASETS  # noqa: E402

for name, load in DATASETS.items():
    load().to_csv(Path(sys.argv[1]) / f"{name}.csv", index=False)
