"""Files that import each other in a circle.

What:
    A file imports itself, by itself or through others, or imports are nested without end.

Why:
    The older tool for this format crashes on it. Here the circle is cut, but the index is not what its author
    thinks.

Bad:
    # file: model-index.yml
    Import: [more.yml]
    Models:
    - Name: AlexNet
    # file: more.yml
    Import: [model-index.yml]
    Models:
    - Name: VGG

Good:
    # file: model-index.yml
    Import: [more.yml]
    Models:
    - Name: AlexNet
    # file: more.yml
    Models:
    - Name: VGG
"""

from __future__ import annotations

from registry.checks.rule import reading_rule

check = reading_rule(__name__, "error", __doc__)
