"""An import that cannot be metadata.

What:
    An import names a file that is neither Markdown, YAML nor JSON.

Why:
    It is not read.

Bad:
    # file: model-index.yml
    Import: [alexnet.py]
    Models:
    - Name: AlexNet
    # file: alexnet.py
    print('AlexNet')

Good:
    Models:
    - Name: AlexNet
"""

from __future__ import annotations

from registry.checks.rule import reading_rule

check = reading_rule(__name__, "error", __doc__)
