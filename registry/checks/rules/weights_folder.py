"""Weights that are a folder.

What:
    The address of the weights ends in a slash: it names a folder, or a site, and no file.

Why:
    There is nothing to download. The file's name was to be filled in when the training ended.

Bad:
    Models:
    - Name: tsn_rn101_kinetics400
      Weights: https://download.openmmlab.com/mmaction/v1.0/recognition/tsn/

Good:
    Models:
    - Name: tsn_r50_kinetics400
      Weights: https://download.openmmlab.com/mmaction/v1.0/recognition/tsn/tsn_r50_20220906-cd10898e.pth
"""

from __future__ import annotations

from collections.abc import Iterator

from registry.checks.addresses import key_of
from registry.checks.context import Context
from registry.checks.document import Document
from registry.checks.rule import Problem, rule
from registry.checks.words import short


@rule("MIR411", "weights-folder", "warning", "document")
def check(document: Document, context: Context) -> Iterator[Problem]:
    for leaf, url in document.urls:
        if key_of(leaf) == "weights" and (not url.path or url.path.endswith("/")) and not url.query:
            yield Problem(f"{short(leaf.value)} names no file", leaf.location)
