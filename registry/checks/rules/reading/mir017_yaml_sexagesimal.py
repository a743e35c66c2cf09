"""A time that YAML reads as one number.

What:
    A value such as `12:30` without quotes.

Why:
    YAML 1.1 counts colons in sixties and reads 750.

Bad:
    Models:
    - Name: AlexNet
      Metadata:
        Training Time: 12:30

Good:
    Models:
    - Name: AlexNet
      Metadata:
        Training Time: '12:30'
"""

from __future__ import annotations

from registry.checks.rule import reading_rule

check = reading_rule(__name__, "warning", __doc__)
