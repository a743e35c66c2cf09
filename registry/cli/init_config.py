"""The configuration that `mir init` writes, or finds and completes."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from registry.config import read_settings
from registry.files import read_named, write_atomic
from registry.loader.cards import Cards
from registry.report.output import plain
from registry.types import UsageError

_HEADER = re.compile(rb"^\[tool\.mir\][ \t]*(?:#[^\r\n]*)?(?:\r?\n|\Z)", re.MULTILINE)


def configure(folder: Path, cards: Cards) -> str:
    """Write the settings for some cards, where a folder has none; what was done, as one line.

    Raises:
        UsageError: pyproject.toml is not TOML, or cannot be read.
    """
    path = configuration_of(folder)
    settings = _settings(cards)
    if not path.exists():
        write_atomic(path, settings.encode())
        return f"created  {path}"
    if path.name == "mir.toml":
        return f"kept     {path}"
    before = read_named(path)
    try:
        tool = tomllib.loads(before.decode()).get("tool")
    except ValueError as error:
        raise UsageError(f"{path} is not TOML, so [tool.mir] was not added: {error}") from error
    if isinstance(tool, dict) and "mir" in tool:
        return f"kept     {path}"
    newline = _newline(before)
    gap = b"" if not before else newline if before.endswith(b"\n") else newline * 2
    write_atomic(path, before + gap + f"[tool.mir]\n{settings}".encode().replace(b"\n", newline))
    return f"extended {path}"


def configuration_of(folder: Path) -> Path:
    """The file of a folder that holds its settings, or will.

    An empty pyproject.toml would change how pip builds a project that has only a setup.py.
    """
    own, project = folder / "mir.toml", folder / "pyproject.toml"
    return own if own.exists() or not project.exists() else project


def name_baseline(path: Path, name: str) -> str:
    """Add the setting `baseline` to a configuration that lacks it; what was done, as one line."""
    before = read_named(path)
    settings = (read_settings(path) or ({}, ""))[0]
    line = f'baseline = "{name}"  # findings that are accepted for now'.encode()
    for text in _with_line(before, line, _newline(before)):
        if _table(text, path.name) == {**settings, "baseline": name}:
            write_atomic(path, text)
            return f"extended {path}"
    return f'kept     {path}; add to it: baseline = "{name}"'


def _with_line(before: bytes, line: bytes, newline: bytes) -> Iterator[bytes]:
    """The text with a line more at its end, after the table's header, and at its beginning."""
    yield before + (b"" if not before or before.endswith(b"\n") else newline) + line + newline
    header = _HEADER.search(before)
    if header is not None:
        yield before[: header.end()] + line + newline + before[header.end() :]
    yield line + newline + before


def _table(text: bytes, name: str) -> object:
    """The settings in a text, as `read_settings` finds them in a file."""
    try:
        document = tomllib.loads(text.decode())
    except ValueError:
        return None
    tool = document.get("tool")
    table = tool.get("mir") if isinstance(tool, dict) else None
    return table if isinstance(table, dict) else None if name == "pyproject.toml" else document


def _settings(cards: Cards) -> str:
    paths = ", ".join(f'"{_escaped(path)}"' for path in cards.paths)
    lines = [f"paths = [{paths}]  # what `mir check` reads when it is given no path"]
    if inside := [folder for folder in cards.foreign if any(_holds(path, folder) for path in cards.paths)]:
        folders = ", ".join(f'"/{_escaped(folder)}/"' for folder in inside)
        lines.append(f"exclude = [{folders}]  # as in .gitignore")
    return "".join(f"{line}\n" for line in lines)


def _holds(path: str, folder: str) -> bool:
    return path == "." or folder.startswith(f"{path}/")


def _escaped(text: str) -> str:
    return plain(text).replace("\\", "\\\\").replace('"', '\\"')


def _newline(text: bytes) -> bytes:
    return b"\r\n" if b"\r\n" in text else b"\n"


_GITHUB = re.compile(r"https://github\.com/(?P<name>[\w.-]+/[\w.-]+?)(\.git)?/?")
_COMMIT = re.compile(r"[0-9a-f]{40}")


@dataclass(frozen=True, kw_only=True, slots=True)
class InstalledFrom:
    """A repository on GitHub at a commit.

    Attributes:
        name: Owner and name.
        commit: The commit's digest.
        revision: The tag or branch that was asked for, or the digest.
    """

    name: str
    commit: str
    revision: str


def installed_from(direct_url: str | None = None) -> InstalledFrom | None:
    """The repository that `mir` was installed from; `None` where that is a package index, a folder or another host.

    Args:
        direct_url: The installation's `direct_url.json`; that of `mir` itself without it.
    """
    if direct_url is None:
        try:
            direct_url = distribution("model-index-registry").read_text("direct_url.json")
        except PackageNotFoundError:
            return None
    facts = json.loads(direct_url or "{}")
    repository, git = _GITHUB.fullmatch(str(facts.get("url"))), facts.get("vcs_info", {})
    commit = str(git.get("commit_id"))
    if repository is None or not _COMMIT.fullmatch(commit):
        return None
    revision = str(git.get("requested_revision") or commit)
    return InstalledFrom(
        name=repository["name"], commit=commit, revision=revision if re.fullmatch(r"[\w./-]+", revision) else commit
    )
