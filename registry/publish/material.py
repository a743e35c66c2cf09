"""What a site is made of: the cards, their findings and the evidence, read once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from registry.card_config import CardConfigs
from registry.checks import check
from registry.config import Config
from registry.evidence import Store
from registry.evidence.claim_key import evidence_folder
from registry.gc import without_collector
from registry.loader.project import Paths, first_of, load_project
from registry.storage import Place, place
from registry.types import Evidence, Finding, Index, UsageError
from registry.vocabulary import Vocabulary


@dataclass(frozen=True, kw_only=True, slots=True)
class Material:
    """What a site is made from.

    Attributes:
        vocabulary: The names that are known, where a project adds some.
        base_url: Address that the site will have, which the feed, the sitemap and the badges name.
        repository: Where the cards are kept, for links to their lines and for reports of errors.
        name: What the site is called; empty for the name that its mkdocs.yml has.
        studies: Whether it also shows what was found in published zoos, as a site with mir's own configuration does.
    """

    index: Index
    findings: Sequence[Finding] = ()
    evidence: Sequence[Evidence] = ()
    vocabulary: Vocabulary | None = None
    base_url: str | None = None
    repository: str = ""
    name: str = ""
    studies: bool = False


@without_collector()
def material(
    path: Paths | Index,
    *,
    evidence: Place | str | None = None,
    base_url: str | None = None,
    repository: str = "",
    config: Config | None = None,
    findings: Sequence[Finding] | None = None,
) -> Material:
    """Read everything that goes into a site.

    Args:
        path: The cards.
        evidence: Its folder or URL; what the settings say, or the nearest at or above the cards, where it is `None`.
        base_url: Address that the site will have.
        repository: Where the cards are kept, as a browser shows their folder.
        config: The project's settings; those of the working folder, and what counts of those beside the cards, where it
            is `None`.
        findings: What is wrong with the cards, where it is known already.

    Raises:
        UsageError: There is no such path, no model in it, or an address is none of the web.
    """
    for option, url in (("--base-url", base_url), ("--repository", repository or None)):
        if url is not None and not url.startswith(("https://", "http://")):
            raise UsageError(f"{option} '{url}' must begin with https:// or http://")
    index, caller = load_project(path, config)
    if not index.models:
        raise UsageError("no card describes a model, so that there is nothing to build; `mir check` says more")
    beside = evidence_folder(first_of(path), caller)
    folder = place(evidence) if isinstance(evidence, str) else evidence
    return Material(
        index=index,
        findings=check(index, config=caller, beside=CardConfigs(caller) if config is None else None)
        if findings is None
        else findings,
        evidence=Store(folder or beside).records(),
        vocabulary=caller.load_vocabulary(),
        base_url=base_url,
        repository=repository,
    )
