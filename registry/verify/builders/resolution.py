"""Choose the library and the model that a card means."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache, partial
from importlib import import_module
from typing import TYPE_CHECKING

from registry.types import BuildError, Model
from registry.verify.builders.file import beside_card
from registry.verify.builders.package import GROUP, Builder, Clues, Library, Package, file_name, read_clues
from registry.verify.own_code import is_file
from registry.verify.plugins import PluginError, installed, load, release
from registry.verify.target import Target

if TYPE_CHECKING:
    from torch import nn

BUILT_IN: Mapping[str, str] = {
    "torchvision": "registry.verify.builders.torchvision",
    "timm": "registry.verify.builders.timm",
    "registry": "registry.verify.builders.own",
    "openmmlab": "registry.verify.builders.openmmlab",
    "torch.export": "registry.verify.builders.exported",
    "transformers": "registry.verify.builders.transformers",
    "sentence-transformers": "registry.verify.builders.sentence_transformers",
    "peft": "registry.verify.builders.adapters",
}
"""Libraries by name, and the module that holds each as `LIBRARY`; imported only when a card needs it."""

TRUSTED = frozenset({"torchvision", "timm", "registry"})
"""Libraries whose code is run in this process where no engine is named. That of others runs in a worker."""

_RESIZABLE = frozenset({"torchvision", "timm"})
"""Libraries whose builders take `num_classes`."""


def resolve(model: Model, *, trust: bool = False) -> Target:
    """The code of a card's model: by its `Builder`, else by what the card links to.

    Raises:
        BuildError: The card leads to no model that can be built here; the message says why.
    """
    clues = read_clues(model)
    model_target = beside_card(clues.builder, clues.base, trust=trust) if is_file(clues.builder) else _find(clues)
    if trust and model_target.code is not None:
        model_target = model_target.code()
    return model_target if clues.classes == 0 else _with_classes(model_target, clues.classes)


def _find(clues: Clues) -> Target:
    if clues.builder:
        return _with_weights(target(clues.builder, how="by its Builder field"), clues)
    # Who published the weights knows better than who wrote the code that they were converted from.
    published = [name for name in BUILT_IN if not clues.library and _publishes(library(name), clues)]
    hinted = published or [name for name in BUILT_IN if _names(library(name), clues)]
    for name in hinted or BUILT_IN:
        candidate = library(name).find(clues, hinted=bool(hinted))
        if candidate is not None:
            return candidate
    raise BuildError(_nowhere(clues, hinted))


def _with_weights(by_name: Target, clues: Clues) -> Target:
    """The model that a builder names, shaped by the weights that the card links where they are the same model's."""
    if not clues.weights or "." in clues.builder:
        return by_name
    try:
        linked = library(by_name.library).find(replace(clues, id="", name=""), hinted=True)
    except BuildError:
        return by_name
    if linked is None or linked.name.partition(".")[0] != by_name.name.partition(".")[0]:
        return by_name
    return replace(linked, how=f"{by_name.how} and {linked.how}")


def target(builder: str, *, how: str = "as asked") -> Target:
    """The model that `library:name` stands for.

    Raises:
        BuildError: The text has no such form, or the library or the model is unknown.
    """
    name, colon, model = builder.partition(":")
    if not colon or not model:
        raise BuildError(f"'{builder}' names no builder; write the library and the model, such as torchvision:resnet50")
    return library(name).target(model, how)


@cache
def library(name: str) -> Library:
    """A library by its name.

    Raises:
        BuildError: There is none of that name.
    """
    if name in BUILT_IN:
        built_in: Library = import_module(BUILT_IN[name]).LIBRARY
        return built_in
    if name in installed(GROUP):
        try:
            builders = load(GROUP, name)
        except PluginError as error:
            raise BuildError(error.message) from error
        if not isinstance(builders, Mapping) or not all(isinstance(builder, Builder) for builder in builders.values()):
            raise BuildError(f"the plug-in '{name}' is no mapping from names to registry.verify.builders.Builder")
        return Package(name=name, version=next(iter(release(GROUP, name).values()), ""), builders=builders)
    raise BuildError(f"no builder library is called '{name}'; there are {', '.join(libraries())}")


def libraries() -> list[str]:
    """The names of all libraries, built in and installed."""
    return [*BUILT_IN, *(name for name in installed(GROUP) if name not in BUILT_IN)]


def _with_classes(resizable: Target, classes: int) -> Target:
    """The same model with another number of outputs: then the library's own weights and class names are not its."""
    if resizable.categories is not None and len(resizable.categories) == classes:
        return resizable
    if resizable.library not in _RESIZABLE:
        raise BuildError(f"{resizable.library} cannot build {resizable.name} with {classes} classes")
    build: Callable[..., nn.Module] = resizable.build
    return replace(
        resizable,
        name=resizable.name.partition(".")[0],
        how=f"{resizable.how}, with {classes} classes",
        build=partial(build, num_classes=classes),
        weights=None,
        categories=None,
    )


def _names(candidate: Library, clues: Clues) -> bool:
    """Whether the card says that it means this library."""
    if clues.library:
        return clues.library.casefold() == candidate.name or any(link in clues.library for link in candidate.links)
    return any(link in clues.code for link in candidate.links)


def _publishes(candidate: Library, clues: Clues) -> bool:
    """Whether the weights lie where this library publishes them."""
    return any(link in clues.weights for link in candidate.links)


def _nowhere(clues: Clues, hinted: list[str]) -> str:
    advice = "a Builder field, such as 'Builder: timm:resnet50', would name it"
    if hinted:
        return f"the card means {' or '.join(hinted)}, but nothing in it names one of its models; {advice}"
    if clues.code:
        return f"no builder is known for the code at {clues.code.split()[0]}; {advice}"
    if clues.library:
        return f"no builder is known for the library '{clues.library}'; {advice}"
    if clues.weights:
        return f"no library here publishes the weights {file_name(clues.weights)}, and the card names no code; {advice}"
    return f"the card does not lead to any code; {advice}"
