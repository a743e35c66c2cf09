"""A metadata file with nothing in it.

What:
    A file that was to hold metadata is empty.

Why:
    It was truncated, or never filled.

Bad:
    (a file without a single character)

Good:
    Models:
    - Name: AlexNet
"""

from __future__ import annotations

from registry.checks.rule import reading_rule

check = reading_rule(__name__, "error", __doc__)
