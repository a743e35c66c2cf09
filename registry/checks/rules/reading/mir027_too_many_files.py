"""More files than an index can have.

What:
    An index brings in, or a folder holds, more than 20000 files that could be cards.

Why:
    A wildcard is too wide. Nothing of it is read, because reading it all would never end.

Bad:
    (a wildcard that matches more than 20000 files)

Good:
    # file: model-index.yml
    Import:
    - docs/*.md
    # file: docs/alexnet.md
    <!--
    Type: model-index
    Models:
    - Name: AlexNet
    -->
"""

from __future__ import annotations

from registry.checks.rule import reading_rule

check = reading_rule(__name__, "error", __doc__)
