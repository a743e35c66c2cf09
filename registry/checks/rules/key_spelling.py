"""A key in another spelling than the documented one.

What:
    A key that is read, because case does not matter and an underscore may stand for a space, but is not written as the
    format documents it. It is said once for each spelling in a file.

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

from collections import Counter, defaultdict
from collections.abc import Iterator

from registry.checks.document_texts import Document
from registry.checks.fixes import replace_key, together
from registry.checks.message_text import short
from registry.checks.rule import Context, Problem, rule
from registry.types import MapNode, child_path
from registry.vocabulary import fold


@rule("MIR103", "key-spelling", "info", "document", fixable=True)
def check(document: Document, context: Context) -> Iterator[Problem]:
    if document.dialect not in ("model-index", "metafile"):
        return
    if document.exact:
        return
    keys: dict[tuple[str, str], list[tuple[MapNode, str]]] = defaultdict(list)
    for node, plan, path in document.spelled:
        others = [key for key in node if key not in plan.children and fold(key) in plan.names]
        spellings = Counter(fold(key) for key in node) if others else Counter()
        for key in others:
            # Of two spellings of one key side by side the reader says that only one counts.
            if spellings[fold(key)] == 1:
                keys[key, plan.names[fold(key)]].append((node, child_path(path, key)))
    for (key, documented), places in keys.items():
        fixes = (replace_key(node, key, documented, "") for node, _ in places)
        where = (node.key_location(key, at) for node, at in places)
        fix = together(fixes, f"Write '{documented}'")
        yield Problem.once(f"{short(key)} is written '{documented}'", where, fix=fix)
