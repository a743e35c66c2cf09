"""A model to take home: its card with the weights that lie beside it, as one file."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from registry.publish.attachments import Attachments
from registry.publish.catalog import CatalogEntry

_CARDS = frozenset({".json", ".markdown", ".md", ".mdx", ".yaml", ".yml"})
_WEIGHTS = frozenset({".onnx", ".safetensors"})
"""Formats that hold nothing which runs when it is loaded."""

_SETTINGS = frozenset({".json", ".txt"})
"""Formats of what says how a model is built and how its input is made."""

_LARGEST = 32 << 20
"""Bytes of weights that are offered; larger ones have a host of their own."""

_TIME = (1980, 1, 1, 0, 0, 0)
"""The least that a ZIP file can say, so that the same files make the same one."""


def download_path(entry: CatalogEntry) -> str:
    """Where the file is, from the site's root."""
    return f"files/{entry.slug}.zip"


def files_of(entry: CatalogEntry, attachments: Attachments) -> tuple[Path, ...]:
    """The card and the first weights of a model, where these lie beside it and may be shown; empty otherwise.

    Weights in a folder of their own come with what is set down there of the model, such as its tokenizer.
    """
    url = entry.model.weights[0].url if entry.model.weights else ""
    if not url or "://" in url:
        return ()
    base = Path(entry.model.base)
    card = attachments.find(base, Path(entry.model.file).name, _CARDS)
    weights = attachments.find(base, url, _WEIGHTS)
    if card is None or weights is None or not weights.is_relative_to(card.parent):
        return ()
    small = weights.stat().st_size <= _LARGEST
    if not small or attachments.read_text(card) is None:
        return ()
    return (card, weights, *(_beside(weights, base, attachments) if weights.parent != card.parent else ()))


def _beside(weights: Path, base: Path, attachments: Attachments) -> Iterator[Path]:
    """The texts in the folder of weights that may be shown."""
    folder = weights.parent.relative_to(base.resolve())
    for sibling in sorted(weights.parent.iterdir()):
        file = attachments.find(base, quote((folder / sibling.name).as_posix()), _SETTINGS)
        if file is not None and attachments.read_text(file) is not None:
            yield file


def download(files: tuple[Path, ...]) -> bytes:
    """Files in one ZIP file, placed as the card expects them."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for file in files:
            entry = zipfile.ZipInfo(file.relative_to(files[0].parent).as_posix(), _TIME)
            archive.writestr(entry, file.read_bytes(), zipfile.ZIP_DEFLATED)
    return stream.getvalue()
