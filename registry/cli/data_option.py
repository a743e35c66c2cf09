"""Options of the form NAME=VALUE, and the data sets that one of them names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from registry.config import Config
from registry.types import UsageError


def data_folders(given: Sequence[str], config: Config, *, elsewhere: bool = False) -> Mapping[str, Path]:
    """Folder of each dataset: the configuration's, and over them those of `--data`.

    Args:
        given: What `--data` says.
        config: The configuration.
        elsewhere: Whether models run on other machines, which have the folder where this one need not.
    """
    folders = {name: config.folder / path for name, path in config.datasets.items()}
    for each in given:
        name, path = pair("--data", each, "imagenet=/data/imagenet")
        if not elsewhere and not Path(path).exists():
            raise UsageError(f"--data {each}: there is no such folder")
        folders[name] = Path(path)
    return folders


def pair(option: str, text: str, example: str) -> tuple[str, str]:
    """The two halves of an option's value.

    Raises:
        UsageError: It has not two.
    """
    name, separator, value = text.partition("=")
    if not (separator and name and value):
        raise UsageError(f"{option} {text}: it must be NAME=VALUE, such as {example}")
    return name, value
