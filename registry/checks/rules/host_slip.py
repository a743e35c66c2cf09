"""An address on a host that is one slip away from a known one.

What:
    The host of an address differs in one letter from one that many cards link to: `downlaod.openmmlab.com`,
    `huggingfcae.co`, `githib.com`. Hosts that differ in their last part or in a hyphen are others.

Why:
    The link leads nowhere, or to somebody who waits for such slips. It is seldom followed before a user needs the
    weights.

Bad:
    Models:
    - Name: resnet50
      Weights: https://downlaod.openmmlab.com/mmclassification/v0/resnet/resnet50_8xb32_in1k_20210831-ea4938fc.pth

Good:
    Models:
    - Name: resnet50
      Weights: https://download.openmmlab.com/mmclassification/v0/resnet/resnet50_8xb32_in1k_20210831-ea4938fc.pth
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from registry.checks.document_texts import Document
from registry.checks.rule import Context, Problem, rule
from registry.vocabulary.hub_identifiers import https_hosts
from registry.vocabulary.slips import LONGEST_NAME, distance

_SHORTEST = 8
"""Characters of a host that is compared: short names have neighbours that are other sites."""


@rule("MIR414", "host-slip", "warning", "document")
def check(document: Document, context: Context) -> Iterator[Problem]:
    for leaf, url in document.urls:
        meant = host_meant(url.host.removeprefix("www."))
        if meant:
            yield Problem(f"the host '{url.host[:LONGEST_NAME]}' is not known", leaf.location, f"Is {meant} meant?")


@lru_cache(maxsize=4096)
def host_meant(host: str) -> str | None:
    """The known host that another is one slip away from, `None` where none is.

    >>> host_meant("downlaod.openmmlab.com"), host_meant("github.com"), host_meant("huggingface.com")
    ('download.openmmlab.com', None, None)
    """
    hosts = https_hosts()
    if not _SHORTEST <= len(host) <= LONGEST_NAME or host in hosts or f"www.{host}" in hosts:
        return None
    last = host.rpartition(".")[2]
    for other in hosts:
        if (
            distance(host, other, 1) == 1
            and other.rpartition(".")[2] == last
            and host.replace("-", "") != other.replace("-", "")
        ):
            return other
    return None
