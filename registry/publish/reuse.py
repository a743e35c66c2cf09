"""What a build may take over from the site that stands there: every file whose source did not change."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Container, Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files

from registry.files import link_or_copy, size_and_time
from registry.publish.links import Links
from registry.publish.search_pages import INDEX

_STAMP = ".mir"
"""The file in a site that says what built it."""


class DocsFile(NamedTuple):
    """A file of the docs folder: its path there, the path of what becomes of it in the site, and where it is."""

    path: str
    target: str
    file: str


def take_over(config: MkDocsConfig, sources: Sequence[DocsFile], out: Path, new: Path) -> dict[str, list[int]]:
    """Link into `new` the files of `out` that need not be built again; what each was built of, by its path in the site.

    That are the files whose source nobody wrote to since they were built, and that nobody touched either.
    A page that stands in the navigation is built anew, for its neighbours may have changed; so is everything where
    another MkDocs, another theme or another configuration built the old site.
    """
    stamped = _stamped(out, _digest(config))
    again = set(_paths(config.nav))
    old_files: dict[str, list[int]] = {}
    folders: set[str] = set()
    for path, target, source in sources:
        state = stamped.get(path)
        if path in again or state is None or state != _built(source, f"{out}/{target}"):
            continue
        if state[3] < state[1]:
            continue  # MkDocs would write over it, and through the link into the old site
        if (folder := target.rpartition("/")[0]) not in folders:
            Path(new, folder).mkdir(parents=True, exist_ok=True)
            folders.add(folder)
        link_or_copy(f"{out}/{target}", f"{new}/{target}")
        old_files[target] = state
    return old_files


def leave_alone(config: MkDocsConfig, old_files: Container[str]) -> None:
    """Let MkDocs neither build nor copy what was taken over, without a look at each of these files."""

    def known(files: Files, **_: object) -> Files:
        for file in files:
            if file.dest_uri in old_files:
                file.is_modified = lambda: False  # type: ignore[method-assign]
        return files

    config.plugins.events["files"].append(known)


def stamp(config: MkDocsConfig, sources: Sequence[DocsFile], site: Path, old_files: Mapping[str, list[int]]) -> None:
    """Write into a site what built it, and what each file was built of.

    Args:
        config: MkDocs' configuration.
        sources: See `sources_of`.
        site: The site.
        old_files: What `take_over` said of the files that were not built.
    """
    states = {path: old_files.get(target) or _built(source, f"{site}/{target}") for path, target, source in sources}
    record = {
        "by": _digest(config),
        "search": size_and_time(site / INDEX),
        "of": {path: state for path, state in states.items() if state},
    }
    (site / _STAMP).write_text(json.dumps(record), encoding="utf-8")


def _stamped(site: Path, digest: str) -> dict[str, Any]:
    """What a site says that its files were built of; nothing where something else than this built it."""
    try:
        record = json.loads((site / _STAMP).read_text(encoding="utf-8"))
        same = record["by"] == digest and record["search"] == size_and_time(site / INDEX)
        return dict(record["of"]) if same else {}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def sources_of(config: MkDocsConfig) -> Iterator[DocsFile]:
    """The files of the docs folder."""
    links, above = Links(config.use_directory_urls), len(config.docs_dir.rstrip(os.sep)) + 1
    for folder, _, names in os.walk(config.docs_dir):
        for name in names:
            if not name.startswith("."):
                source = f"{folder}{os.sep}{name}"
                path = source[above:].replace(os.sep, "/")
                yield DocsFile(path, _file(links.address(path)), source)


def _built(source: str, target: str) -> list[int] | None:
    """What a file was built of, and how it stands since: sizes and times; `None` where it is not there.

    A source that is written with what it holds already keeps its time (`PageTree`), so that its time tells.
    """
    state, of = size_and_time(target), size_and_time(source)
    return None if state is None or of is None else [*of, *state]


def _digest(config: MkDocsConfig) -> str:
    """SHA-256 of what every page depends on beside its own source."""
    built_by = {name: version(name) for name in ("mkdocs", "mkdocs-material", "Markdown", "pymdown-extensions")}
    files = [Path(config.config_file_path), *_overrides(config)]
    settings = [built_by, config.site_name, config.site_url, [file.read_text(encoding="utf-8") for file in files]]
    return hashlib.sha256(json.dumps(settings).encode()).hexdigest()


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
