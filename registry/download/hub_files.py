"""Weights on the Hugging Face Hub: `hf://owner/name@revision/file`.

They are asked for by the file's plain URL, so that what holds for every other host holds here too: hosts, bounds,
resuming, progress. `HF_ENDPOINT` names another Hub, as it does for the Hub's own client. A token is taken from
`HF_TOKEN` and from no file, so that how a run was started says what it could reach.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote, unquote

from registry.download.http import GoneError, Progress, download
from registry.download.policy import Policy
from registry.lazy_regex import lazy_regex
from registry.types import WeightsError

# Of the revisions that have slashes the Hub's own client knows these two; others are written with %2F, as there.
_ADDRESS = lazy_regex(
    r"hf://(?P<repo>[\w.\-]+/[\w.\-]+?)(?:@(?P<revision>refs/pr/\d+|refs/convert/\w+|[\w.%\-]+))?/(?P<file>[\w.\-/]+)"
)


class GatedError(WeightsError):
    """The Hub gives a file only to those whom its owner has allowed it."""


def download_from_hub(url: str, part: Path, policy: Policy, progress: Progress | None = None) -> None:
    """Fetch an `hf://` address into `part`, with the user's token where there is one.

    Raises:
        GoneError: There is no such file, or no such revision.
        WeightsError: It is no such address, the user may not have it, or see `download`.
        OutputError: It cannot be kept.
    """
    repo, revision, file = _parts(url)
    token = hub_token()
    try:
        download(_plain_url(repo, revision, file), part, policy, progress, token=token)
    except WeightsError as error:
        said = explained(error, repo, revision, file, token, url=url)
        if said is None:
            raise
        raise said from error


def address_on_hub(url: str) -> str | None:
    """The plain URL of an `hf://` address, `None` for other URLs.

    Raises:
        WeightsError: It begins as such an address, and is none.
    """
    if not url.startswith("hf:"):
        return None
    return _plain_url(*_parts(url))


def file_on_hub(repo: str, revision: str, file: str) -> str:
    """The `hf://` address of a file.

    >>> file_on_hub("timm/resnet18", "feature/x", "model.safetensors")
    'hf://timm/resnet18@feature%2Fx/model.safetensors'
    """
    return f"hf://{repo}@{quote(revision, safe='')}/{file}"


def explained_on_hub(url: str, error: WeightsError) -> WeightsError:
    """A failure to read a file, as the Hub explains it where the file is there and it says why."""
    if not url.startswith("hf:"):
        return error
    return explained(error, *_parts(url), hub_token(), url=url) or error


def _plain_url(repo: str, revision: str, file: str) -> str:
    return f"{hub_endpoint()}/{repo}/resolve/{quote(revision, safe='')}/{quote(file)}"


def _parts(url: str) -> tuple[str, str, str]:
    found = _ADDRESS.fullmatch(url)
    if found is None or ".." in found["file"].split("/"):
        raise WeightsError(f"'{url[:200]}' is no address on the Hub; write hf://owner/name[@revision]/file")
    return found["repo"], unquote(found["revision"] or "main"), found["file"]


def hub_endpoint() -> str:
    """Where the Hub is."""
    return os.environ.get("HF_ENDPOINT", "https://huggingface.co").rstrip("/")


def hub_token() -> str | None:
    """The user's token."""
    return os.environ.get("HF_TOKEN") or None


def explained(
    error: WeightsError, repo: str, revision: str, file: str, token: str | None, *, url: str = ""
) -> WeightsError | None:
    """What the Hub's own word for a failure means; `None` where it has said none."""
    url = url or f"hf://{repo}"
    access = "your token gives no access to it" if token else "set HF_TOKEN to your token"
    match _code(error):
        case "GatedRepo":
            return GatedError(f"{url} is gated: ask for access on its page on the Hub; {access}")
        case "RepoNotFound":
            return WeightsError(f"{url}: the Hub has no {repo}, or it is private; {access}")
        case "RevisionNotFound":
            return GoneError(f"{url}: {repo} has no revision {revision}")
        case "EntryNotFound":
            return GoneError(f"{url}: {repo} has no file {file} in {revision}")
    return None


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
    def of(cls, told: Any) -> Listing:
        """What the Hub's API told of a repository, with `blobs=true`."""
        told = told if isinstance(told, dict) else {}
        siblings = told.get("siblings")
        files = {}
        for each in (siblings if isinstance(siblings, list) else [])[:_MOST]:
            name = each.get("rfilename") if isinstance(each, dict) else None
            if isinstance(name, str) and not Path(name).is_absolute() and ".." not in Path(name).parts:
                files[name] = _file(each)
        return cls(commit=_fitting(_COMMIT, told.get("sha")), files=files, repository=_fitting(_NAME, told.get("id")))

    @classmethod
    def beside(cls, folder: Path) -> Listing | None:
        """The listing in a repository's folder; `None` where there is none."""
        try:
            kept = json.loads((folder / LISTING).read_text(encoding="utf-8"))
            files = {str(name): HubFile(**each) for name, each in kept["files"].items()}
            return cls(commit=str(kept["commit"]), files=files)
        except (AttributeError, KeyError, OSError, TypeError, ValueError):
            return None

    def keep(self, folder: Path) -> None:
        """Write it into a repository's folder."""
        (folder / LISTING).write_text(json.dumps(asdict(self)), encoding="utf-8")


def _file(told: Mapping[str, Any]) -> HubFile:
    large = told.get("lfs")
    size = told.get("size")
    return HubFile(
        size=size if type(size) is int and size >= 0 else None,
        blob=_fitting(_COMMIT, told.get("blobId")),
        sha256=_fitting(_DIGEST, large.get("sha256") if isinstance(large, dict) else None),
    )


def _fitting(pattern: re.Pattern[str], text: object) -> str:
    return text if isinstance(text, str) and pattern.fullmatch(text) else ""
