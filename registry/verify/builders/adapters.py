"""Adapters of PEFT on their base: a folder whose `adapter_config.json` names the base and what is added to it.

The base's configuration must be here: a folder that the adapter names and that lies in the model's own, or the Hub's
repository where it was fetched before. Of the adapter's configuration only what gives it its shape is handed on: PEFT
would import a module that `megatron_core` names.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from registry.types import BuildError
from registry.verify.builders.hub_folder import fetched, holds, read_object
from registry.verify.builders.library import Clues, installed_version
from registry.verify.builders.transformers import build as build_transformer
from registry.verify.builders.transformers import named_class, settings_target
from registry.verify.target import Target

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


class Adapters:
    """PEFT as a library of models."""

    name = NAME
    links = ("github.com/huggingface/peft",)

    def target(self, name: str, how: str) -> Target:  # noqa: ARG002
        """None: an adapter is a folder; see `Library.target`."""
        raise BuildError(f"{NAME} builds no model by name; name the adapter's folder, which has an {FILE}")

    def find(self, clues: Clues, *, hinted: bool) -> Target | None:
        """The adapter beside the card; see `Library.find`."""
        if not hinted or not holds(clues.folder, FILE):
            return None
        return folder_target(Path(clues.folder), f"by the {FILE} beside the card")


def folder_target(folder: Path, how: str = "as asked") -> Target:
    """The model of an adapter's folder.

    Raises:
        BuildError: The adapter is of a kind that is not built here, or its base is not here.
    """
    said = read_object(folder, FILE)
    kind = said.get("peft_type")
    if kind not in _KINDS:
        raise BuildError(f"{FILE} is of the type {str(kind)[:60]}; of {' and '.join(sorted(_KINDS))} models are built")
    settings = _base(folder, said.get("base_model_name_or_path"))
    base = settings_target(settings, how, wanted=named_class(settings))
    shaping = {name: value for name, value in said.items() if name in _SHAPING and value is not None}
    return Target(
        library=NAME,
        name=f"{kind} on {base.name}",
        version=installed_version(NAME),
        how=f"{how}, on its base and not merged into it",
        build=partial(build, str(settings["model_type"]), settings, named_class(settings), str(kind), shaping),
        arguments=base.arguments,
    )


def build(
    model_type: str, settings: Mapping[str, Any], wanted: str, kind: str, shaping: Mapping[str, Any]
) -> nn.Module:
    """Build the base without weights, with the adapter in it.

    Raises:
        BuildError: PEFT is not installed.
        BuildError: It does not fit.
    """
    model = build_transformer(model_type, settings, wanted)
    try:
        import peft
    except ModuleNotFoundError as error:
        raise BuildError(f"adapters need {NAME}: pip install {NAME}") from error
    config_class = {"LORA": peft.LoraConfig, "IA3": peft.IA3Config}[kind]
    try:
        adapted: nn.Module = peft.inject_adapter_in_model(config_class(**shaping), model)
    except Exception as error:
        raise BuildError(f"{NAME} cannot add the adapter: {type(error).__name__}: {error}".splitlines()[0]) from error
    return adapted.eval()


def _base(folder: Path, named: Any) -> dict[str, Any]:
    """The configuration of the base model."""
    if not isinstance(named, str) or not named or len(named) > 300:
        raise BuildError(f"{FILE} names no base model")
    if (folder / named / "config.json").is_file():
        return read_object(folder, f"{named}/config.json")
    if named.startswith((".", "/")):
        raise BuildError(f"the adapter's base {named} is no folder in the adapter's own")
    try:
        return read_object(fetched(named), "config.json")
    except BuildError as error:
        raise BuildError(f"the adapter's base cannot be had: {error.message}") from error


LIBRARY = Adapters()
