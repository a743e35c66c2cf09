"""A number that YAML reads as text.

What:
    A number such as `1e5`, with an exponent and without a decimal point or a sign.

Why:
    YAML 1.1 tools read it as text, others as a number. `1.0e+5` is a number to all.

Bad:
    Models:
    - Name: AlexNet
      Metadata:
        Training Steps: 1e5

Good:
    Models:
    - Name: AlexNet
      Metadata:
        Training Steps: 1.0e+5
"""

from __future__ import annotations

from registry.checks.rule import reading_rule

check = reading_rule(__name__, "info", __doc__, fixable=True)
