"""What a card's model is in code: how to build it, where its weights are, how its input is prepared."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, NoReturn

from registry.types import BuildError
from registry.verify.arguments import Arguments
from registry.verify.plugins import first_line, prepare_imports

if TYPE_CHECKING:
    from torch import nn

Interpolation = Literal["nearest", "bilinear", "bicubic", "lanczos"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Preprocessing:
    """How a picture becomes the model's input; plain data, so that it can stand in evidence and be hashed.

    Attributes:
        resize: Length in pixels of the shorter side after resizing, or (height, width); `None` leaves it.
        crop: Side in pixels of the centre crop, or (height, width); `None` leaves it.
        interpolation: How pixels are resampled.
        antialias: Whether downscaling filters first, as Pillow always does.
        mean: Mean of each channel that is subtracted, after scaling.
        std: Standard deviation of each channel that is divided by, after scaling.
        scale: Factor from stored bytes to the model's range: 1/255 for 0-1, 1 for 0-255.
        channels: Order and number of channels.
    """

    resize: int | tuple[int, int] | None = None
    crop: int | tuple[int, int] | None = None
    interpolation: Interpolation = "bilinear"
    antialias: bool = True
    mean: tuple[float, ...] = (0.485, 0.456, 0.406)
    std: tuple[float, ...] = (0.229, 0.224, 0.225)
    scale: float = 1 / 255
    channels: Literal["RGB", "BGR", "L"] = "RGB"

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON data."""
        return asdict(self)


@dataclass(frozen=True, kw_only=True, slots=True)
class ClipSampling:
    """Which frames of a video a model takes.

    Attributes:
        rate: Frames a second.
        frames: Frames of a clip.
        clips: Clips of a video, evenly spread.
    """

    rate: float
    frames: int
    clips: int = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class WeightsRef:
    """Where weights are and what they must be.

    Attributes:
        url: `https`, `http`, `file` or `hf` URL, or a path.
        sha256: Full digest or the hexadecimal prefix that the file's name carries; `None` where neither is known.
        base: Folder that a relative path starts from, and must stay inside of.
    """

    url: str
    sha256: str | None = None
    base: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelVariant:
    """One way to run a model whose work depends on more than its input's size.

    Attributes:
        name: As a verdict names it, such as `1000 boxes`; empty where there is only this one.
        change: Makes the model run this way: takes the model as built, gives it back; picklable.
    """

    name: str
    change: Callable[[nn.Module], nn.Module]


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """A card's model, resolved to code.

    Attributes:
        library: `torchvision`, `timm`, `registry`, or the name of an entry point.
        name: The model's name in that library.
        version: The library's version.
        how: One sentence on how the card led here, such as "by its weights' URL".
        build: Makes the model, without weights and without any download; picklable.
        input_size: (channels, height, width), or (channels, frames, height, width), that the library runs it at;
            `None` where it does not say.
        conventions: The ones that the library's own numbers are counted by, which are tried first.
        later: Paths of modules that the library gave the model after its numbers were published.
        weights: The library's own record of the weights that the card references.
        base_weights: Those of the model beneath, where `weights` are an adapter's.
        preprocessing: The library's own transform for these weights.
        categories: Class names in the order of the model's outputs.
        inputs: How many tensors of `input_size` it takes: two for optical flow.
        listed: Whether it takes a list of pictures, each without a batch, as detectors do.
        arguments: All that it is called with, where that is more than pictures of `input_size`.
        clips: For video, which frames the weights were evaluated on.
        runs: Makes the model that the weights fit, where that is not the one that is counted: quantized ones differ.
        folder: Folder of the model's other files, such as its tokenizer; empty where there is none.
        loads: Makes the model with its weights, from these by name, where the library puts them in itself; picklable.
        only_on: The one kind of device that it runs on, such as `cpu`; empty where it runs on any.
        variants: Ways to count it, the likeliest first; none where it is counted as it is built.
        code: Makes the target by running code that the card brings, in a worker; only for cards that the user trusts.
            `None` where nothing is run, or building does not need it.
        same: What is built, where several names of a library build the same; empty where only this one does.
    """

    library: str
    name: str
    version: str
    how: str
    build: Callable[[], nn.Module]
    input_size: tuple[int, ...] | None = None
    inputs: int = 1
    listed: bool = False
    arguments: Arguments | None = None
    variants: tuple[ModelVariant, ...] = ()
    same: str = ""
    code: Callable[[], Target] | None = None
    conventions: tuple[str, ...] = ()
    later: tuple[str, ...] = ()
    weights: WeightsRef | None = None
    base_weights: WeightsRef | None = None
    preprocessing: Preprocessing | None = None
    categories: tuple[str, ...] | None = None
    clips: ClipSampling | None = None
    runs: Callable[[], nn.Module] | None = None
    folder: str = ""
    loads: Callable[[Mapping[str, Any]], nn.Module] | None = None
    only_on: str = ""

    def __reduce__(self) -> tuple[Any, ...]:
        """The module of `build` may be a plug-in's, which another process can only import once it is prepared."""
        others = {
            target_field.name: getattr(self, target_field.name)
            for target_field in fields(self)
            if target_field.name != "build"
        }
        return _restored, (others, pickle.dumps(self.build))


def _restored(others: Mapping[str, Any], build: bytes) -> Target:
    """A target in another process; one whose code cannot be imported there says so when it is built."""
    prepare_imports()
    try:
        return Target(**others, build=pickle.loads(build))  # noqa: S301 - from the process that started this one
    except Exception as error:  # noqa: BLE001 - a stranger's module may raise anything
        message = f"{others['library']}:{others['name']} cannot be imported where it is to run: {first_line(error)}"
        return Target(**others, build=partial(_fail, message))


def _fail(message: str) -> NoReturn:
    raise BuildError(message)
