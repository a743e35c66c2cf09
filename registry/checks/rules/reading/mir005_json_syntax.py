"""Metadata that is not JSON.

What:
    The text breaks JSON's grammar: a comma too many, single quotes, a comment.

Why:
    Nothing in the file is read.

Bad:
    # file: model-index.json
    {"Models": [{"Name": "AlexNet",}]}

Good:
    # file: model-index.json
    {"Models": [{"Name": "AlexNet"}]}
"""

from __future__ import annotations

from registry.checks.rule import reading_rule

check = reading_rule(__name__, "error", __doc__)
