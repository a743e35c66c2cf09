"""A key in another spelling than the documented one.

What:
    A key that is read, because case does not matter and an underscore may stand for a space, but is not written as the
    format documents it.

Why:
    Other readers are stricter, and searching a zoo for a key should find all of its uses.

Bad:
    Models:
    - Name: AlexNet
      in_collection: AlexNet
    Collections:
    - Name: AlexNet

Good:
    Models:
    - Name: AlexNet
      In Collection: AlexNet
    Collections:
    - Name: AlexNet
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from registry.checks.context import Context
from registry.checks.document import Document
from registry.checks.edits import replace_key
from registry.checks.rule import Problem, rule
from registry.checks.words import short
from registry.types import child_path
from registry.vocabulary import fold


@rule("MIR103", "key-spelling", "info", "document", fixable=True)
def check(document: Document, context: Context) -> Iterator[Problem]:
    if document.card.dialect not in ("model-index", "metafile"):
        return
    if document.exact:
        return
    for node, plan, path in document.spelled:
        others = [key for key in node if key not in plan.children and fold(key) in plan.names]
        spellings = Counter(fold(key) for key in node) if others else Counter()
        for key in others:
            # Of two spellings of one key side by side the reader says that only one counts.
            if spellings[fold(key)] == 1:
                documented = plan.names[fold(key)]
                yield Problem(
                    f"{short(key)} is written '{documented}'",
                    node.key_location(key, child_path(path, key)),
                    fix=replace_key(node, key, documented, f"Write '{documented}'"),
                )
