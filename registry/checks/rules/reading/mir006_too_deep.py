"""Metadata nested deeper than any card.

What:
    Mappings and lists stand more than a hundred deep inside each other.

Why:
    No card needs ten. It is a slip of a program, or meant to exhaust whoever reads it. Nothing of it is read.

Bad:
    Models:
    - Name: AlexNet
      Metadata:
        [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[
        [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[
        ]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]
        ]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]


Good:
    Models:
    - Name: AlexNet
      Metadata:
        Epochs: 90
"""

from __future__ import annotations

from registry.checks.rule import reading_rule

check = reading_rule(__name__, "error", __doc__)
