"""What a card's relative links and pictures lead to: other cards' pages, and files that are copied into the site."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit

from registry.vocabulary import slug

_PICTURES = frozenset({".avif", ".gif", ".jpeg", ".jpg", ".png", ".svg", ".webp"})
_FILES = frozenset(
    {".bib", ".cfg", ".csv", ".ini", ".ipynb", ".json", ".log", ".pdf", ".py", ".toml", ".txt", ".yaml", ".yml"}
)
"""Files that a browser shows or saves without running anything in the name of this site."""

_LARGEST = 8 << 20
_ACTIVE_SVG = re.compile(
    rb"<\s*(script|foreignobject|iframe|embed|object|handler|set|animate)|\bon[a-z]+\s*=|<!entity|<!doctype|javascript:"
    rb"|@import|\burl\s*\(\s*[\"']?\s*(?!#|data:image/)|href\s*=\s*[\"']?\s*(?!#|data:image/(png|jpe?g|gif|webp))[^\s\"'>]",
    re.IGNORECASE,
)
"""What a drawing needs none of, and what would run, or call somebody, when it is opened by itself."""


class Attachments:
    """Copies what cards refer to, never from outside the root.

    Attributes:
        files: What is to be written, by path from the site's root.
    """

    def __init__(self, root: Path, pages: Mapping[Path, str]) -> None:
        """Set up.

        Args:
            root: Folder, resolved, that nothing is read outside of.
            pages: The page of each card's file, by resolved path.
        """
        self._root = root
        self._pages = pages
        self._known: dict[Path, str | None] = {}
        self.files: dict[str, bytes] = {}

    def link(self, base: Path, to: Callable[[str], str]) -> Callable[[str], str | None]:
        """What relative links of a card in `base` become; `to` makes addresses relative to its page."""

        def resolve(url: str) -> str | None:
            file = self.find(base, url)
            if file is None:
                return None
            path = self._pages.get(file) or self._copy(file, _FILES | _PICTURES)
            return None if path is None else to(path)

        return resolve

    def picture(self, base: Path, to: Callable[[str], str]) -> Callable[[str], str | None]:
        """The same for pictures."""

        def resolve(url: str) -> str | None:
            file = self.find(base, url)
            path = None if file is None else self._copy(file, _PICTURES)
            return None if path is None else to(path)

        return resolve

    def find(self, base: Path, url: str) -> Path | None:
        """The file that a relative address means, `None` where there is none inside the root."""
        try:
            path = unquote(urlsplit(url).path)
            # A leading slash means the root of the repository, as it does where cards are usually read.
            file = (self._root / path.lstrip("/") if path.startswith("/") else base / path).resolve()
            return file if path and file.is_relative_to(self._root) and file.is_file() else None
        except (OSError, ValueError):
            return None

    def read_text(self, file: Path) -> str | None:
        """The text of a file that `find` found; `None` where it cannot be read as text."""
        try:
            return file.read_text(encoding="utf-8") if file.stat().st_size <= _LARGEST else None
        except (OSError, UnicodeDecodeError):
            return None

    def _copy(self, file: Path, suffixes: Iterable[str]) -> str | None:
        if file.suffix.lower() not in suffixes:
            return None
        if file not in self._known:
            self._known[file] = self._read(file)
        return self._known[file]

    def _read(self, file: Path) -> str | None:
        try:
            data = file.read_bytes() if file.stat().st_size <= _LARGEST else None
        except OSError:
            return None
        if data is None or (file.suffix.lower() == ".svg" and not _still(data)):
            return None
        digest = hashlib.sha256(data).hexdigest()[:8]
        path = f"assets/cards/{digest}-{slug(file.stem)[:40] or 'file'}{file.suffix.lower()}"
        self.files[path] = data
        return path


def _still(svg: bytes) -> bool:
    """Whether a drawing only draws."""
    try:
        svg.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return not re.search(rb"&#", svg) and not _ACTIVE_SVG.search(svg)


def card_pages(files: Iterable[tuple[str, str]]) -> dict[Path, str]:
    """The first page of each card's file, from pairs of file and page."""
    pages: dict[Path, str] = {}
    for file, page in files:
        try:
            pages.setdefault(Path(file).resolve(), page)
        except OSError:
            continue
    return pages
