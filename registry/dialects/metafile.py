"""OpenMMLab's `metafile.yml`: model-index, but its paths start from the folder of the index that imports it.

A metafile that is read on its own starts from the nearest folder above it that holds a `model-index.yml`.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import ClassVar

from registry.dialects.dialect import DialectContext
from registry.dialects.model_index import ModelIndex
from registry.types import RawDocument


class Metafile(ModelIndex):
    """OpenMMLab's use of model-index."""

    name: ClassVar[str] = "metafile"
    kinds: ClassVar[frozenset[str]] = frozenset({"yaml"})

    def matches(self, document: RawDocument) -> bool:
        """Whether the file is called `metafile.yml` and holds an index."""
        stem, _, suffix = PurePosixPath(document.source.file).name.partition(".")
        return stem == "metafile" and suffix in ("yml", "yaml") and super().matches(document)

    def base(self, context: DialectContext) -> str:
        """The folder of the index that imports it."""
        return context.index_folder
