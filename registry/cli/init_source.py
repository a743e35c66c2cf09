"""Where `mir` was installed from, which decides how `mir init` names it in a workflow and a hook.

An installation from a repository (`pip install git+https://github.com/OWNER/NAME@REVISION`) knows its address and its
commit (PEP 610), so that Action and hook can be named by that digest. One from a package index knows its version.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution

_GITHUB = re.compile(r"https://github\.com/(?P<name>[\w.-]+/[\w.-]+?)(\.git)?/?")
_COMMIT = re.compile(r"[0-9a-f]{40}")


@dataclass(frozen=True, kw_only=True, slots=True)
class InstalledFrom:
    """A repository on GitHub at a commit.

    Attributes:
        name: Owner and name.
        commit: The commit's digest.
        revision: The tag or branch that was asked for, or the digest.
    """

    name: str
    commit: str
    revision: str


def installed_from(written: str | None = None) -> InstalledFrom | None:
    """The repository that `mir` was installed from; `None` where that is a package index, a folder or another host.

    Args:
        written: The installation's `direct_url.json`; that of `mir` itself without it.
    """
    if written is None:
        try:
            written = distribution("model-index-registry").read_text("direct_url.json")
        except PackageNotFoundError:
            return None
    facts = json.loads(written or "{}")
    repository, git = _GITHUB.fullmatch(str(facts.get("url"))), facts.get("vcs_info", {})
    commit = str(git.get("commit_id"))
    if repository is None or not _COMMIT.fullmatch(commit):
        return None
    revision = str(git.get("requested_revision") or commit)
    return InstalledFrom(
        name=repository["name"], commit=commit, revision=revision if re.fullmatch(r"[\w./-]+", revision) else commit
    )
