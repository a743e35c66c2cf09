"""What a card's relative links and pictures lead to: other cards' pages, and files that are copied into the site."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Container, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote, urlsplit

from registry.checks.secrets import secrets
from registry.confinement import OutsideError, confine
from registry.file_facts import RealPaths
from registry.files import read_bounded
from registry.publish.svg import only_draws
from registry.vocabulary import slug

if TYPE_CHECKING:
    from registry.publish.texts import Text

_PICTURES = frozenset({".avif", ".gif", ".jpeg", ".jpg", ".png", ".svg", ".webp"})
_FILES = frozenset(
    {".bib", ".cfg", ".csv", ".ini", ".ipynb", ".json", ".log", ".pdf", ".py", ".toml", ".txt", ".yaml", ".yml"}
)
"""Files that a browser shows or saves without running anything in the name of this site."""

_LARGEST = 8 << 20
_PROSE = frozenset({".markdown", ".md"})


Resolve = Callable[[str], str | None]
"""From a relative address in a text to an address from the page, `None` where it leads nowhere."""


class TextReference(NamedTuple):
    """An address in a card's text: `link` or `picture`, the folder that it starts from, and the address."""

    kind: str
    base: str
    url: str


class Attachments:
    """Copies what cards refer to, never from outside the root.

    Attributes:
        files: What is to be written, by path from the site's root.
        withheld: Files that are not, because they hold what looks like a secret.
        asked: What each text that was rendered refers to, by its key.
    """

    def __init__(self, root: Path, pages: Mapping[Path, str]) -> None:
        """Set up."""
        self._root = root
        self._pages = pages
        self._known: dict[Path, str | None] = {}
        self.files: dict[str, bytes] = {}
        self.withheld: list[Path] = []
        self.asked: dict[str, list[TextReference]] = {}
        self._found: dict[str, list[str | None]] = {}

    def resolvers(self, text: Text, to: Callable[[str], str]) -> tuple[Resolve, Resolve]:
        """What the relative links of a text become, and its pictures; `to` makes addresses relative to its page."""
        references: list[TextReference] = []
        self.asked[text.key] = references
        self._found.pop(text.key, None)

        def resolver(kind: str) -> Resolve:
            def resolve(url: str) -> str | None:
                reference = TextReference(kind, str(text.base), url)
                references.append(reference)
                path = self._path(reference)
                return None if path is None else to(path)

            return resolve

        return resolver("link"), resolver("picture")

    def found(self, key: str) -> list[str | None]:
        """Where the references of a text that was rendered before lead now; what they lead to is copied again."""
        if key not in self._found:
            self._found[key] = [self._path(reference) for reference in self.asked.get(key, ())]
        return self._found[key]

    def _path(self, reference: TextReference) -> str | None:
        base = Path(reference.base)
        if reference.kind == "picture":
            file = self.find(base, reference.url, _PICTURES)
            return None if file is None else self._copy(file)
        file = self.find(base, reference.url, _FILES | _PICTURES | _PROSE)
        return None if file is None else self._pages.get(file) or self._copy(file)

    def find(self, base: Path, url: str, suffixes: Container[str] = _PROSE) -> Path | None:
        """The file that a relative address means, `None` where there is none that may be shown."""
        try:
            path = unquote(urlsplit(url).path)
            # A leading slash means the root of the repository, as it does where cards are usually read.
            meant = self._root / path.lstrip("/") if path.startswith("/") else base / path
            file = Path(confine(str(meant), str(self._root), suffixes=suffixes)) if path else None
            return file if file is not None and file.is_file() else None
        except (OSError, ValueError, OutsideError):
            return None

    def read_text(self, file: Path) -> str | None:
        """The text of a file that `find` found; `None` where it cannot be read as text, or holds a secret."""
        data = self._data(file)
        try:
            return None if data is None else data.decode()
        except UnicodeDecodeError:
            return None

    def _copy(self, file: Path) -> str | None:
        if file.suffix.lower() in _PROSE:
            return None
        if file not in self._known:
            self._known[file] = self._read(file)
        return self._known[file]

    def _read(self, file: Path) -> str | None:
        data = self._data(file)
        if data is None or (file.suffix.lower() == ".svg" and not only_draws(data)):
            return None
        digest = hashlib.sha256(data).hexdigest()[:8]
        path = f"assets/cards/{digest}-{slug(file.stem)[:40] or 'file'}{file.suffix.lower()}"
        self.files[path] = data
        return path

    def _data(self, file: Path) -> bytes | None:
        """What a file holds, where that may be shown to everybody."""
        try:
            data = read_bounded(file, _LARGEST)
        except OSError:
            return None
        if any(True for _ in secrets(data.decode("utf-8", "replace"))):
            self.withheld.append(file)
            return None
        return data


def card_pages(files: Iterable[tuple[str, str]]) -> dict[Path, str]:
    """The first page of each card's file, from pairs of file and page."""
    pages: dict[Path, str] = {}
    real = RealPaths()
    for file, page in files:
        try:
            pages.setdefault(Path(real.of(os.path.abspath(file))), page)  # noqa: PTH100 - of thousands
        except OSError:
            continue
    return pages
