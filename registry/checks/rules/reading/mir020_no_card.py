"""Nothing here is a model card.

What:
    A file or folder holds no metadata of a known dialect.

Why:
    The check would pass because it looked at nothing.

Bad:
    # file: notes.md
    Nothing to see.

Good:
    # file: alexnet.md
    <!--
    Type: model-index
    Models:
    - Name: AlexNet
    -->
"""

from __future__ import annotations

from registry.checks.rule import reading_rule

check = reading_rule(__name__, "error", __doc__)
