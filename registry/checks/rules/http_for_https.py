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

from registry.checks.context import Context
from registry.checks.document_texts import Document
from registry.checks.edits import replace_value, together
from registry.checks.leaves import Leaf
from registry.checks.message_text import short, times
from registry.checks.rule import Problem, rule
from registry.vocabulary.hosts import https_hosts


@rule("MIR405", "http-for-https", "warning", "document", fixable=True)
def check(document: Document, context: Context) -> Iterator[Problem]:
    found: dict[str, list[Leaf]] = defaultdict(list)
    for leaf, url in document.urls:
        if url.scheme != "http" or not url.host or url.port:
            continue
        if url.host in https_hosts() or context.is_secure(url.host):
            found[url.host].append(leaf)
    for host, places in found.items():
        fixes = (replace_value(leaf, "https" + leaf.value[len("http") :], "") for leaf in places)
        yield Problem(
            f"{short(places[0].value)} uses http, and {host} serves https{times(len(places))}",
            places[0].location,
            fix=together(fixes, "Write https"),
            related=tuple(leaf.location for leaf in places[1:]),
        )
