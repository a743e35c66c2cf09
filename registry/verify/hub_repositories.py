"""Cards on the Hugging Face Hub: `hf://owner/name[@revision]`, and `hf://owner` for all models of an owner.

Only the card and the small files that say something of it are fetched, under the policy that holds for weights, into a
folder of the cache that commands then read as any other. `HF_ENDPOINT` names another Hub, and `HF_TOKEN` the user's
token, as for weights.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

from registry.files import cache_folder
from registry.loader.project import hub_address
from registry.read.limits import MAX_BYTES
from registry.types import UsageError, WeightsError
from registry.verify.weights.http import GoneError, download
from registry.verify.weights.hub import explained, hub_endpoint, hub_token
from registry.verify.weights.policy import Policy

_ADDRESS = re.compile(
    r"hf:/{1,2}(?:(?P<kind>models|datasets|spaces)/)?(?P<owner>\w[\w.-]*)(?:/(?P<name>\w[\w.-]*))?(?:@(?P<revision>[\w./-]+))?/?",
    re.ASCII,
)
_WANTED = re.compile(
    r"README\.md|eval\.yaml|config\.json|model\.safetensors\.index\.json|\.eval_results/[\w.-]+\.ya?ml", re.ASCII
)
_MOST = 1000
"""Models of one owner, and files of one repository, that are asked for."""

_SECONDS = 60.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Repository:
    """A repository of the Hub, or all models of an owner.

    Attributes:
        kind: `models`, `datasets` or `spaces`.
        owner: Its owner.
        name: Its name, `None` for all of the owner's.
        revision: A branch, tag or commit.
    """

    kind: str
    owner: str
    name: str | None
    revision: str

    @property
    def folder(self) -> Path:
        """Where its files are kept; the last part is the repository's name, which names the model."""
        revision = quote(self.revision, safe="")
        return cache_folder() / "hub" / self.kind / revision / self.owner / (self.name or "")

    def __str__(self) -> str:
        return f"{self.owner}/{self.name}"


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
    found = _ADDRESS.fullmatch(address)
    if found is None or (found["kind"] not in (None, "models") and not found["name"]) or ".." in text:
        raise UsageError(f"'{text[:200]}' is no address on the Hub; write hf://owner/name[@revision] or hf://owner")
    return Repository(
        kind=found["kind"] or "models",
        owner=found["owner"],
        name=found["name"],
        revision=found["revision"] or "main",
    )


def fetch_cards(repository: Repository, policy: Policy, *, offline: bool = False) -> Path:
    """Fetch the cards of a repository, or of all models of an owner, and say in which folder they are.

    Args:
        repository: What is asked for.
        policy: What may be fetched.
        offline: Take what an earlier call has fetched, and ask nobody.

    Raises:
        WeightsError: There is no such repository, or no way to it; offline: it was never fetched.
        UsageError: There is no folder for the cache.
    """
    folder = repository.folder
    if offline or os.environ.get("HF_HUB_OFFLINE", "").upper() in ("1", "TRUE", "YES", "ON"):
        if not folder.is_dir():
            raise WeightsError(
                f"{repository.owner}/{repository.name or ''} was not fetched before; do without --offline"
            )
        return folder
    bounded = replace(policy, max_bytes=min(policy.max_bytes, MAX_BYTES), longest=min(policy.longest, _SECONDS))
    if repository.name is not None:
        _fetch(repository, bounded)
        return folder
    asked = f"{hub_endpoint()}/api/models?author={quote(repository.owner)}&limit={_MOST}"
    names = [each.get("id") for each in _listed(asked, repository, bounded) if isinstance(each, dict)]
    models = [name.split("/")[1] for name in names if isinstance(name, str) and name.startswith(f"{repository.owner}/")]
    if not models:
        raise WeightsError(f"the Hub has no models of '{repository.owner}'")
    for name in models:
        if _ADDRESS.fullmatch(f"hf://{repository.owner}/{name}"):
            _fetch(replace(repository, name=name), bounded)
    return folder


def fetched(paths: Iterable[str | Path], hosts: Sequence[str], *, offline: bool = False) -> tuple[Path, ...]:
    """Paths of cards, those on the Hub as the folders that they were fetched into.

    Args:
        paths: Any paths; a path turns `hf://` into `hf:/`.
        hosts: Which hosts may be asked; see `Policy`.
        offline: Ask nobody.

    Raises:
        UsageError: An address is none, or the Hub does not give what it leads to.
    """
    found: list[Path] = []
    for path in paths:
        repository = repository_of(str(path))
        try:
            if repository is None:
                found.append(Path(path))
            else:
                found.append(fetch_cards(repository, Policy(hosts=tuple(hosts)), offline=offline))
        except WeightsError as error:
            raise UsageError(error.message) from error
    return tuple(found)


def _fetch(repository: Repository, policy: Policy) -> None:
    """Fetch the small files of one repository; what is no longer there is gone here too."""
    folder = repository.folder
    folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".") as name:
        new = Path(name) / "new"
        new.mkdir()
        for file in _files(repository, policy):
            target = new / file
            target.parent.mkdir(exist_ok=True)
            _download(_resolve(repository, file), target, repository, policy)
        shutil.rmtree(folder, ignore_errors=True)
        new.rename(folder)


def _files(repository: Repository, policy: Policy) -> Iterator[str]:
    revision = quote(repository.revision, safe="")
    asked = f"{hub_endpoint()}/api/{repository.kind}/{repository}/revision/{revision}"
    told = _listed(asked, repository, policy)
    siblings = told.get("siblings") if isinstance(told, dict) else None
    for each in (siblings if isinstance(siblings, list) else [])[: 100 * _MOST]:
        file = each.get("rfilename") if isinstance(each, dict) else None
        if isinstance(file, str) and _WANTED.fullmatch(file):
            yield file


def _listed(url: str, repository: Repository, policy: Policy) -> Any:
    """What the Hub's API answers."""
    with tempfile.TemporaryDirectory() as name:
        part = Path(name) / "answer"
        _download(url, part, repository, policy)
        try:
            return json.loads(part.read_bytes())
        except ValueError as error:
            raise WeightsError(f"{url} is answered with something that is no JSON") from error


def _resolve(repository: Repository, file: str) -> str:
    kind = "" if repository.kind == "models" else f"{repository.kind}/"
    return f"{hub_endpoint()}/{kind}{repository}/resolve/{quote(repository.revision, safe='')}/{quote(file)}"


def _download(url: str, part: Path, repository: Repository, policy: Policy) -> None:
    token = hub_token()
    try:
        download(url, part, policy, token=token)
    except GoneError as error:
        said = explained(error, str(repository), repository.revision, url.rpartition("/")[2], token)
        raise said or WeightsError(f"the Hub has no {repository}, or none in {repository.revision}") from error
    except WeightsError as error:
        said = explained(error, str(repository), repository.revision, url.rpartition("/")[2], token)
        if said is None:
            raise
        raise said from error
