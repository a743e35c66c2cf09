"""The package's functions: `registry.load`, `registry.check`, `registry.count`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from registry.config import Config
from registry.types import Finding, Index

if TYPE_CHECKING:
    from torch import nn


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


def count(model: nn.Module, input_size: Sequence[int] = (3, 224, 224)) -> dict[str, Any]:
    """How many parameters and FLOPs a model has, under every convention; the model is left as it is.

    Args:
        model: Any module that takes one tensor of floats.
        input_size: Shape of one sample, without the batch.

    Returns:
        Plain data: `parameters` by the way they are counted; `counts` by convention, each with `total`, `unit`,
        `version` and what it left `uncounted`; `layers`, each with `path`, `type`, `parameters` and its `counts`;
        `versions` of the libraries; `input_size`.

    Raises:
        BuildError: The model does not run on this input, or needs a tensor's values to run.

    >>> import torch
    >>> counted = count(torch.nn.Sequential(torch.nn.Conv2d(3, 8, 3), torch.nn.ReLU()), (3, 10, 10))
    >>> counted["parameters"]["all parameters"], counted["counts"]["MACs"]["total"]
    (224, 13824)
    """
    from registry.verify.counts.model import count_module

    return count_module(model, input_size).as_dict()
