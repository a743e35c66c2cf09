"""One key twice.

What:
    A mapping has a key twice, or two spellings of one key.

Why:
    Only one of the values counts, and which one depends on the program. The other was meant as well.

Bad:
    Models:
    - Name: AlexNet
      Metadata:
        Epochs: 90
        Epochs: 100

Good:
    Models:
    - Name: AlexNet
      Metadata:
        Epochs: 90
"""

from __future__ import annotations

from registry.checks.rule import reading_rule

check = reading_rule(__name__, "error", __doc__)
