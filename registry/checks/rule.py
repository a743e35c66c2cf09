"""What a rule is: an id, a severity, a page made from its own docstring, and a function that yields problems."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Literal, NamedTuple

from registry.checks.message_text import times
from registry.config import Config
from registry.types import Finding, Fix, Location, Severity

Scope = Literal["document", "hub-card", "hub-model", "entry", "card", "source", "index", "reading"]
"""What a rule looks at: one block of metadata, the front matter of a card of the Hub, that of a model's card there, one
model or collection, one card, one file's text, what it took from every card, or the text while it is read."""


class Problem(NamedTuple):
    """What a rule has to say; the frame makes a finding of it.

    Attributes:
        message: One plain sentence that names the value and what is wrong with it.
        hint: What to do, where the message does not already say it.
        fix: The repair, where there is exactly one right answer.
        severity: Where it differs from the rule's.
    """

    message: str
    location: Location
    hint: str = ""
    fix: Fix | None = None
    related: tuple[Location, ...] = ()
    severity: Severity | None = None

    @classmethod
    def once(
        cls,
        message: str,
        places: Iterable[Location],
        hint: str = "",
        *,
        fix: Fix | None = None,
        severity: Severity | None = None,
    ) -> Problem:
        """One for the same mistake at several places of a file."""
        first, *others = places
        return cls(f"{message}{times(len(others) + 1)}", first, hint, fix, tuple(others), severity)


class Context:
    """What a rule may ask beside the card that it looks at.

    Attributes:
        root: Folder, absolute, that nothing may be read outside of.
        config: The project's settings.
        vocabulary: The known metrics, datasets and tasks, with those that the project adds.
    """

    def __init__(self, root: str, config: Config) -> None:
        self.root = root
        self.config = config
        self.vocabulary = config.load_vocabulary()


Check = Callable[[Any, Any], Iterator[Problem]]
"""Called with what the rule looks at, and with a `Context`; a rule that looks at everything with a `Whole` and one."""

Take = Callable[[Any], Any]
"""Takes from a `CardView` what a rule needs of it to look across cards, as plain data; nothing where that is empty."""


class RuleDocs(NamedTuple):
    """A rule's page.

    Attributes:
        bad: A card that it complains about. A line `# file: NAME` begins a further file.
        good: The same card, mended.
    """

    what: str
    why: str
    bad: str
    good: str


class Rule(NamedTuple):
    """One kind of mistake.

    Attributes:
        id: Stable id, such as `MIR101`.
        name: Stable name in words, such as `unknown-key`.
        severity: How sure and how bad it is; a single problem may say otherwise.
        scope: What `check` is called with.
        check: Yields the problems; `None` where the reader or loader finds them.
        text: The docstring that the page is made from.
        fixable: Whether it ever offers a repair.
        facts: What it takes from each card to look across them.
        across: Yields the problems that only facts of all cards show; where the scope is the index, it is `check`.
    """

    id: str
    name: str
    severity: Severity
    scope: Scope
    check: Check | None
    text: str
    fixable: bool = False
    facts: tuple[Take, ...] = ()
    across: Check | None = None

    @property
    def summary(self) -> str:
        """The docstring's first sentence."""
        return self.text.partition("\n")[0].rstrip(".")

    @property
    def docs(self) -> RuleDocs:
        """The docstring's sections."""
        import textwrap  # what only pages need

        parts = re.split(r"^(What|Why|Bad|Good):\n", self.text, flags=re.MULTILINE)
        sections = {
            name.lower(): textwrap.dedent(body).strip("\n") for name, body in zip(parts[1::2], parts[2::2], strict=True)
        }
        return RuleDocs(**{name: sections.get(name, "") for name in ("what", "why", "bad", "good")})

    def finding(self, problem: Problem) -> Finding:
        """The finding that a problem makes."""
        return Finding(
            rule=self.id,
            severity=problem.severity or self.severity,
            message=problem.message,
            location=problem.location,
            hint=problem.hint,
            fix=problem.fix,
            related=problem.related,
        )


def rule(
    id: str,  # noqa: A002
    name: str,
    severity: Severity,
    scope: Scope,
    *,
    fixable: bool = False,
    facts: tuple[Take, ...] = (),
    across: Check | None = None,
) -> Callable[[Check], Rule]:
    """Make a rule of the function `check` of a module, and its page of the module's docstring."""

    def make(check: Check) -> Rule:
        text = sys.modules[check.__module__].__doc__ or ""
        return Rule(
            id=id,
            name=name,
            severity=severity,
            scope=scope,
            check=check,
            text=text,
            fixable=fixable,
            facts=facts,
            across=check if scope == "index" else across,
        )

    return make


def facts_name(take: Take) -> str:
    """The name that what a function takes from a card is known by; several rules may use the same."""
    return f"{take.__module__}.{take.__qualname__}"
