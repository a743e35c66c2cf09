"""What a model of transformers is called with: tokens, pictures, films or sounds, by its class and configuration."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from registry.verify.arguments import Arguments, TensorSpec

if TYPE_CHECKING:
    from torch import nn

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
    for found in _inputs(config, model_class):
        yield Arguments(keywords=dict(found))
        decodes = "decoder_input_ids" in found
        text = found.get("decoder_input_ids") or found.get("input_ids")
        if text is None:
            continue
        # Without a mask many architectures look at the values of the positions, which a model without values lacks;
        # some take a mask only in full, some only one of the tokens.
        tokens, mask = text.shape[-1], f"decoder_{_MASK}" if decodes else _MASK
        for spec in (TensorSpec((1, 1, tokens, tokens), "bool"), TensorSpec((1, tokens), "int64")):
            yield Arguments(keywords={**found, mask: spec})


def runs(model: nn.Module, given: Arguments) -> bool:
    """Whether a model without values runs on these."""
    import torch

    keywords = {
        name: torch.empty(spec.shape, dtype=getattr(torch, spec.dtype) if spec.dtype else None, device="meta")
        for name, spec in given.keywords.items()
    }
    try:
        with torch.no_grad():
            model(**keywords)
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
        if isinstance(value, list | tuple) and value and all(type(each) is int for each in value):
            value = max(value)
        if type(value) is int and value > 0:
            return value
    return default
