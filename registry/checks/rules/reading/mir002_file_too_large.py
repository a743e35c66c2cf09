"""A file larger than any card.

What:
    The file has more than 32 MB. Ten thousand models take about 8.

Why:
    Something else is in it, and reading it would take the machine's memory. It is not read.

Bad:
    (a file of more than 32 MB)

Good:
    Models:
    - Name: AlexNet
"""

from __future__ import annotations

from registry.checks.rule import reading_rule

check = reading_rule(__name__, "error", __doc__)
