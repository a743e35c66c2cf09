"""Models of the library transformers, built from their configuration: no weights, and no code that comes with a model.

A model is named by its architecture with the configuration that the library gives it by default (`transformers:bert`,
of the size of bert-base-uncased), by that and a class (`transformers:gpt2.GPT2Model`), or, on the command line, by a
`config.json` or a folder with one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache, lru_cache, partial
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from registry.files import open_plain
from registry.types import BuildError
from registry.verify.arguments import Arguments, TensorSpec
from registry.verify.builders.library import Clues, installed_version, unknown_name
from registry.verify.builders.transformers_files import with_files
from registry.verify.builders.transformers_library import NAME, library
from registry.verify.target import Target

if TYPE_CHECKING:
    from torch import nn

TOKENS = 128
"""Tokens of a text where nothing says how long it is."""

_LARGEST = 4 << 20
_SAMPLES = 16_000
"""Samples of a sound: one second, as speech models take it."""

_FRAMES = 3_000
"""Frames of a log-mel spectrogram: thirty seconds, which Whisper always pads to."""

_PICTURE = 224


class Transformers:
    """transformers as a library of models."""

    name = NAME
    links = ("github.com/huggingface/transformers",)

    def target(self, name: str, how: str) -> Target:
        """The architecture called `name` with its default configuration; see `Library.target`."""
        kind, _, wanted = name.partition(".")
        known = _mapping()
        if kind not in known:
            raise unknown_name(NAME, kind, list(known))
        return _target(name, f"{how}, with the configuration that {NAME} gives {kind} by default", kind, {}, wanted)

    def find(self, clues: Clues, *, hinted: bool) -> Target | None:
        """The model of the `config.json` that the card names or that lies beside it; see `Library.find`."""
        named = clues.config if Path(clues.config).name == "config.json" and "://" not in clues.config else ""
        folder = clues.base if named else clues.folder
        if not hinted or not folder:
            return None
        file, inside = Path(folder) / (named or "config.json"), Path(folder).resolve()
        if not file.is_file() or not file.resolve().is_relative_to(inside):
            return None
        how = f"by its Config {named}" if named else "by the config.json beside the card"
        return config_target(file, how, base=folder)


def is_config(name: str) -> bool:
    """Whether a name given on the command line is a configuration's file, or a folder with one."""
    path = Path(name)
    return path.suffix == ".json" or path.joinpath("config.json").is_file()


def config_target(path: Path, how: str = "as asked", *, base: str = "") -> Target:
    """The model of a `config.json`, or of the one in a folder, with the weights that lie beside it.

    Args:
        path: The file or the folder.
        how: See `Target`.
        base: Folder that a card's paths start from; the file's own where it is empty.

    Raises:
        BuildError: The file cannot be read, or is not the configuration of a model that the installed library has.
    """
    file = path / "config.json" if path.is_dir() else path
    try:
        with open_plain(file) as opened:
            data = opened.read(_LARGEST + 1)
        config = json.loads(data) if len(data) <= _LARGEST else None
    except (OSError, ValueError, RecursionError) as error:
        raise BuildError(f"{file.name} cannot be read: {error}") from error
    kind = config.get("model_type") if isinstance(config, dict) else None
    if not isinstance(config, dict) or not isinstance(kind, str):
        raise BuildError(f"{file.name} names no model_type: it is not the configuration of a model of {NAME}")
    if kind not in _mapping():
        own = " and brings its own code (auto_map), which is not run" if "auto_map" in config else ""
        here = f"{NAME} {installed_version(NAME)}"
        raise BuildError(f"{here} has no architecture '{kind}'; the configuration needs another version{own}")
    named = config.get("architectures")
    wanted = named[0] if isinstance(named, list) and named and isinstance(named[0], str) else ""
    target = _target(f"{kind}.{wanted}" if wanted else kind, how, kind, config, wanted)
    made = partial(_class_and_config, kind, config, wanted)
    return with_files(target, file, base or str(file.parent), config, made)


def build(kind: str, settings: Mapping[str, Any], wanted: str) -> nn.Module:
    """Build an architecture without weights.

    Args:
        kind: Its `model_type`.
        settings: Its configuration, defaults where it says nothing.
        wanted: Name of the class, empty for the usual one.

    Raises:
        BuildError: The library has no such class, or the class cannot be built.
    """
    model_class = _class(library(), kind, wanted)
    try:
        model: nn.Module = model_class(_config(kind, settings))
    except Exception as error:
        raise BuildError(f"{NAME} cannot build {kind}: {type(error).__name__}: {error}".splitlines()[0]) from error
    return model.eval()


def arguments(kind: str, settings: Mapping[str, Any], wanted: str) -> Arguments:
    """What a model is called with: tokens, a picture or a sound, by its main input.

    Raises:
        BuildError: The library has no such class.
    """
    config = _config(kind, settings)
    model_class = _class(library(), kind, wanted)
    main = str(getattr(model_class, "main_input_name", "input_ids"))
    if hasattr(config, "num_mel_bins") and getattr(config, "is_encoder_decoder", False):
        main = "input_features"
    text, vision = _part(config, "text_config"), _part(config, "vision_config")
    tokens = min(TOKENS, _first(text, "max_position_embeddings", default=TOKENS))
    side = _first(vision, "image_size", default=_PICTURE)
    picture = TensorSpec((1, _first(vision, "num_channels", "in_channels", default=3), side, side))
    found: dict[str, Any]
    if main == "pixel_values":
        found = {main: picture}
    elif main == "input_values":
        found = {main: TensorSpec((1, _SAMPLES))}
    elif main == "input_features":
        found = {main: TensorSpec((1, _first(config, "num_mel_bins", default=80), _FRAMES))}
    else:
        found = {main: TensorSpec((1, tokens), "int64")}
        if vision is not config:  # a model of texts and pictures, such as CLIP
            found["pixel_values"] = picture
    mask = "attention_mask"
    if getattr(config, "is_encoder_decoder", False):
        found["decoder_input_ids"] = TensorSpec((1, tokens), "int64")
        mask = "decoder_attention_mask"
    # Without a mask many architectures look at the values of the positions, which a model without values lacks; some
    # take a mask only in full, some only one of the tokens.
    full, flat = TensorSpec((1, 1, tokens, tokens), "bool"), TensorSpec((1, tokens), "int64")
    tried = [Arguments(keywords=found), *(Arguments(keywords={**found, mask: spec}) for spec in (full, flat))]
    return next((each for each in tried if _runs(kind, settings, wanted, each)), tried[0])


def _runs(kind: str, settings: Mapping[str, Any], wanted: str, given: Arguments) -> bool:
    """Whether a model without values runs on these."""
    import torch

    keywords = {
        name: torch.empty(spec.shape, dtype=getattr(torch, spec.dtype) if spec.dtype else None, device="meta")
        for name, spec in given.keywords.items()
    }
    try:
        with torch.no_grad():
            _without_values(kind, json.dumps(settings, sort_keys=True, default=str), wanted)(**keywords)
    except Exception:  # noqa: BLE001 - whatever a model raises, it does not run
        return False
    return True


@lru_cache(maxsize=1)
def _without_values(kind: str, settings: str, wanted: str) -> nn.Module:
    from registry.verify.trace import build as build_on_meta

    return build_on_meta(partial(build, kind, json.loads(settings), wanted))


def _decodes(kind: str) -> bool:
    """Whether an architecture writes on from a text, and does not fill gaps in one."""
    from transformers.models.auto import modeling_auto as auto

    writes = kind in auto.MODEL_FOR_CAUSAL_LM_MAPPING_NAMES and kind not in auto.MODEL_FOR_MASKED_LM_MAPPING_NAMES
    return writes and not getattr(_config(kind, {}), "is_encoder_decoder", False)


def _class_and_config(kind: str, settings: Mapping[str, Any], wanted: str) -> tuple[Any, Any]:
    return _class(library(), kind, wanted), _config(kind, settings)


def _target(name: str, how: str, kind: str, settings: Mapping[str, Any], wanted: str) -> Target:
    return Target(
        library=NAME,
        name=name,
        version=installed_version(NAME),
        how=how,
        build=partial(build, kind, dict(settings), wanted),
        arguments=arguments(kind, settings, wanted),
    )


def _mapping() -> Mapping[str, Any]:
    """The configurations of every architecture, by `model_type`."""
    library()
    from transformers.models.auto.configuration_auto import CONFIG_MAPPING

    mapping: Mapping[str, Any] = CONFIG_MAPPING
    return mapping


def _config(kind: str, settings: Mapping[str, Any]) -> Any:
    """A configuration object, without a cache of keys and values: what is counted is one forward pass."""
    try:
        config = _mapping()[kind].from_dict(dict(settings)) if settings else _mapping()[kind]()
    except Exception as error:
        raise BuildError(f"{NAME} refuses the configuration of {kind}: {error}".splitlines()[0]) from error
    for part in (config, getattr(config, "text_config", None), getattr(config, "decoder", None)):
        if part is not None and hasattr(part, "use_cache"):
            part.use_cache = False
    return config


@cache
def _class(module: ModuleType, kind: str, wanted: str) -> Any:
    if wanted:
        found = getattr(module, wanted, None)
        if not isinstance(found, type) or not issubclass(found, module.PreTrainedModel):
            raise BuildError(f"{NAME} {module.__version__} has no model class '{wanted}'")
        return found
    from transformers.models.auto import modeling_auto as auto

    config = _mapping()[kind]
    mappings = (auto.MODEL_MAPPING, auto.MODEL_FOR_CAUSAL_LM_MAPPING, auto.MODEL_FOR_SEQ_TO_SEQ_CAUSAL_LM_MAPPING)
    order = (mappings[1], mappings[0]) if _decodes(kind) else (*mappings[:1], mappings[2], mappings[1])
    for mapping in order:
        if config in mapping:
            found = mapping[config]
            return found[0] if isinstance(found, tuple) else found
    raise BuildError(f"{NAME} says no usual class for {kind}; name one, such as {NAME}:{kind}.ClassName")


def _part(config: Any, name: str) -> Any:
    return getattr(config, name, None) or config


def _first(config: Any, *names: str, default: int) -> int:
    """The first of a configuration's numbers that it has; of a pair, the larger."""
    for name in names:
        value = getattr(config, name, None)
        if isinstance(value, list | tuple) and value and all(type(each) is int for each in value):
            value = max(value)
        if type(value) is int and value > 0:
            return value
    return default


LIBRARY = Transformers()
