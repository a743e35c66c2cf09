"""A comment that ignores what is not there.

What:
    A comment `# mir: ignore[...]` names a rule that finds nothing at that place.

Why:
    The mistake was mended and its excuse stayed. It would hide the next one.

Bad:
    Models:
    - Name: AlexNet  # mir: ignore[MIR101]

Good:
    Models:
    - Name: AlexNet
"""

from __future__ import annotations

from registry.checks.rule import reading_rule

check = reading_rule(__name__, "info", __doc__)
