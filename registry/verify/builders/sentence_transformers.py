"""Models of sentence-transformers: a folder whose `modules.json` says what follows what.

The first module is an architecture of transformers without a head; pooling and normalising hold no parameters; a dense
layer is a linear one. What they do is done here, so that the library itself is not needed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from registry.types import BuildError
from registry.verify.builders.hub_folder import FolderLibrary, ModelFolder, read_json, read_object
from registry.verify.builders.transformers import build as build_transformer
from registry.verify.builders.transformers import class_and_config, headless, settings_target
from registry.verify.builders.transformers_files import load, weights_beside
from registry.verify.target import Target

if TYPE_CHECKING:
    from torch import nn

NAME = "sentence-transformers"
FILE = "modules.json"
_WITHOUT_PARAMETERS = frozenset({"Pooling", "Normalize", "Dropout"})
_WIDEST = 1 << 20


def folder_target(folder: Path, how: str = "as asked") -> Target:
    """The model of a folder.

    Raises:
        BuildError: A file in it cannot be read, or a module is of a kind that is not built here.
    """
    modules = read_json(folder, FILE)
    if not isinstance(modules, list) or not modules or not all(isinstance(module, dict) for module in modules):
        raise BuildError(f"{FILE} lists no modules")
    first, *rest = modules
    if _kind(first) != "Transformer":
        raise BuildError(f"{FILE} begins with a module of the type {_kind(first)}, and only Transformer is built here")
    settings = read_object(folder, _file(first, "config.json"))
    base = settings_target(settings, how, class_name=headless(settings))
    layers = tuple(_layers(folder, rest))
    kind, class_name = str(settings["model_type"]), headless(settings)
    files = ModelFolder(str(folder)) if not first.get("path") else None
    return Target(
        library=base.library,
        name=f"{base.name} with {len(modules) - 1} more modules",
        version=base.version,
        how=how,
        build=partial(build, kind, settings, class_name, layers),
        arguments=base.arguments,
        weights=None if files is None else weights_beside(files, str(folder)),
        folder="" if files is None else files.path,
        loads=partial(load, partial(class_and_config, kind, settings, class_name), unused=("pooler.",)),
    )


def build(
    kind: str, settings: Mapping[str, Any], class_name: str, layers: tuple[tuple[int, int, bool], ...]
) -> nn.Module:
    """Build a model without weights: the mean of the tokens' states, then the dense layers.

    Args:
        kind: `model_type` of the architecture.
        settings: Its configuration.
        class_name: Its class.
        layers: Inputs, outputs and whether there is a bias, of each dense layer; a norm has no outputs.
    """
    import torch

    class Sentences(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.transformer = build_transformer(kind, settings, class_name)
            self.layers = torch.nn.ModuleList(
                torch.nn.Linear(inputs, outputs, bias=bias) if outputs else torch.nn.LayerNorm(inputs)
                for inputs, outputs, bias in layers
            )

        def forward(self, **inputs: Any) -> Any:
            states = self.transformer(**inputs)[0].mean(1)
            for layer in self.layers:
                states = layer(states)
            return states

    return Sentences().eval()


def _layers(folder: Path, modules: list[dict[str, Any]]) -> Iterator[tuple[int, int, bool]]:
    for module in modules:
        kind = _kind(module)
        if kind in _WITHOUT_PARAMETERS:
            continue
        if kind not in ("Dense", "LayerNorm"):
            raise BuildError(f"{FILE} has a module of the type {kind}, which is not built here")
        config = read_object(folder, _file(module, "config.json"))
        names = ("in_features", "out_features") if kind == "Dense" else ("dimension",)
        sizes = [config.get(name) for name in names]
        if not all(isinstance(size, int) and not isinstance(size, bool) and 0 < size <= _WIDEST for size in sizes):
            raise BuildError(f"{_file(module, 'config.json')} does not say {' and '.join(names)}")
        yield (*sizes, config.get("bias", True) is not False) if kind == "Dense" else (sizes[0], 0, True)  # type: ignore[misc]


def _kind(module: Mapping[str, Any]) -> str:
    return str(module.get("type", ""))[:100].rpartition(".")[2]


def _file(module: Mapping[str, Any], name: str) -> str:
    path = module.get("path")
    return f"{path}/{name}" if isinstance(path, str) and path else name


LIBRARY = FolderLibrary(
    name=NAME,
    file=FILE,
    links=("github.com/UKPLab/sentence-transformers", "github.com/huggingface/sentence-transformers"),
    model=folder_target,
)
