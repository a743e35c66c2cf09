"""A number that cannot be read.

What:
    A count, size or score is written in a way that nobody can turn into a number, or with a unit that it cannot have.

Why:
    The claim can be neither compared nor verified, and most programs drop it.

Bad:
    Models:
    - Name: AlexNet
      Metadata:
        Parameters: banana

Good:
    Models:
    - Name: AlexNet
      Metadata:
        Parameters: 61.1M
"""

from __future__ import annotations

from collections.abc import Iterator

from registry.checks.context import Context
from registry.checks.entry import Entry
from registry.checks.rule import Problem, rule


@rule("MIR201", "unreadable-quantity", "error", "entry")
def check(entry: Entry, context: Context) -> Iterator[Problem]:
    for each in entry.unreadable:
        if isinstance(each.said.value, str) and each.said.value.strip():
            yield Problem(f"{each.label}: {each.problem}", each.location)
