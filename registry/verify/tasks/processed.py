"""Pictures as a model of transformers takes them: by the processor that lies beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from registry.types import BuildError
from registry.verify.builders.hub_folder import PROCESSOR, ModelFolder
from registry.verify.datasets.dataset import UnreadableError
from registry.verify.plugins import first_line
from registry.verify.target import Target


@dataclass(frozen=True, slots=True)
class ProcessedPictures:
    """See `registry.verify.model_inputs.Inputs` and `Transform`.

    Attributes:
        digest: Digest of its processor's files.
    """

    folder: str
    digest: str
    fixed: bool = True

    def __str__(self) -> str:
        return "the processor beside the model"

    @property
    def transform(self) -> ProcessedPictures:
        return self

    def as_dict(self) -> dict[str, Any]:
        return {"processor": self.digest}

    def apply(self, sample: Any) -> Any:
        """See `Transform`: numbers of shape (3, height, width)."""
        picture = sample.convert("RGB")
        try:
            features = processor_of("AutoImageProcessor", self.folder, self.digest)(picture, return_tensors="np")
        except BuildError:
            raise
        except Exception as error:  # a processor raises whatever its configuration makes it
            raise UnreadableError(f"the processor fails: {first_line(error)}") from error
        return {"pixel_values": np.asarray(features["pixel_values"][0], np.float32)}

    def arguments(self, batch: Any, layout: Any) -> Any:
        return batch


def processed_pictures(target: Target, options: Mapping[str, str]) -> ProcessedPictures:
    """How a model's pictures are prepared.

    Raises:
        BuildError: There is no processor beside it, or something was set over it.
    """
    folder = ModelFolder(target.folder)
    if not folder.there(PROCESSOR):
        raise BuildError(f"there is no {PROCESSOR[0]} in {folder.path}, which would say how pictures are prepared")
    if options:
        raise BuildError(
            f"{', '.join(options)} cannot be set: pictures are prepared by the {PROCESSOR[0]} beside the model"
        )
    return ProcessedPictures(folder.path, folder.digest(PROCESSOR))


@lru_cache(maxsize=8)
def processor_of(kind: str, folder: str, digest: str) -> Any:  # noqa: ARG001 - another digest is another processor
    """A processor of a model, from its folder alone; no code that comes with it is run.

    Raises:
        BuildError: It cannot be read.
    """
    from registry.verify.builders.transformers_files import library

    try:
        factory = getattr(library(), kind)
        return factory.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    except Exception as error:  # the library raises whatever it meets in the files
        raise BuildError(f"the processor in {folder} cannot be read: {first_line(error)}") from error
