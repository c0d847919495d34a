"""`python -m recovery_analysis` is the command `recovery-analysis`."""

import sys

from .cli import main

sys.exit(main())
