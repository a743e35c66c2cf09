"""Metadata that is not YAML.

What:
    The text breaks YAML's grammar: indentation that does not fit, a bracket or quote that is never closed, a tab.

Why:
    Nothing in the block is read. The older tool for this format passes over such blocks in silence.

Bad:
    Models:
    - Name: AlexNet
      Metadata: {Epochs: 90

Good:
    Models:
    - Name: AlexNet
      Metadata: {Epochs: 90}
"""

from __future__ import annotations

from registry.checks.rule import reading_rule

check = reading_rule(__name__, "error", __doc__)
