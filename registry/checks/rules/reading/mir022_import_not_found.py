"""An import that leads to no file.

What:
    An `Import`, or a path to models, collections, metadata or results, matches no file. Paths start from the file
    that they stand in, and else from the folder of the outermost index.

Why:
    The models that it should bring in are missing from everything that is built from the index.

Bad:
    Import:
    - docs/*.md
    Models:
    - Name: AlexNet

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
