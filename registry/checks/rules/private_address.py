"""A link that only its author can open.

What:
    A link to `localhost`, to an address of a private network, or to a host that exists only inside one.

Why:
    It works on one desk.

Bad:
    Models:
    - Name: AlexNet
      Weights: http://192.168.0.17/models/alexnet-4df8aa71.pth

Good:
    Models:
    - Name: AlexNet
      Weights: https://download.pytorch.org/models/alexnet-owt-4df8aa71.pth
"""

from __future__ import annotations

from collections.abc import Iterator

from registry.checks.document_texts import Document
from registry.checks.message_text import short
from registry.checks.rule import Context, Problem, rule
from registry.network import reach

_PRIVATE = (".local", ".localhost", ".internal", ".intranet", ".lan", ".corp", ".home.arpa")


@rule("MIR408", "private-address", "warning", "document")
def check(document: Document, context: Context) -> Iterator[Problem]:
    for leaf, url in document.urls:
        host = url.host.strip("[]")
        if host == "localhost" or host.endswith(_PRIVATE) or _private(host):
            yield Problem(f"{short(leaf.value)} is an address of a private network", leaf.location)


def _private(host: str) -> bool:
    if not host or not (host[0].isdigit() or ":" in host):
        return False
    try:
        return reach(host) != "public"
    except ValueError:
        return False
