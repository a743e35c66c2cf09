"""A second YAML document.

What:
    The file has more than one YAML document, with `---` between them. Only the first is read.

Why:
    What stands in the others is lost.

Bad:
    Models:
    - Name: AlexNet
    ---
    Models:
    - Name: VGG

Good:
    Models:
    - Name: AlexNet
    - Name: VGG
"""

from __future__ import annotations

from registry.checks.rule import reading_rule

check = reading_rule(__name__, "warning", __doc__)
