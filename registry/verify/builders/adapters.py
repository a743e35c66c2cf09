"""Adapters of PEFT on their base: a folder whose `adapter_config.json` names the base and what is added to it.

The base's configuration must be here: a folder that the adapter names and that lies in the model's own, or the Hub's
repository where it was fetched before. Of the adapter's configuration only what gives it its shape is handed on: PEFT
would import a module that `megatron_core` names.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from registry.types import BuildError
from registry.verify.builders.hub_folder import TOKENIZER, FolderLibrary, ModelFolder, fetched, read_object
from registry.verify.builders.package import installed_version
from registry.verify.builders.transformers import build as build_transformer
from registry.verify.builders.transformers import class_and_config, named_class, settings_target
from registry.verify.builders.transformers_files import class_names, library, weights_beside
from registry.verify.builders.transformers_files import load as load_base
from registry.verify.target import Target
from registry.verify.weights.digest import RefusedError
from registry.verify.weights.fit import misfit

if TYPE_CHECKING:
    from torch import nn

NAME = "peft"
FILE = "adapter_config.json"
_SHAPING = frozenset(
    {
        "alpha_pattern", "bias", "exclude_modules", "fan_in_fan_out", "feedforward_modules", "layers_pattern",
        "layers_to_transform", "lora_alpha", "lora_bias", "modules_to_save", "r", "rank_pattern", "target_modules",
        "target_parameters", "use_dora", "use_rslora",
    }
)  # fmt: skip
_KINDS = frozenset({"LORA", "IA3"})
_WEIGHTS = ("adapter_model.safetensors", "adapter_model.bin")
_PREFIX = "base_model.model."
"""How PEFT's names of an adapter's weights begin."""


def folder_target(folder: Path, how: str = "as asked") -> Target:
    """The model of an adapter's folder.

    Raises:
        BuildError: The adapter is of a kind that is not built here, or its base is not here.
    """
    adapter = read_object(folder, FILE)
    kind = adapter.get("peft_type")
    if kind not in _KINDS:
        raise BuildError(f"{FILE} is of the type {str(kind)[:60]}; of {' and '.join(sorted(_KINDS))} models are built")
    beneath = _base(folder, adapter.get("base_model_name_or_path"))
    settings = read_object(beneath, "config.json")
    class_name = _class_for(settings, adapter.get("task_type"))
    base = settings_target(settings, how, class_name=class_name)
    shaping = {name: value for name, value in adapter.items() if name in _SHAPING and value is not None}
    files, model = ModelFolder(str(folder)), str(settings["model_type"])
    under = ModelFolder(str(beneath))
    return Target(
        library=NAME,
        name=f"{kind} on {base.name}",
        version=installed_version(NAME),
        how=f"{how}, on its base and not merged into it",
        build=partial(build, model, settings, class_name, str(kind), shaping),
        arguments=base.arguments,
        weights=weights_beside(files, str(folder), _WEIGHTS),
        base_weights=weights_beside(under, str(folder)),
        categories=class_names(settings),
        folder=under.path if under.there(TOKENIZER) or not files.there(TOKENIZER) else files.path,
        loads=partial(load, partial(class_and_config, model, settings, class_name), str(kind), shaping),
    )


def build(
    model_type: str, settings: Mapping[str, Any], class_name: str, kind: str, shaping: Mapping[str, Any]
) -> nn.Module:
    """Build the base without weights, with the adapter in it.

    Raises:
        BuildError: PEFT is not installed.
        BuildError: It does not fit.
    """
    model = build_transformer(model_type, settings, class_name)
    peft, config = _config(kind, shaping)
    try:
        adapted: nn.Module = peft.inject_adapter_in_model(config, model)
    except Exception as error:
        raise BuildError(f"{NAME} cannot add the adapter: {type(error).__name__}: {error}".splitlines()[0]) from error
    return adapted.eval()


def load(
    model_class: Callable[[], tuple[Any, Any]], kind: str, shaping: Mapping[str, Any], tensors: Mapping[str, Any]
) -> nn.Module:
    """The base with its weights, and over it the adapter with its own, both strictly.

    Args:
        model_class: Gives the base's class and its configuration object.
        kind: See `build`.
        shaping: See `build`.
        tensors: The weights of both by name; those of the adapter begin as PEFT writes them.

    Raises:
        RefusedError: Names are missing, left over, or of another shape.
    """
    own = {name: tensor for name, tensor in tensors.items() if name.startswith(_PREFIX)}
    rest = {name: tensor for name, tensor in tensors.items() if name not in own}
    brought = tuple(f"{name}." for name in shaping.get("modules_to_save") or ())
    base = load_base(model_class, rest, unused=brought)
    peft, config = _config(kind, shaping)
    try:
        adapted: nn.Module = peft.get_peft_model(base, config)
        names = peft.get_peft_model_state_dict(adapted, save_embedding_layers=False).keys()  # "auto" asks the Hub
        problem = misfit(sorted(names - own.keys()), sorted(own.keys() - names), ())
        if not problem:
            peft.set_peft_model_state_dict(adapted, dict(own))  # which older versions rename the weights in
    except Exception as error:  # the library raises whatever its layers do
        raise RefusedError(f"the adapter does not fit its base: {' '.join(str(error).split())[:300]}") from error
    if problem:
        raise RefusedError(problem)
    return adapted.float().eval()


def _config(kind: str, shaping: Mapping[str, Any]) -> tuple[Any, Any]:
    """The library, and an adapter's configuration as its object."""
    try:
        import peft
    except ModuleNotFoundError as error:
        raise BuildError(f"adapters need {NAME}: pip install {NAME}") from error
    try:
        return peft, {"LORA": peft.LoraConfig, "IA3": peft.IA3Config}[kind](**shaping)
    except Exception as error:
        raise BuildError(f"{NAME} refuses {FILE}: {type(error).__name__}: {error}".splitlines()[0]) from error


def _class_for(settings: Mapping[str, Any], task: Any) -> str:
    """The class that an adapter is put on: that of its task, where the base's own is another."""
    library()
    from transformers.models.auto import modeling_auto as auto

    classes: Mapping[str, Mapping[str, Any]] = {
        "SEQ_CLS": auto.MODEL_FOR_SEQUENCE_CLASSIFICATION_MAPPING_NAMES,
        "TOKEN_CLS": auto.MODEL_FOR_TOKEN_CLASSIFICATION_MAPPING_NAMES,
        "QUESTION_ANS": auto.MODEL_FOR_QUESTION_ANSWERING_MAPPING_NAMES,
        "CAUSAL_LM": auto.MODEL_FOR_CAUSAL_LM_MAPPING_NAMES,
    }
    class_name = classes.get(str(task), {}).get(str(settings.get("model_type")))
    return class_name if isinstance(class_name, str) else named_class(settings)


def _base(folder: Path, base: Any) -> Path:
    """The folder of the base model."""
    if not isinstance(base, str) or not base or len(base) > 300:
        raise BuildError(f"{FILE} names no base model")
    if (folder / base / "config.json").is_file():
        read_object(folder, f"{base}/config.json")  # which refuses one that lies outside
        return folder / base
    if base.startswith((".", "/")):
        raise BuildError(f"the adapter's base {base} is not a folder inside the adapter's folder")
    try:
        return fetched(base)
    except BuildError as error:
        raise BuildError(f"the adapter's base cannot be loaded: {error.message}") from error


LIBRARY = FolderLibrary(name=NAME, file=FILE, links=("github.com/huggingface/peft",), model=folder_target)
