"""A YAML tag that cards cannot have.

What:
    A value carries a tag that is none of YAML's own, such as one that makes a Python object.

Why:
    Elsewhere such a tag runs code while the card is read. Here it is read as text.

Bad:
    Models:
    - Name: AlexNet
      Code: !!python/name:os.system x

Good:
    Models:
    - Name: AlexNet
      Code: https://github.com/pytorch/vision
"""

from __future__ import annotations

from registry.checks.rule import reading_rule

check = reading_rule(__name__, "error", __doc__)
