"""Models of a package that offers its own builders: this one, and any that has an entry point."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any, Final, Protocol

from registry.claims.number import number
from registry.types import BuildError, Model, Quantity, UsageError
from registry.verify.arguments import Arguments, read_inputs
from registry.verify.plugins import installed, load
from registry.verify.target import Preprocessing, Target, WeightsRef
from registry.vocabulary import Vocabulary

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True, kw_only=True, slots=True)
class Clues:
    """What a card says that can lead to its code; empty texts where it says nothing.

    Attributes:
        builder: `Builder`, such as `timm:resnet50`.
        id: `ID`, the model's name in its library.
        library: `Library`, or Hugging Face's `library_name`.
        code: Every text of `Code`, joined by spaces.
        weights: URL of the weights.
        parameters: How many parameters the card reports.
        folder: The folder of a Hub card, which is that of its model's files.
        classes: `Classes`, how many outputs the model has; zero where the card leaves that to the builder.
    """

    builder: str = ""
    name: str = ""
    id: str = ""
    library: str = ""
    code: str = ""
    weights: str = ""
    config: str = ""
    base: str = ""
    parameters: Quantity | None = None
    folder: str = ""
    classes: int = 0


class Library(Protocol):
    """A library of models. `name` is the part of a builder before the colon.

    Attributes:
        name: `torchvision`, `timm`, `registry`, or an entry point's name.
        links: Parts of URLs that only this library's code has, such as `github.com/pytorch/vision/`.
    """

    @property
    def name(self) -> str: ...  # noqa: D102

    @property
    def links(self) -> tuple[str, ...]: ...  # noqa: D102

    def target(self, name: str, how: str) -> Target:
        """The model called `name`.

        Raises:
            BuildError: The library has no such model, or is not installed.
        """

    def find(self, clues: Clues, *, hinted: bool) -> Target | None:
        """The model that the clues lead to.

        Args:
            clues: What the card says.
            hinted: Whether the card names this library; where it does not, only the weights' URL is proof enough.

        Raises:
            BuildError: The card means a model of this library, and it cannot be had.
        """


def read_clues(model: Model) -> Clues:
    """What a card says that can lead to its code."""
    parameters = model.metadata.get("Parameters")
    read = None if parameters is None else number(parameters, Vocabulary.load().metrics["parameters"])
    return Clues(
        builder=_text(model.get("Builder")),
        name=model.name,
        folder=(model.base or "") if model.dialect == "huggingface" else "",
        id=_text(model.get("ID")),
        library=_text(model.get("Library")) or _text(model.get("library_name")),
        code=" ".join(_texts(model.get("Code"))),
        weights=model.weights[0].url if model.weights else "",
        config=_text(model.get("Config")),
        base=model.base,
        parameters=read if isinstance(read, Quantity) else None,
        classes=_whole(model.get("Classes")),
    )


@cache
def installed_version(package: str) -> str:
    """The version of an installed package, looked up once: its metadata is a file, and every model asks.

    Raises:
        BuildError: It is not installed.
    """
    try:
        return version(package)
    except PackageNotFoundError:
        raise BuildError(f"{package} is not installed; install it with: pip install {package}") from None


def unknown_name(library: str, name: str, names: Iterable[str]) -> BuildError:
    """The error for a model that a library does not have, with the nearest names it has."""
    near = difflib.get_close_matches(name, sorted(names), n=3, cutoff=0.5)
    hint = f"; nearest are {', '.join(near)}" if near else ""
    return BuildError(f"{library} {installed_version(library)} has no model '{name}'{hint}")


def file_name(url: str) -> str:
    """The last part of a URL's path."""
    return re.split(r"[?#]", url, maxsplit=1)[0].rstrip("/").rpartition("/")[2]


def stem(file: str) -> tuple[str, str]:
    """A weights file's name without its suffix and its hash, and the hash: torchvision and timm name files so.

    >>> stem("alexnet-owt-4df8aa71.pth")
    ('alexnet-owt', '4df8aa71')
    """
    match = re.fullmatch(r"(?P<stem>.+)-(?P<hash>[0-9a-f]{8,64})(?:\.\w+)*", file)
    return (match["stem"], match["hash"]) if match else (file.partition(".")[0], "")


def weights_at(url: str) -> WeightsRef:
    """Published weights, with the beginning of their SHA-256 where the file's name carries it."""
    return WeightsRef(url=url, sha256=stem(file_name(url))[1] or None)


def _text(value: Any) -> str:
    return next(_texts(value), "")


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, str):
        yield value.strip()


def _whole(value: Any) -> int:
    text = str(value).strip()
    return int(text) if re.fullmatch(r"[1-9]\d{0,5}", text) else 0


GROUP: Final = "mir.builders"
"""Entry point group by which an installed package offers its own builders: each entry point names a mapping from
model names to `registry.verify.builders.Builder`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Builder:
    """How to make one model.

    Attributes:
        build: Makes it, without weights and without a download: a class, a function, or anything else to call.
        input_size: (channels, height, width) that it runs at.
        inputs: What it is called with where that is anything but one such picture: a mapping of names to shapes and
            types, `{"input_ids": ((1, 128), "int64")}`, or a list of them; see `registry.verify.arguments`.
        arguments: Further arguments by name, such as `{"use_cache": False}`.
        preprocessing: How a picture becomes its input.
        categories: Class names in the order of its outputs.
        listed: Whether it takes a list of pictures, as detectors do.
    """

    build: Callable[[], nn.Module]
    input_size: tuple[int, ...] | None = None
    inputs: Any = None
    arguments: Mapping[str, Any] | None = None
    preprocessing: Preprocessing | None = None
    categories: tuple[str, ...] | None = None
    listed: bool = False


@dataclass(frozen=True, kw_only=True)
class Package:
    """The builders of one package, by model name."""

    name: str
    version: str
    builders: Mapping[str, Builder]
    links: tuple[str, ...] = ()

    def target(self, name: str, how: str) -> Target:
        """The model called `name`; see `Library.target`."""
        if name not in self.builders:
            raise BuildError(f"{self.name} has no model '{name}'; it has {', '.join(sorted(self.builders))}")
        builder = self.builders[name]
        return Target(
            library=self.name,
            name=name,
            version=self.version,
            how=how,
            # To other processes only the name goes: what another package calls need not pickle.
            build=partial(_build, self.name, name) if self.name in installed(GROUP) else builder.build,
            input_size=builder.input_size,
            arguments=_arguments(builder),
            preprocessing=builder.preprocessing,
            categories=builder.categories,
            listed=builder.listed,
        )

    def find(self, clues: Clues, *, hinted: bool) -> Target | None:  # noqa: ARG002
        """Nothing: a model of such a package is named by `Builder` alone."""
        return None


def _build(package: str, name: str) -> nn.Module:
    builders: Mapping[str, Builder] = load(GROUP, package)
    return builders[name].build()


def _arguments(builder: Builder) -> Arguments | None:
    inputs = builder.inputs
    if inputs is None:
        if not builder.arguments:
            return None
        inputs = builder.input_size or (3, 224, 224)
    try:
        return read_inputs(inputs, builder.arguments)
    except (UsageError, TypeError, ValueError) as error:
        raise BuildError(f"the builder's inputs cannot be read: {error}") from error
