"""What lies beside a `config.json` of transformers: weights, and how the outputs are called.

Weights are put in by the library itself, which knows the older names of its own layers and which of them are tied; that
nothing is missing and nothing is left over is made sure of here.
"""

from __future__ import annotations

import inspect
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from registry.files import relative
from registry.types import BuildError
from registry.verify.arguments import Arguments, TensorSpec
from registry.verify.builders.hub_folder import WEIGHTS, ModelFolder, weights_on_hub
from registry.verify.target import Target, WeightsRef
from registry.verify.torchvision_ops import import_torchvision
from registry.verify.weights.digest import RefusedError
from registry.verify.weights.fit import misfit

if TYPE_CHECKING:
    from torch import nn

NAME = "transformers"


@cache
def library() -> ModuleType:
    """The library; torchvision's operators are declared first, because it imports torchvision where that is installed.

    Raises:
        BuildError: It is not installed.
    """
    import_torchvision()
    # Texts are cut into tokens where they are read, perhaps in a process forked after another had threads.
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    try:
        import transformers
    except ModuleNotFoundError as error:
        raise BuildError(f"{NAME} is not installed: pip install 'model-index-registry[transformers]'") from error
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    return transformers


_NO_NAME = re.compile(r"LABEL_\d+")
"""What transformers calls a class that nobody has named."""


def with_files(
    target: Target, file: Path, base: str, settings: Mapping[str, Any], model_class: Callable[[], tuple[Any, Any]]
) -> Target:
    """A target with the files that lie beside its configuration.

    Args:
        target: The architecture.
        file: Its `config.json`.
        base: Folder of the card, which relative paths of weights start from.
        settings: The configuration.
        model_class: Gives the model's class and its configuration object; picklable.
    """
    folder = ModelFolder(str(file.parent))
    return replace(
        target,
        weights=weights_beside(folder, base),
        categories=class_names(settings),
        folder=folder.path,
        loads=partial(load, model_class),
    )


def weights_beside(folder: ModelFolder, base: str, names: Sequence[str] = WEIGHTS) -> WeightsRef | None:
    """The weights in a model's folder, else those of the repository of the Hub that it was fetched from."""
    path, files = Path(folder.path), folder.there(names)
    on_hub = weights_on_hub(path, names)
    if on_hub is not None or not files:  # of a repository of the Hub, an index lies here that is not all of the weights
        return on_hub
    url = relative(path.resolve() / files[0], Path(base or ".").resolve())
    return WeightsRef(url=Path(url).as_posix(), base=base)


def class_names(settings: Mapping[str, Any]) -> tuple[str, ...] | None:
    """What a configuration calls the outputs, in their order; `None` where it gives them no names."""
    labels = settings.get("id2label")
    if not isinstance(labels, Mapping) or not labels:
        return None
    try:
        names = tuple(str(label) for _, label in sorted((int(number), label) for number, label in labels.items()))
    except (TypeError, ValueError):
        return None
    return None if all(map(_NO_NAME.fullmatch, names)) else names


def load(
    model_class: Callable[[], tuple[Any, Any]], tensors: Mapping[str, Any], *, unused: tuple[str, ...] = ()
) -> nn.Module:
    """A model with its weights, in 32-bit floats whatever they are stored in: `--precision` chooses the arithmetic.

    Args:
        model_class: See `with_files`.
        tensors: The weights by name.
        unused: Beginnings of the names of weights that may be missing: answers do not depend on them, or an adapter
            brings them.

    Raises:
        RefusedError: Names are missing, left over, or of another shape.
    """
    import torch

    class_, config = model_class()
    try:
        model, report = class_.from_pretrained(
            None, config=config, state_dict=dict(tensors), output_loading_info=True, dtype=torch.float32
        )
    except Exception as error:  # the library raises whatever its layers do
        raise RefusedError(f"the weights do not fit the model: {' '.join(str(error).split())[:300]}") from error
    shapes = [f"{name} is {shape} and should be {right}" for name, shape, right in _mismatched(report)]
    missing = sorted(name for name in report.get("missing_keys", ()) if not name.startswith(unused))
    problem = misfit(missing, sorted(report.get("unexpected_keys", ())), shapes)
    if problem:
        raise RefusedError(problem)
    loaded: nn.Module = model.eval()
    return loaded


def _mismatched(report: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    return [
        (str(name), "x".join(map(str, shape)), "x".join(map(str, right)))
        for name, shape, right in sorted(report.get("mismatched_keys", ()), key=str)
    ]


TOKENS = 128
"""Tokens of a text where nothing says how long it is."""

_SAMPLES = 16_000
"""Samples of a sound: one second, as speech models take it."""

_FRAMES = 3_000
"""Frames of a log-mel spectrogram: thirty seconds, which Whisper always pads to."""

_PICTURE = 224
_MASK = "attention_mask"

Specs = Mapping[str, TensorSpec]


def candidates(config: Any, model_class: Any) -> Iterator[Arguments]:
    """What a model may be called with, the likeliest first.

    Args:
        config: Its configuration.
        model_class: Its class.
    """
    for specs in _inputs(config, model_class):
        yield Arguments(keywords=dict(specs))
        decodes = "decoder_input_ids" in specs
        text = specs.get("decoder_input_ids") or specs.get("input_ids")
        if text is None:
            continue
        # Without a mask many architectures look at the values of the positions, which a model without values lacks;
        # some take a mask only in full, some only one of the tokens.
        tokens, mask = text.shape[-1], f"decoder_{_MASK}" if decodes else _MASK
        for spec in (TensorSpec((1, 1, tokens, tokens), "bool"), TensorSpec((1, tokens), "int64")):
            yield Arguments(keywords={**specs, mask: spec})


def runs(model: nn.Module, inputs: Arguments) -> bool:
    """Whether a model without values runs on these."""
    import torch

    from registry.verify.trace.tensors import empty

    positional, keywords = empty(inputs, model)
    try:
        with torch.no_grad():
            model(*positional, **keywords)
    except Exception:  # noqa: BLE001 - whatever a model raises, it does not run
        return False
    return True


def _inputs(config: Any, model_class: Any) -> Iterator[Specs]:
    """The inputs without masks: by the class's main one, then in the forms that other architectures take it in."""
    main = str(getattr(model_class, "main_input_name", "input_ids"))
    takes = inspect.signature(model_class.forward).parameters
    encodes = bool(getattr(config, "is_encoder_decoder", False)) and "decoder_input_ids" in takes
    if hasattr(config, "num_mel_bins") and encodes:
        main = "input_features"
    parts = [getattr(config, name, None) or config for name in ("text_config", "vision_config")]
    tokens = min(TOKENS, _first(parts[0], "max_position_embeddings", default=TOKENS))
    text = {"decoder_input_ids": TensorSpec((1, tokens), "int64")} if encodes else {}
    picture = _picture(parts[1])
    if main == "pixel_values":
        for pixels in (picture, *_films(config, picture)):
            yield {main: pixels, **text}
    elif main == "input_values":
        for sound in _sounds(config):
            yield {main: sound, **text}
    elif main == "input_features":
        bins = _first(config, "num_mel_bins", "input_feat_per_channel", default=80)
        for shape in ((1, bins, _FRAMES), (1, _FRAMES, bins)):
            yield {main: TensorSpec(shape), **text}
    else:
        own = {main: TensorSpec((1, tokens), "int64"), **text}
        if parts[1] is not config:  # a model of texts and pictures, such as CLIP
            yield {**own, "pixel_values": picture}
        yield own
        if parts[1] is config and "pixel_values" in takes:
            yield {**own, "pixel_values": picture}


def _picture(config: Any) -> TensorSpec:
    side = _first(config, "image_size", default=_PICTURE)
    return TensorSpec((1, _first(config, "num_channels", "in_channels", default=3), side, side))


def _films(config: Any, picture: TensorSpec) -> Iterator[TensorSpec]:
    frames = _first(config, "num_frames", "frames_per_clip", default=0)
    if frames:
        yield TensorSpec((1, frames, *picture.shape[1:]))


def _sounds(config: Any) -> Iterator[TensorSpec]:
    """A waveform, one with channels, or the spectrogram that an architecture of pictures takes for one."""
    bins, length = _first(config, "num_mel_bins", default=0), _first(config, "max_length", default=1024)
    if bins and hasattr(config, "patch_size"):
        yield TensorSpec((1, length, bins))
    yield TensorSpec((1, _SAMPLES))
    yield TensorSpec((1, _first(config, "audio_channels", default=1), _SAMPLES))


def _first(config: Any, *names: str, default: int) -> int:
    """The first of a configuration's numbers that it has; of a pair, the larger."""
    for name in names:
        value = getattr(config, name, None)
        if isinstance(value, list | tuple) and value and all(type(member) is int for member in value):
            value = max(value)
        if type(value) is int and value > 0:
            return value
    return default
