"""Sounds as models take them: decoded, brought to the model's sampling rate, and prepared by its own extractor."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from registry.types import BuildError, DatasetError
from registry.verify.builders.hub_folder import GENERATION, PROCESSOR, TOKENIZER
from registry.verify.datasets import UnreadableError
from registry.verify.plugins import first_line
from registry.verify.target import Target
from registry.verify.tasks.processed import processor_of
from registry.verify.tasks.text.tokens import folder_of


@dataclass(frozen=True, kw_only=True, slots=True)
class Sounds:
    """See `registry.verify.model_inputs.Inputs` and `Transform`.

    Attributes:
        digest: Digest of its extractor's files.
        words: Digest of its tokenizer's files and of the settings that it writes by.
        rate: Samples a second that the model takes.
        masked: Whether the model is told which samples only fill up a batch; without that, each sound goes alone.
    """

    ragged: ClassVar[bool] = True

    folder: str
    digest: str
    words: str
    rate: int
    fixed: bool

    def __str__(self) -> str:
        return f"sounds at {self.rate} Hz"

    @property
    def transform(self) -> Sounds:
        return self

    def as_dict(self) -> dict[str, Any]:
        return {"extractor": self.digest, "words": self.words, "rate": self.rate}

    def apply(self, sample: Any) -> Any:
        samples = read_sound(sample, self.rate)
        extract = processor_of("AutoFeatureExtractor", self.folder, self.digest)
        try:
            features = extract(samples, sampling_rate=self.rate, return_tensors="np")
        except Exception as error:  # an extractor raises whatever its configuration makes it
            raise UnreadableError(f"the extractor fails: {first_line(error)}") from error
        return {name: np.asarray(array[0]) for name, array in features.items()}

    def arguments(self, batch: Any, layout: Any) -> Any:
        return batch


def sound_inputs(target: Target, options: Mapping[str, str]) -> Sounds:
    """How a model's sounds are prepared.

    Raises:
        Unverifiable: There is no extractor or no tokenizer beside it, or something was set over it.
    """
    folder = folder_of(target)
    settings = folder.data(PROCESSOR[0]) or folder.data(PROCESSOR[1]).get("feature_extractor") or {}
    if not settings or not folder.there(TOKENIZER):
        raise BuildError(f"there are no {PROCESSOR[0]} and tokenizer in {folder.path}, which say how sounds are read")
    if options:
        raise DatasetError(f"{', '.join(options)} cannot be set: sounds are prepared by the extractor beside the model")
    rate = settings.get("sampling_rate", 16_000)
    if type(rate) is not int or not 1000 <= rate <= 200_000:
        raise BuildError(f"{PROCESSOR[0]} has no sampling_rate that is one")
    # Whisper pads every sound to thirty seconds; the others must be told what is padding to go into one batch.
    whole = "n_samples" in settings or "chunk_length" in settings or bool(settings.get("return_attention_mask"))
    return Sounds(
        folder=folder.path,
        digest=folder.digest(PROCESSOR),
        words=folder.digest((*TOKENIZER, *GENERATION)),
        rate=rate,
        fixed=whole,
    )


def read_sound(data: Any, rate: int) -> npt.NDArray[np.float32]:
    """A sound as one channel of numbers from -1 to 1.

    Args:
        data: The bytes of its file, in any format that FFmpeg reads.
        rate: Samples a second that are wanted.

    Raises:
        UnreadableError: It cannot be decoded.
    """
    try:
        import av
    except ModuleNotFoundError as error:
        raise UnreadableError("sounds are read by PyAV: pip install 'model-index-registry[audio]'") from error
    try:
        with av.open(io.BytesIO(data), "r") as container:
            resampler = av.AudioResampler(format="flt", layout="mono", rate=rate)
            frames = [part for frame in container.decode(audio=0) for part in resampler.resample(frame)]
            frames += resampler.resample(None)
            pieces = [frame.to_ndarray().reshape(-1) for frame in frames]
    except (av.FFmpegError, IndexError, ValueError, OSError) as error:
        raise UnreadableError(f"it is no sound that FFmpeg reads: {first_line(error)}") from error
    if not pieces or not sum(map(len, pieces)):
        raise UnreadableError("it is an empty sound")
    return np.concatenate(pieces).astype(np.float32, copy=False)
