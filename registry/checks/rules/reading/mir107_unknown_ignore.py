"""A comment that ignores a rule that does not exist.

What:
    A comment `# mir: ignore[...]` names an id that is neither a rule nor the beginning of one.

Why:
    It was meant to silence something, and silences nothing: a slip of the pen, or a rule of another tool.

Bad:
    Models:
    - Name: AlexNet  # mir: ignore[MIR999]

Good:
    Models:
    - Name: AlexNet
"""

from __future__ import annotations

from registry.checks.rule import reading_rule

check = reading_rule(__name__, "warning", __doc__)
