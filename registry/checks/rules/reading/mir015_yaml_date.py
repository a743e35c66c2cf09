"""A text that YAML reads as a date.

What:
    A value without quotes that has a date's form, under a key that is not about time, or a date that does not
    exist.

Why:
    It arrives as a date where text was meant, or the whole block fails in tools that insist on a real one.

Bad:
    Models:
    - Name: AlexNet
      Metadata:
        Release: 2021-05-28

Good:
    Models:
    - Name: AlexNet
      Metadata:
        Release: '2021-05-28'
"""

from __future__ import annotations

from registry.checks.rule import reading_rule

check = reading_rule(__name__, "info", __doc__)
