"""A metadata block that never ends.

What:
    A Markdown comment or front matter with metadata begins and is never closed.

Why:
    To every reader it has no end and no metadata, or the whole text is the metadata.

Bad:
    # file: alexnet.md
    <!--
    Type: model-index
    Models:
    - Name: AlexNet

    # Summary

Good:
    # file: alexnet.md
    <!--
    Type: model-index
    Models:
    - Name: AlexNet
    -->

    # Summary
"""

from __future__ import annotations

from registry.checks.rule import reading_rule

check = reading_rule(__name__, "error", __doc__)
