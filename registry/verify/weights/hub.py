"""Weights on the Hugging Face Hub: `hf://owner/name@revision/file`.

They are asked for by the file's plain URL, so that what holds for every other host holds here too: hosts, bounds,
resuming, progress. `HF_ENDPOINT` names another Hub, as it does for the Hub's own client. A token is taken from
`HF_TOKEN` and from no file, so that how a run was started says what it could reach.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import quote

from registry.types import WeightsError
from registry.verify.weights.cache import Progress
from registry.verify.weights.http import GoneError, download
from registry.verify.weights.policy import Policy

_ADDRESS = re.compile(r"hf://(?P<repo>[\w.\-]+/[\w.\-]+?)(?:@(?P<revision>[\w.\-]+))?/(?P<file>[\w.\-/]+)")


def download_from_hub(url: str, part: Path, policy: Policy, progress: Progress | None = None) -> None:
    """Fetch an `hf://` address into `part`, with the user's token where there is one.

    Raises:
        GoneError: There is no such file, or no such revision.
        WeightsError: It is no such address, the user may not have it, or see `download`.
        OutputError: It cannot be kept.
    """
    found = _ADDRESS.fullmatch(url)
    if found is None or ".." in found["file"].split("/"):
        raise WeightsError(f"'{url[:200]}' is no address on the Hub; write hf://owner/name[@revision]/file")
    hub = os.environ.get("HF_ENDPOINT", "https://huggingface.co").rstrip("/")
    repo, revision, file = found["repo"], found["revision"] or "main", found["file"]
    token = os.environ.get("HF_TOKEN") or None
    try:
        download(f"{hub}/{repo}/resolve/{revision}/{quote(file)}", part, policy, progress, token=token)
    except WeightsError as error:
        access = "your token gives no access to it" if token else "set HF_TOKEN to your token"
        match _code(error):
            case "GatedRepo":
                raise WeightsError(f"{url} is gated: ask for access on its page on the Hub; {access}") from error
            case "RepoNotFound":
                raise WeightsError(f"{url}: the Hub has no {repo}, or it is private; {access}") from error
            case "RevisionNotFound":
                raise GoneError(f"{url}: {repo} has no revision {revision}") from error
            case "EntryNotFound":
                raise GoneError(f"{url}: {repo} has no file {file} in {revision}") from error
        raise


def _code(error: WeightsError) -> str | None:
    """The Hub's own word for what went wrong."""
    answer = error.__cause__
    if not isinstance(answer, HTTPError):
        return None
    # Whoever is not logged in is not told whether there is such a repository.
    return answer.headers.get("X-Error-Code") or ("RepoNotFound" if answer.code == 401 else None)
