"""The pages that an earlier run wrote, with their files: they stay where nothing changed that they are made of."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from registry.files import size_and_time
from registry.publish.attachments import TextReference
from registry.publish.output_folder import PageTree

_FILE = ".mir-pages"
"""The file in the folder of the pages that says what they were made of."""


_Made = tuple[str, dict[str, list[int]]]
"""What files were made of, and their states by path."""


class KeptPages:
    """Keeps pages with their files in a folder, and remembers what the others were made of."""

    def __init__(self, tree: PageTree, by: str) -> None:
        """Set up.

        Args:
            tree: The folder of the pages.
            by: A digest of what all pages depend on; after another one, none is kept.

        Attributes:
            asked: What the text of each card referred to, by its key.
        """
        self._tree, self._by = tree, by
        self._known, self.asked = _read(tree, by)
        self._made: dict[str, _Made] = {}

    def keeps(self, page: str, made_of: str) -> bool:
        """Keep the files of a page, if they are all there as they were written, and made of the same."""
        record = self._known.get(page)
        if record is None or record[0] != made_of or not self._tree.keep_all(record[1]):
            return False
        self._made[page] = record
        return True

    def wrote(self, page: str, made_of: str, paths: Sequence[str]) -> None:
        """Remember the files of a page that were written."""
        self._made[page] = (made_of, {path: size_and_time(f"{self._tree.folder}/{path}") or [] for path in paths})

    def save(self, references: Mapping[str, Sequence[TextReference]]) -> None:
        """Write down what was remembered."""
        state = {
            "by": self._by,
            "asked": {key: group for key, group in references.items() if group},
            "pages": self._made,
        }
        self._tree.put(_FILE, json.dumps(state, separators=(",", ":")))


def _read(tree: PageTree, by: str) -> tuple[dict[str, _Made], dict[str, list[TextReference]]]:
    try:
        state = json.loads((tree.folder / _FILE).read_bytes())
        if state["by"] != by:
            return {}, {}
        pages = {page: (digest, dict(states)) for page, (digest, states) in state["pages"].items()}
        return pages, {
            key: [TextReference(*map(str, fields)) for fields in group] for key, group in state["asked"].items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}, {}
