"""The keys of a model index: one name for each, whatever case, underscores or older name a card uses.

The names are those that the format's JSON Schema documents.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from typing import Literal

from registry.resources import resource
from registry.vocabulary.metrics import fold

Where = Literal["index", "collection", "model", "metadata", "result", "library"]
"""What a key stands in. All but the first are definitions of the schema."""

ALIASES = {"SOTAgentsdata": "Metadata"}
"""Keys that are another name of one."""

_REMEMBERED = 10_000


class Names(dict[str, str]):
    """The name to use for each printed key; the key itself where nobody knows it. Remembers what it was asked.

    Attributes:
        documented: The keys that the schema names.
    """

    def __init__(self, keys: Iterable[str]) -> None:
        super().__init__()
        self.documented = frozenset(keys)
        self._known = {fold(name): ALIASES.get(name, name) for name in self.documented}

    def __missing__(self, key: str) -> str:
        name = self._known.get(fold(key), key)
        if len(self) < _REMEMBERED and len(key) < 100:
            self[key] = name
        return name


@cache
def names(where: Where) -> Names:
    """The names of the keys that stand in one place.

    >>> names("model")["in_collection"], names("model")["SOTAgentsdata"], names("metadata")["Shoe Size"]
    ('In Collection', 'Metadata', 'Shoe Size')
    """
    schema = json.loads((resource("schemas") / "model-index.schema.json").read_text(encoding="utf-8"))
    return Names((schema if where == "index" else schema["$defs"][where])["properties"])
