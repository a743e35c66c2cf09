"""Weights on the Hugging Face Hub: `hf://owner/name@revision/file`.

They are asked for by the file's plain URL, so that what holds for every other host holds here too: hosts, bounds,
resuming, progress. `HF_ENDPOINT` names another Hub, as it does for the Hub's own client. A token is taken from
`HF_TOKEN` and from no file, so that how a run was started says what it could reach.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote, unquote

from registry.download.http import GoneError, Progress, download
from registry.download.hub_address import MAIN, Repository
from registry.download.policy import Policy
from registry.lazy_regex import lazy_regex
from registry.types import WeightsError

# Of the revisions that have slashes the Hub's own client knows these two; others are written with %2F, as there.
_ADDRESS = lazy_regex(
    r"hf://(?P<owner>[\w.\-]+)/(?P<name>[\w.\-]+?)(?:@(?P<revision>refs/pr/\d+|refs/convert/\w+|[\w.%\-]+))?/(?P<file>[\w.\-/]+)"
)


class GatedError(WeightsError):
    """The Hub gives a file only to those whom its owner has allowed it."""


def download_from_hub(url: str, part: Path, policy: Policy, progress: Progress | None = None) -> None:
    """Fetch an `hf://` address into `part`; see `fetch`.

    Raises:
        WeightsError: It is no such address, or see `fetch`.
    """
    repository, file = parts_of(url)
    fetch(repository, file, part, policy, progress, address=url)


def fetch(
    repository: Repository,
    file: str,
    part: Path,
    policy: Policy,
    progress: Progress | None = None,
    *,
    address: str = "",
    api: str = "",
) -> Mapping[str, str]:
    """Fetch a file of a repository into `part`, with the user's token where there is one; see `download`.

    Args:
        repository: At the revision that is meant.
        file: The file; empty for an answer of the API, which `api` is the URL of.
        part: Where it goes.
        policy: What may be fetched.
        progress: Told how much is there.
        address: How messages call it; by the repository where empty.
        api: See `file`.

    Raises:
        GoneError: There is no such file, or no such revision.
        WeightsError: The user may not have it, or see `download`.
    """
    try:
        return download(api or url_of(repository, file), part, policy, progress, token=hub_token())
    except WeightsError as error:
        raise explained(error, repository, file, address=address) from error.__cause__


def fetch_to(repository: Repository, file: str, target: Path, policy: Policy) -> None:
    """Fetch a file to where it is kept: whole, or not at all; see `fetch`."""
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(dir=target.parent.parent, prefix=".") as folder:
        part = Path(folder) / "part"
        fetch(repository, file, part, policy)
        part.replace(target)


def ask(repository: Repository, question: str, policy: Policy) -> tuple[Any, Mapping[str, str]]:
    """What the Hub's API answers to a question about a repository, such as `models?author=timm`, and the headers.

    Raises:
        WeightsError: It does not answer, or with no JSON.
    """
    url = f"{hub_endpoint()}/api/{question}"
    with tempfile.TemporaryDirectory() as folder:
        part = Path(folder) / "answer"
        headers = fetch(repository, "", part, policy, api=url)
        try:
            return json.loads(part.read_bytes()), headers
        except ValueError as error:
            raise WeightsError(f"{url} is answered with something that is no JSON") from error


def url_of(repository: Repository, file: str) -> str:
    """The plain URL of a file."""
    return f"{hub_endpoint()}/{repository.path}/resolve/{quote(repository.revision, safe='')}/{quote(file)}"


def file_on_hub(repo: str, revision: str, file: str) -> str:
    """The `hf://` address of a file.

    >>> file_on_hub("timm/resnet18", "feature/x", "model.safetensors")
    'hf://timm/resnet18@feature%2Fx/model.safetensors'
    """
    return f"hf://{repo}@{quote(revision, safe='')}/{file}"


def parts_of(url: str) -> tuple[Repository, str]:
    """The repository and the file of an `hf://` address.

    Raises:
        WeightsError: It is no such address.
    """
    match = _ADDRESS.fullmatch(url)
    if match is None or ".." in match["file"].split("/"):
        raise WeightsError(f"'{url[:200]}' is no address on the Hub; write hf://owner/name[@revision]/file")
    return Repository("models", match["owner"], match["name"], unquote(match["revision"] or MAIN)), match["file"]


def hub_endpoint() -> str:
    """Where the Hub is."""
    return os.environ.get("HF_ENDPOINT", "https://huggingface.co").rstrip("/")


def hub_token() -> str | None:
    """The user's token."""
    return os.environ.get("HF_TOKEN") or None


def explained(error: WeightsError, repository: Repository, file: str, *, address: str = "") -> WeightsError:
    """A failure by the Hub's own word for it; as it is where the Hub has said none. See `fetch` for the arguments."""
    address, revision = address or f"hf://{repository.path}", repository.revision
    access = "your token gives no access to it" if hub_token() else "set HF_TOKEN to your token"
    match _code(error):
        case "GatedRepo":
            return GatedError(f"{address} is gated: ask for access on its page on the Hub; {access}")
        case "RepoNotFound":
            return WeightsError(f"{address}: the Hub has no {repository}, or it is private; {access}")
        case "RevisionNotFound":
            return GoneError(f"{address}: {repository} has no revision {revision}")
        case "EntryNotFound":
            return GoneError(f"{address}: {repository} has no file {file} in {revision}")
    if isinstance(error, GoneError) and not file:
        return WeightsError(f"the Hub has no {repository}, or none in {revision}")
    return error


def _code(error: WeightsError) -> str | None:
    """The Hub's own word for what went wrong."""
    answer = error.__cause__
    if not isinstance(answer, HTTPError):
        return None
    # Whoever is not logged in is not told whether there is such a repository.
    return answer.headers.get("X-Error-Code") or ("RepoNotFound" if answer.code == 401 else None)


LISTING = ".listing.json"
"""The listing's file in a repository's folder."""

_MOST = 100_000
_COMMIT = lazy_regex(r"[0-9a-f]{40}")
_DIGEST = lazy_regex(r"[0-9a-f]{64}")
_NAME = lazy_regex(r"[\w.-]{1,200}(?:/[\w.-]{1,200})?", re.ASCII)


@dataclass(frozen=True, kw_only=True, slots=True)
class HubFile:
    """One file.

    Attributes:
        size: Bytes; `None` where the Hub did not say.
        blob: What git calls its contents; empty where the Hub did not say.
        sha256: Digest of its contents, which the Hub knows of large files; empty of others.
    """

    size: int | None = None
    blob: str = ""
    sha256: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Listing:
    """The files of a repository.

    Attributes:
        commit: The commit that was listed; empty where the Hub did not say.
        repository: What the repository is called now; empty where the Hub did not say.
    """

    commit: str
    files: Mapping[str, HubFile]
    repository: str = ""

    @classmethod
    def of(cls, answer: Any) -> Listing:
        """What the Hub's API answered of a repository, with `blobs=true`."""
        answer = answer if isinstance(answer, dict) else {}
        siblings = answer.get("siblings")
        files = {}
        for sibling in (siblings if isinstance(siblings, list) else [])[:_MOST]:
            name = sibling.get("rfilename") if isinstance(sibling, dict) else None
            if isinstance(name, str) and not Path(name).is_absolute() and ".." not in Path(name).parts:
                files[name] = _file(sibling)
        commit, repository = _fitting(_COMMIT, answer.get("sha")), _fitting(_NAME, answer.get("id"))
        return cls(commit=commit, files=files, repository=repository)

    @classmethod
    def beside(cls, folder: Path) -> Listing | None:
        """The listing in a repository's folder; `None` where there is none."""
        try:
            record = json.loads((folder / LISTING).read_text(encoding="utf-8"))
            files = {str(name): HubFile(**fields) for name, fields in record["files"].items()}
            return cls(commit=str(record["commit"]), files=files)
        except (AttributeError, KeyError, OSError, TypeError, ValueError):
            return None

    def keep(self, folder: Path) -> None:
        """Write it into a repository's folder."""
        (folder / LISTING).write_text(json.dumps(asdict(self)), encoding="utf-8")


def listed(repository: Repository, policy: Policy) -> Listing:
    """What a repository holds.

    Raises:
        WeightsError: There is no such repository, or no way to it.
    """
    revision = quote(repository.revision, safe="")
    return Listing.of(ask(repository, f"{repository.kind}/{repository}/revision/{revision}?blobs=true", policy)[0])


def _file(sibling: Mapping[str, Any]) -> HubFile:
    large = sibling.get("lfs")
    size = sibling.get("size")
    return HubFile(
        size=size if type(size) is int and size >= 0 else None,
        blob=_fitting(_COMMIT, sibling.get("blobId")),
        sha256=_fitting(_DIGEST, large.get("sha256") if isinstance(large, dict) else None),
    )


def _fitting(pattern: re.Pattern[str], text: object) -> str:
    return text if isinstance(text, str) and pattern.fullmatch(text) else ""
