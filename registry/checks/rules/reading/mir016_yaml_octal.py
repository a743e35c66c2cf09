"""A number with a leading zero.

What:
    A number such as `0123` without quotes.

Why:
    YAML 1.1 reads it as octal, 83, YAML 1.2 as 123.

Bad:
    Models:
    - Name: AlexNet
      Metadata:
        Epochs: 0120

Good:
    Models:
    - Name: AlexNet
      Metadata:
        Epochs: 120
"""

from __future__ import annotations

from registry.checks.rule import reading_rule

check = reading_rule(__name__, "warning", __doc__)
