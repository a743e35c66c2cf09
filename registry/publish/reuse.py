"""What a build may take over from the site that stands there: every file whose source did not change."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Collection, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig

from registry.publish.links import Links

_STAMP = ".mir"
"""The file in a site that says what built it."""


def take_over(config: MkDocsConfig, out: Path, new: Path, changed: Collection[str]) -> set[str]:
    """Link into `new` the files of `out` that need not be built again, and return them by their path in the site.

    A page that stands in the navigation is built anew, for its neighbours may have changed; so is everything where
    another MkDocs, another theme or another configuration built the old site.
    """
    try:
        if (out / _STAMP).read_text(encoding="utf-8") != _digest(config):
            return set()
    except OSError:
        return set()
    again = {*changed, *_paths(config.nav)}
    kept: set[str] = set()
    docs, links = Path(config.docs_dir), Links(config.use_directory_urls)
    for folder, _, names in os.walk(docs):
        for name in names:
            source = Path(folder, name)
            path = source.relative_to(docs).as_posix()
            target = _file(links.address(path))
            if path in again or name.startswith(".") or not (out / target).is_file():
                continue
            (new / target).parent.mkdir(parents=True, exist_ok=True)
            # A link costs nothing, and MkDocs writes over none of them: it skips what is newer than its source.
            os.link(out / target, new / target)
            kept.add(target)
    return kept


def stamp(config: MkDocsConfig, site: Path) -> None:
    """Write into a site what built it."""
    (site / _STAMP).write_text(_digest(config), encoding="utf-8")


def _digest(config: MkDocsConfig) -> str:
    """SHA-256 of what every page depends on beside its own source."""
    built_by = {name: version(name) for name in ("mkdocs", "mkdocs-material", "Markdown", "pymdown-extensions")}
    files = [Path(config.config_file_path), *_overrides(config)]
    said = [built_by, config.site_name, config.site_url, [file.read_text(encoding="utf-8") for file in files]]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest() + "\n"


def _overrides(config: MkDocsConfig) -> list[Path]:
    """The templates that replace those of the theme."""
    folder = config.theme.custom_dir
    return sorted(Path(folder).rglob("*.html")) if folder else []


def _file(address: str) -> str:
    return f"{address}index.html" if address.endswith("/") or not address else address


def _paths(nav: Any) -> Iterator[str]:
    """The pages that a navigation names."""
    if isinstance(nav, str):
        yield nav
    elif isinstance(nav, list):
        for item in nav:
            yield from _paths(item)
    elif isinstance(nav, dict):
        for item in nav.values():
            yield from _paths(item)
