"""A path that leaves the zoo's folder.

What:
    A `README`, `Config`, `Image` or `Weights` is an absolute path, or climbs out of the index's folder with `..`.

Why:
    It names a file of one machine, and no other has it there. On a server that builds pages from cards it would publish
    a file that was never meant to be read. `mir` does not look at it.

Bad:
    Models:
    - Name: AlexNet
      README: ../../../../../../etc/passwd.md

Good:
    # file: model-index.yml
    Models:
    - Name: AlexNet
      README: docs/alexnet.md
    # file: docs/alexnet.md
    AlexNet is a convolutional network.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

from registry.checks.addresses import inside, names_file
from registry.checks.card_view import Entry
from registry.checks.message_text import short
from registry.checks.rule import Context, Problem, rule

_KEYS = ("README", "Config", "Image", "Weights")


@rule("MIR604", "path-outside", "error", "entry")
def check(entry: Entry, context: Context) -> Iterator[Problem]:
    for key in _KEYS:
        field = entry.owner.fields.get(key)
        if field is None or field.inherited or not isinstance(field.value, str):
            continue
        target = field.value
        if (not target.startswith(("/", "~/")) and ".." not in target) or not names_file(field):
            continue
        # Only our own home: to ask for another user's would tell who has an account here.
        target = os.path.expanduser("~") + target[1:] if target.startswith("~/") else target  # noqa: PTH111
        path = os.path.normpath(os.path.join(entry.owner.base, target))  # noqa: PTH118
        if not inside(path, context.root):
            yield Problem(f"{key} names {short(field.value)}, which is outside the index's folder", field.location)
