"""An import without the metadata that it was imported for.

What:
    The file exists and can be read, but it holds something else: no models, no metadata, no results.

Why:
    The models that it should bring in are missing from everything that is built from the index.

Bad:
    # file: model-index.yml
    Import: [notes.yml]
    Models:
    - Name: AlexNet
    # file: notes.yml
    To Do: write cards

Good:
    # file: model-index.yml
    Import: [vgg.yml]
    Models:
    - Name: AlexNet
    # file: vgg.yml
    Models:
    - Name: VGG
"""

from __future__ import annotations

from registry.checks.rule import reading_rule

check = reading_rule(__name__, "error", __doc__)
