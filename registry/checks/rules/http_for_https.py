"""An http link to a host that serves https.

What:
    A link begins with `http:` though the host is known to serve https, or the same index links to it with https.

Why:
    Anybody between the server and the user can change what is downloaded, and weights are programs more often than one
    thinks.

Bad:
    Models:
    - Name: AlexNet
      Weights: http://download.pytorch.org/models/alexnet-owt-4df8aa71.pth

Good:
    Models:
    - Name: AlexNet
      Weights: https://download.pytorch.org/models/alexnet-owt-4df8aa71.pth
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from registry.checks.card_view import CardView
from registry.checks.document_texts import Document, Leaf
from registry.checks.fixes import replace_value, together
from registry.checks.message_text import short
from registry.checks.rule import Context, Problem, rule
from registry.checks.whole import Whole
from registry.vocabulary.hub_identifiers import https_hosts


class _Plain(NamedTuple):
    """The http links to one host in one block, of which nobody knows yet whether it serves https."""

    host: str
    problem: Problem


def plain_of(view: CardView) -> list[_Plain]:
    """The http links of a card to hosts that are not known."""
    hosts = https_hosts()
    return [
        _Plain(host, _problem(host, places))
        for document in view.documents
        for host, places in _links(document).items()
        if host not in hosts
    ]


def _across(whole: Whole, context: Context) -> Iterator[Problem]:
    for _, links in whole.facts(plain_of):
        yield from (link.problem for link in links if whole.is_secure(link.host))


@rule("MIR405", "http-for-https", "warning", "document", fixable=True, facts=(plain_of,), across=_across)
def check(document: Document, context: Context) -> Iterator[Problem]:
    for host, places in _links(document).items():
        if host in https_hosts():
            yield _problem(host, places)


def _links(document: Document) -> dict[str, list[Leaf]]:
    links: dict[str, list[Leaf]] = defaultdict(list)
    for leaf, url in document.urls:
        if url.scheme == "http" and url.host and not url.port:
            links[url.host].append(leaf)
    return links


def _problem(host: str, places: list[Leaf]) -> Problem:
    fixes = (replace_value(leaf, "https" + leaf.value[len("http") :], "") for leaf in places)
    message = f"{short(places[0].value)} uses http, and {host} serves https"
    return Problem.once(message, (leaf.location for leaf in places), fix=together(fixes, "Write https"))
