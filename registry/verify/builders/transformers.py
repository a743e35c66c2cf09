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

from registry.types import BuildError
from registry.verify.arguments import Arguments
from registry.verify.builders.hub_folder import fetched, read_object
from registry.verify.builders.package import Clues, installed_version, unknown_name
from registry.verify.builders.transformers_files import NAME, candidates, library, runs, with_files
from registry.verify.target import Target

if TYPE_CHECKING:
    from torch import nn


class Transformers:
    """transformers as a library of models."""

    name = NAME
    links = ("github.com/huggingface/transformers",)

    def target(self, name: str, how: str) -> Target:
        """The architecture `name` with its default configuration, or a model of the Hub; see `Library.target`."""
        if "/" in name:
            return config_target(fetched(name) / "config.json", f"{how}, by the configuration that was fetched of it")
        kind, _, class_name = name.partition(".")
        architectures = _mapping()
        if kind not in architectures:
            raise unknown_name(NAME, kind, list(architectures))
        return _target(name, f"{how}, with the configuration that {NAME} gives {kind} by default", kind, {}, class_name)

    def find(self, clues: Clues, *, hinted: bool) -> Target | None:
        """The model of the `config.json` that the card names or that lies beside it; see `Library.find`."""
        config_path = clues.config if Path(clues.config).name == "config.json" and "://" not in clues.config else ""
        folder = clues.base if config_path else clues.folder
        if not hinted or not folder:
            return None
        file, inside = Path(folder) / (config_path or "config.json"), Path(folder).resolve()
        if not file.is_file() or not file.resolve().is_relative_to(inside):
            return None
        how = f"by its Config {config_path}" if config_path else "by the config.json beside the card"
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
    config = read_object(file.parent, file.name)
    class_name = named_class(config)
    target = settings_target(config, how, class_name=class_name, file=file.name)
    model_class = partial(class_and_config, str(config["model_type"]), config, class_name)
    return with_files(target, file, base or str(file.parent), config, model_class)


def settings_target(settings: Mapping[str, Any], how: str, *, class_name: str, file: str = "config.json") -> Target:
    """The architecture of a configuration.

    Args:
        settings: The configuration.
        how: See `Target`.
        class_name: Name of the class, empty for the usual one.
        file: Where it stands, as shown.

    Raises:
        BuildError: It is not the configuration of a model that the installed library has.
    """
    kind = settings.get("model_type")
    if not isinstance(kind, str):
        raise BuildError(f"{file} names no model_type: it is not the configuration of a model of {NAME}")
    if kind not in _mapping():
        own = " and brings its own code (auto_map), which is not run" if "auto_map" in settings else ""
        here = f"{NAME} {installed_version(NAME)}"
        raise BuildError(f"{here} has no architecture '{kind}'; the configuration needs another version{own}")
    return _target(f"{kind}.{class_name}" if class_name else kind, how, kind, settings, class_name)


def named_class(settings: Mapping[str, Any]) -> str:
    """The class that a configuration names, empty where it names none."""
    architectures = settings.get("architectures")
    return (
        architectures[0]
        if isinstance(architectures, list) and architectures and isinstance(architectures[0], str)
        else ""
    )


def headless(settings: Mapping[str, Any]) -> str:
    """The class of a configuration's architecture without a head, as sentences are encoded with; of T5 the encoder.

    Raises:
        BuildError: The library has none.
    """
    from transformers.models.auto import modeling_auto as auto

    kind = settings.get("model_type")
    classes = {**auto.MODEL_MAPPING_NAMES, **auto.MODEL_FOR_TEXT_ENCODING_MAPPING_NAMES}
    headless_class = classes.get(kind) if isinstance(kind, str) and kind in _mapping() else None
    if headless_class is None:
        raise BuildError(f"{NAME} has no architecture '{str(kind)[:60]}' without a head")
    return str(headless_class if isinstance(headless_class, str) else headless_class[0])


def build(kind: str, settings: Mapping[str, Any], class_name: str) -> nn.Module:
    """Build an architecture without weights.

    Args:
        kind: Its `model_type`.
        settings: Its configuration, defaults where it says nothing.
        class_name: Name of the class, empty for the usual one.

    Raises:
        BuildError: The library has no such class, or the class cannot be built.
    """
    model_class = _class(library(), kind, class_name)
    try:
        model: nn.Module = model_class(_config(kind, settings))
        _gather_experts(model)
    except Exception as error:
        raise BuildError(f"{NAME} cannot build {kind}: {type(error).__name__}: {error}".splitlines()[0]) from error
    return model.eval()


def _gather_experts(model: Any) -> None:
    """Let a mixture of experts that has no values take the experts of each token in one product.

    The usual way looks which experts the tokens chose. Either way each token passes as many as its configuration says.
    """
    can_choose = getattr(model, "_can_set_experts_implementation", None)
    if can_choose is not None and can_choose() and next(model.parameters()).is_meta:
        model.set_experts_implementation("batched_mm")


def arguments(kind: str, settings: Mapping[str, Any], class_name: str) -> Arguments:
    """What a model is called with, of what it may be the first that it runs on without values.

    Raises:
        BuildError: The library has no such class.
    """
    tries = list(candidates(_config(kind, settings), _class(library(), kind, class_name)))
    try:
        model = _without_values(kind, json.dumps(settings, sort_keys=True, default=str), class_name)
    except BuildError:  # said again when it is built
        return tries[0]
    return next((attempt for attempt in tries if runs(model, attempt)), tries[0])


@lru_cache(maxsize=1)
def _without_values(kind: str, settings: str, class_name: str) -> nn.Module:
    from registry.verify.trace import build as build_on_meta

    return build_on_meta(partial(build, kind, json.loads(settings), class_name))


def _decodes(kind: str) -> bool:
    """Whether an architecture writes on from a text, and does not fill gaps in one."""
    from transformers.models.auto import modeling_auto as auto

    writes = kind in auto.MODEL_FOR_CAUSAL_LM_MAPPING_NAMES and kind not in auto.MODEL_FOR_MASKED_LM_MAPPING_NAMES
    return writes and not getattr(_config(kind, {}), "is_encoder_decoder", False)


def class_and_config(kind: str, settings: Mapping[str, Any], class_name: str) -> tuple[Any, Any]:
    """The library's class for an architecture, and the configuration as its object.

    Raises:
        BuildError: It has no such class, or refuses the configuration.
    """
    return _class(library(), kind, class_name), _config(kind, settings)


def _target(name: str, how: str, kind: str, settings: Mapping[str, Any], class_name: str) -> Target:
    return Target(
        library=NAME,
        name=name,
        version=installed_version(NAME),
        how=how,
        build=partial(build, kind, dict(settings), class_name),
        arguments=arguments(kind, settings, class_name),
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
def _class(module: ModuleType, kind: str, class_name: str) -> Any:
    if class_name:
        class_ = getattr(module, class_name, None)
        if not isinstance(class_, type) or not issubclass(class_, module.PreTrainedModel):
            raise BuildError(f"{NAME} {module.__version__} has no model class '{class_name}'")
        return class_
    from transformers.models.auto import modeling_auto as auto

    config = _mapping()[kind]
    mappings = (auto.MODEL_MAPPING, auto.MODEL_FOR_CAUSAL_LM_MAPPING, auto.MODEL_FOR_SEQ_TO_SEQ_CAUSAL_LM_MAPPING)
    order = (mappings[1], mappings[0]) if _decodes(kind) else (*mappings[:1], mappings[2], mappings[1])
    for mapping in order:
        if config in mapping:
            class_ = mapping[config]
            return class_[0] if isinstance(class_, tuple) else class_
    raise BuildError(f"{NAME} says no usual class for {kind}; name one, such as {NAME}:{kind}.ClassName")


LIBRARY = Transformers()
