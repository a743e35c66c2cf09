"""What a library of models offers to the search for a card's code."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Protocol

from registry.claims.number import number
from registry.types import BuildError, Model, Quantity
from registry.verify.target import Target, WeightsRef
from registry.vocabulary import Vocabulary


@dataclass(frozen=True, kw_only=True, slots=True)
class Clues:
    """What a card says that can lead to its code; empty texts where it says nothing.

    Attributes:
        builder: `Builder`, such as `timm:resnet50`.
        name: The model's name.
        id: `ID`, the model's name in its library.
        library: `Library`, or Hugging Face's `library_name`.
        code: Every text of `Code`, joined by spaces.
        weights: URL of the weights.
        config: `Config`, the file that describes the model.
        base: Folder of the card.
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


def unknown_name(library: str, name: str, known: Iterable[str]) -> BuildError:
    """The error for a model that a library does not have, with the nearest names it has."""
    near = difflib.get_close_matches(name, sorted(known), n=3, cutoff=0.5)
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
