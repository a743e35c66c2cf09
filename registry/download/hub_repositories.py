"""Cards on the Hugging Face Hub, fetched.

Only the card and the small files that say something of it are fetched, under the policy that holds for weights, into a
folder of the cache that commands then read as any other. `HF_ENDPOINT` names another Hub, and `HF_TOKEN` the user's
token, as for weights. It needs nothing but the standard library.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote, urlsplit

from registry.config import Config
from registry.download.hub_address import Repository, repository_at, repository_of
from registry.download.hub_files import GatedError, Listing, ask, fetch, fetch_to, listed
from registry.download.policy import Policy
from registry.lazy_regex import lazy_regex
from registry.read.problems import MAX_BYTES
from registry.types import UsageError, WeightsError

_WANTED = lazy_regex(
    r"README\.md|eval\.yaml|config\.json|model\.safetensors\.index\.json|\.eval_results/[\w.-]+\.ya?ml"
    r"|modules\.json|adapter_config\.json|\d_(?:Pooling|Dense|LayerNorm)/config\.json",
    re.ASCII,
)
_PAGE = 200
"""Models that the Hub lists at a time, with their files."""

_ASKED_SINGLY = 100
"""Models of an owner up to which each is asked for, which tells sizes and digests: the Hub allows 500 questions in five
minutes to whoever has no token."""

_MOST = 100_000
"""Models of one owner that are asked for."""

_AT_ONCE = 8
_SECONDS = 60.0
_NEXT = lazy_regex(r'<([^<>]*)>\s*;\s*rel="?next"?')


def fetch_cards(
    repository: Repository, policy: Policy, *, offline: bool = False, tell: Callable[[str], None] = lambda _: None
) -> Path:
    """Fetch the cards of a repository, or of all models of an owner, and say in which folder they are.

    Args:
        repository: What is asked for.
        policy: What may be fetched.
        offline: Take what an earlier call has fetched, and ask nobody.
        tell: Told of each model of an owner that cannot be fetched, the others are; of files that only those may have
            whom the owner allowed it; and of a repository that has another name now.

    Raises:
        WeightsError: There is no such repository, or no way to it; offline: it was never fetched.
        UsageError: There is no folder for the cache.
    """
    folder = repository.folder
    if offline or is_offline():
        if not folder.is_dir():
            raise WeightsError(f"hf://{repository} was not fetched before; run again without --offline")
        return folder
    bounded = replace(policy, max_bytes=min(policy.max_bytes, MAX_BYTES), longest=min(policy.longest, _SECONDS))
    if repository.name is not None:
        _fetch(repository, bounded, tell)
        return folder
    models = _models(repository, bounded)
    if not models:
        raise WeightsError(f"the Hub has no models of '{repository.owner}'")
    failures: list[str] = []
    remarks: list[str] = []

    def fetch_model(model: Repository, listing: Listing | None) -> None:
        try:
            _fetch(model, bounded, remarks.append, listing)
        except WeightsError as error:
            failures.append(error.message)

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        list(pool.map(fetch_model, models, models.values()))
    if len(failures) == len(models):
        raise WeightsError(failures[0])
    for message in sorted(failures + remarks):
        tell(message)
    for name in {path.name for path in folder.iterdir()} - {model.name for model in models}:
        shutil.rmtree(folder / name, ignore_errors=True)
    return folder


def fetched(
    paths: Iterable[str | Path],
    config: Config,
    *,
    offline: bool = False,
    tell: Callable[[str], None] = lambda _: None,
) -> tuple[Path, ...]:
    """Paths of cards, those on the Hub as the folders that they were fetched into.

    Args:
        paths: Any paths; a path turns `hf://` into `hf:/`.
        config: The settings, which say which hosts may be asked.
        offline: Ask nobody.
        tell: Told of each model of an owner that cannot be fetched.

    Raises:
        UsageError: An address is none, or the Hub does not give what it leads to.
    """
    local: list[Path] = []
    for path in paths:
        repository = repository_of(str(path))
        try:
            if repository is None:
                local.append(Path(path))
            else:
                local.append(fetch_cards(repository, Policy.of(config), offline=offline, tell=tell))
        except WeightsError as error:
            raise UsageError(error.message) from error
    return tuple(local)


def _models(owner: Repository, policy: Policy) -> dict[Repository, Listing | None]:
    """All models of an owner, page by page, with what each holds where they are too many to ask for each."""
    models: dict[Repository, Listing | None] = {}
    query: str | None = f"author={quote(owner.owner)}&limit={_PAGE}&expand[]=sha&expand[]=siblings"
    queries: set[str] = set()
    while query and query not in queries and len(models) < _MOST:
        queries.add(query)
        page, headers = ask(owner, f"models?{query}", policy)
        for entry in page if isinstance(page, list) else []:
            name = entry.get("id") if isinstance(entry, dict) else None
            if not isinstance(name, str) or not name.startswith(f"{owner.owner}/"):
                continue
            model = owner._replace(name=name.partition("/")[2])
            if _is_address(f"hf://{name}"):
                models[model] = Listing.of(entry) if isinstance(entry.get("siblings"), list) else None
        # Of the next page only its question counts: whoever answers does not choose whom we ask, and show a token.
        further = _NEXT.search(headers.get("Link") or "")
        query = urlsplit(further[1]).query if further else None
    return models if len(models) > _ASKED_SINGLY else dict.fromkeys(models)


def _is_address(text: str) -> bool:
    try:
        return repository_of(text) is not None
    except UsageError:
        return False


def _fetch(repository: Repository, policy: Policy, tell: Callable[[str], None], listing: Listing | None = None) -> None:
    """Fetch the small files of one repository; what is no longer there is gone here too."""
    folder = repository.folder
    folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".") as name:
        new = Path(name) / "new"
        new.mkdir()
        listing = listing or listed(repository, policy)
        if listing.repository not in ("", str(repository)):
            tell(f"{repository.address} is {listing.repository} now")
        _fetch_small(repository, listing, new, policy, tell)
        listing.keep(new)
        _take_over(folder, new, listing)
        shutil.rmtree(folder, ignore_errors=True)
        new.rename(folder)


def _fetch_small(
    repository: Repository, listing: Listing, new: Path, policy: Policy, tell: Callable[[str], None]
) -> None:
    """Fetch the card, which everybody may read, and the small files as far as one may."""
    for file in sorted(filter(_WANTED.fullmatch, listing.files), key=lambda file: file != "README.md"):
        target = new / file
        target.parent.mkdir(exist_ok=True)
        try:
            fetch(repository, file, target, policy)
        except GatedError as error:
            if not (new / "README.md").is_file():
                raise
            tell(f"{error.message}; only its card is read")
            return


def fetch_files(folder: Path, names: Iterable[str], policy: Policy) -> None:
    """Fetch files of a repository into the folder where its card is, those that it has and that are not there yet.

    Args:
        folder: The folder; nothing is done for one that is no repository's.
        names: Which files.
        policy: What may be fetched.

    Raises:
        WeightsError: One cannot be had.
    """
    listing, repository = Listing.beside(folder), repository_at(folder)
    if listing is None or repository is None or is_offline():
        return
    pinned = repository._replace(revision=listing.commit or repository.revision)
    for name in names:
        if name in listing.files and not (folder / name).is_file():
            fetch_to(pinned, name, folder / name, policy)


def is_offline() -> bool:
    """Whether `HF_HUB_OFFLINE` says that nobody is to be asked."""
    return os.environ.get("HF_HUB_OFFLINE", "").upper() in ("1", "TRUE", "YES", "ON")


def _take_over(folder: Path, new: Path, listing: Listing) -> None:
    """Keep what was fetched besides the card and is still the same."""
    before = Listing.beside(folder)
    for name, file in ({} if before is None else before.files).items():
        same = file.blob and listing.files.get(name) == file
        if same and (folder / name).is_file() and not (new / name).exists():
            (new / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).replace(new / name)
