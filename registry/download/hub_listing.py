"""What a repository of the Hub held when its card was fetched: kept beside the card, so that its files can be named."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from registry.lazy_regex import lazy_regex

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
        files: Each file by its path.
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
