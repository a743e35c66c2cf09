"""A key that is no text.

What:
    A mapping or list is used as a key.

Why:
    No program looks for such a key, and JSON cannot have it.

Bad:
    Models:
    - Name: AlexNet
      Metadata:
        [Epochs]: 90

Good:
    Models:
    - Name: AlexNet
      Metadata:
        Epochs: 90
"""

from __future__ import annotations

from registry.checks.rule import reading_rule

check = reading_rule(__name__, "error", __doc__)
