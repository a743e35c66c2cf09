"""What `mir count` counted of a library's model, given again without the library while all of its code is as it was.

The user's cache keeps it under the model's name and its input, with the state of this package, of the library and of
what is installed beside it. What depends on files of the caller, such as a model of his own, is counted each time.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import registry
from registry import cache_file
from registry.file_facts import RealPaths, code_facts, state_facts

_FOLDER = "counted"
_MOST = 500
_LIBRARIES = ("timm", "torchvision", "transformers")
"""Libraries whose models are told by their names alone."""

_ALONE = "registry.loader" not in sys.modules
"""Whether this process does nothing but count one model: in another, code may be other than it stands in its files."""


class KeptCount:
    """What is kept of one model on one input."""

    def __init__(self, library: str, arguments: Sequence[Any]) -> None:
        packages = [str(registry.__file__), *(str(spec.origin) for spec in [find_spec(library)] if spec is not None)]
        facts = code_facts(*map(os.path.dirname, packages))
        torch = find_spec("torch")
        if torch is not None and torch.origin is not None:
            facts.append(state_facts(str(Path(torch.origin).with_name("version.py")), RealPaths()))
        self._code = hashlib.sha256("\0".join(facts).encode("utf-8", "surrogateescape")).hexdigest()
        name = hashlib.sha256(json.dumps(arguments).encode()).hexdigest()[:32]
        self._file = cache_file.cache_folder() / _FOLDER / f"{name}.json"

    @classmethod
    def of(cls, builder: str, inputs: Sequence[str], others: Sequence[str]) -> KeptCount | None:
        """What may be kept of a model; `None` where it depends on more than code that is installed."""
        library, _, model = builder.partition(":")
        if not _ALONE or library not in _LIBRARIES or os.path.lexists(model) or os.path.lexists(f"{library}.py"):
            return None
        cache = cls(library, [builder, list(inputs), list(others)])
        return cache if cache_file.is_trusted_for(cache._file.parent, Path()) else None

    def counted(self) -> tuple[dict[str, Any], list[str]] | None:
        """What was counted and the names of the model's own ways to count it, while they still hold."""
        data = cache_file.read(self._file, ours=True)
        if data is None:
            return None
        try:
            content = json.loads(data)
            return (dict(content["counted"]), list(content["ways"])) if content["code"] == self._code else None
        except (ValueError, KeyError, TypeError, RecursionError):
            return None  # another version's

    def keep(self, counted: dict[str, Any], ways: Sequence[str]) -> None:
        """Keep what was counted, where it comes back as it is."""
        text = json.dumps({"code": self._code, "counted": counted, "ways": list(ways)})
        if json.loads(text)["counted"] == counted and cache_file.write(self._file, text.encode()):
            cache_file.bound(self._file.parent, _MOST)
