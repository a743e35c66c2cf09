"""Addresses on the Hugging Face Hub: `hf://owner/name[@revision]`, and `hf://owner` for all of an owner's models.

What is fetched lies in a folder of the cache. Messages, tables and evidence name it by its address, because a path of
this machine's cache says nothing to anybody else.
"""

from __future__ import annotations

import os
import re
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, unquote

from registry.cache_file import cache_folder
from registry.lazy_regex import lazy_regex
from registry.types import Location, UsageError

_ADDRESS = lazy_regex(
    r"hf:/{1,2}(?:(?P<kind>models|datasets|spaces)/)?(?P<owner>\w[\w.-]*)(?:/(?P<name>\w[\w.-]*))?(?:@(?P<revision>[\w./-]+))?/?",
    re.ASCII,
)
_PAGE = lazy_regex(
    r"https?:/{1,2}(?:www\.)?(?:huggingface\.co|hf\.co)/(?P<name>(?:(?:datasets|spaces)/)?[\w.-]+(?:/[\w.-]+)?)"
    r"(?:/(?:tree|blob|resolve|raw)/(?P<revision>[\w.-]+)(?:/[^?#\n]*)?)?/?(?:[?#].*)?",
    re.ASCII,
)
_FOLDER = "hub"
MAIN = "main"
"""The revision that is meant where none is named."""


class Repository(NamedTuple):
    """A repository of the Hub, or all models of an owner.

    Attributes:
        kind: `models`, `datasets` or `spaces`.
        owner: Its owner; of a data set of the Hub's own, such as `squad`, its name.
        name: `None` where the owner alone is named.
        revision: A branch, tag or commit.
    """

    kind: str
    owner: str
    name: str | None
    revision: str

    @property
    def folder(self) -> Path:
        """Where its files are kept; the last part is the repository's name, which names the model."""
        return cache_folder() / _FOLDER / self.kind / quote(self.revision, safe="") / self.owner / (self.name or "")

    @property
    def address(self) -> str:
        """How it is asked for."""
        return f"hf://{self.path}" + ("" if self.revision == MAIN else f"@{self.revision}")

    @property
    def path(self) -> str:
        """As it stands in URLs of the Hub: `owner/name`, `datasets/owner/name`."""
        return str(self) if self.kind == "models" else f"{self.kind}/{self}"

    def __str__(self) -> str:
        return self.owner if self.name is None else f"{self.owner}/{self.name}"


def hub_address(text: str) -> str | None:
    """What is meant by an address of the Hub or of one of its pages; `None` where a text is neither.

    >>> hub_address("https://huggingface.co/timm/resnet18/blob/main/README.md")
    'hf://timm/resnet18@main'
    >>> hub_address("hf:timm/resnet18"), hub_address("timm/resnet18")
    ('hf://timm/resnet18', None)
    """
    if text.startswith("hf:"):
        return f"hf://{text[3:].lstrip('/')}"
    page = _PAGE.fullmatch(text) if text.startswith("http") else None
    if page is None:
        return None
    return f"hf://{page['name']}" + (f"@{page['revision']}" if page["revision"] else "")


def repository_of(text: str) -> Repository | None:
    """The repository that an address means, `None` where it is no address of the Hub.

    Raises:
        UsageError: It begins as one, and is none.

    >>> repository = repository_of("hf://timm/resnet18@v1")
    >>> str(repository), repository.revision, repository_of("models") is None
    ('timm/resnet18', 'v1', True)
    """
    address = hub_address(text)
    if address is None:
        return None
    match = _ADDRESS.fullmatch(address)
    if match is None or (match["kind"] not in (None, "models") and not match["name"]) or ".." in text:
        raise UsageError(f"'{text[:200]}' is no address on the Hub; write hf://owner/name[@revision] or hf://owner")
    return Repository(match["kind"] or "models", match["owner"], match["name"], match["revision"] or MAIN)


def repository_at(folder: Path) -> Repository | None:
    """The repository whose files a folder of the cache holds; `None` for other folders."""
    address = as_hub_address(folder.as_posix())
    try:
        repository = repository_of(address) if address.startswith("hf://") else None
    except UsageError:
        return None
    if repository is None or repository.name is None or repository.folder.resolve() != folder.resolve():
        return None
    return repository


def as_hub_address(file: str) -> str:
    """A file as it is shown: of one that was fetched from the Hub its address, of others the path as it is.

    >>> as_hub_address("models/alexnet.md")
    'models/alexnet.md'
    """
    # Every file of a zoo passes here, and hardly any lies in the cache.
    return _address(file, str(cache_folder())) if f"/{_FOLDER}/" in file else file


def at_hub(location: Location) -> Location:
    """A place with its file as it is shown; see `as_hub_address`."""
    address = as_hub_address(location.file)
    return location if address == location.file else location._replace(file=address)


def is_below(address: str, path: str) -> bool:
    """Whether a file, by its address on the Hub, is what a path of the cache leads to, or lies below it."""
    top = as_hub_address(path)
    return top.startswith("hf://") and (address == top or address.startswith(f"{top}/"))


@lru_cache(maxsize=4096)
def _address(file: str, cache: str) -> str:
    for path, folder in ((file, cache), (os.path.realpath(file), os.path.realpath(cache))):
        repositories = Path(folder) / _FOLDER
        if not Path(path).is_relative_to(repositories):
            continue
        parts = Path(path).relative_to(repositories).parts
        if len(parts) < 3:
            return file
        kind, revision, owner, *rest = parts
        if rest and revision != MAIN:
            rest[0] += f"@{unquote(revision)}"
        return f"hf://{'' if kind == 'models' else f'{kind}/'}{'/'.join((owner, *rest))}"
    return file
