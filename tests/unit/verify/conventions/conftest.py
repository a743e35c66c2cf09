"""Lets the tests of this folder import its helpers: `zoo` and `peers`, which also run by themselves."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parent))
