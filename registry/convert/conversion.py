"""`registry.convert`: cards in another format, from paths or from an index."""

from __future__ import annotations

from registry.config import Config
from registry.convert.converted_files import Converted, convert
from registry.loader.project import Paths, load_project
from registry.types import Index


def convert_cards(
    path: Paths | Index, to: str, *, suffix: str | None = None, config: Config | None = None
) -> Converted:
    """Cards in another format, and what that format cannot hold. Nothing is written.

    Args:
        path: A file, a folder that is searched for cards, several of them, or an index that was loaded before.
        to: One of `registry.convert.TARGETS`: `model-index`, `metafile`, `huggingface`, `eval-results`, `json`, `csv`.
        suffix: For `model-index`, what the files are: `.yml`, `.json` or `.md`. Without it a card with prose becomes
            Markdown, any other YAML.
        config: The project's settings; those of the working folder where it is `None`.

    Returns:
        `outputs`, each with `file` and `text`; `losses`, each with `model`, `what`, `kind`, `reason` and `location`;
        `faults`, findings of cards that could not be converted.

    Raises:
        UsageError: A path does not exist, there is no such format, or no card has a model.

    >>> converted = convert_cards("models/alexnet.md", "huggingface")
    >>> [output.file for output in converted.outputs]
    ['AlexNet/README.md']
    """
    index, config = load_project(path, config)
    return convert(index, to, suffix=suffix, vocabulary=config.load_vocabulary())
