"""The package's functions: `registry.load`, `registry.check`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from registry.config import Config
from registry.types import Finding, Index


def load(
    path: str | Path | Sequence[str | Path], *, root: str | Path | None = None, dialect: str | None = None
) -> Index:
    """Read cards, what they import, and what their models inherit.

    Args:
        path: A file, a folder that is searched for cards, or several of them.
        root: Folder that nothing may be read outside of. Without it: the repository that the path stands in, else the
            nearest folder at or above it with a `model-index.yml`, else its own folder.
        dialect: Dialect of all files, such as `huggingface`; found out for each where it is `None`.

    Returns:
        The index: `.models`, `.collections`, and what is wrong with reading them in `.findings`.

    Raises:
        UsageError: A path does not exist, or there is no such dialect.

    >>> index = load("models/alexnet.md")
    >>> [model.name for model in index.models]
    ['AlexNet']
    >>> index.models[0].metadata["FLOPs"].location.line
    21
    """
    from registry.loader import load as load_paths

    paths = [path] if isinstance(path, str | Path) else list(path)
    return load_paths([Path(each) for each in paths], root=None if root is None else Path(root), dialect=dialect)


def check(
    path: str | Path | Sequence[str | Path] | Index, *, config: Config | None = None, dialect: str | None = None
) -> list[Finding]:
    """Everything that is wrong with cards, sorted by file and line.

    Args:
        path: As for `load`, or an index that was loaded before.
        config: What to select and ignore; `registry.config.find_config` reads it from a pyproject.toml.
        dialect: As for `load`.

    Raises:
        UsageError: A path does not exist, or there is no such dialect.
        ConfigError: The configuration names no rule.

    >>> check("models/alexnet.md")
    []
    """
    from registry.checks import check as check_index

    return check_index(path if isinstance(path, Index) else load(path, dialect=dialect), config=config or Config())
