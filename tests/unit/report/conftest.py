"""Findings made by hand, so that the formats are tested without the rules."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from registry.report import Report
from registry.types import Card, Edit, Finding, Fix, Index, Location, Model, Severity, Source

CARD = """\
Models:
- Name: AlexNet
  Metadata:
    FLOPs: -3
\tParameters: 模型 banana
"""


def make_report(
    findings: Sequence[Finding], *, text: str = CARD, file: str = "models/a.yml", color: bool = False
) -> Report:
    source = Source(file=file, text=text)
    model = Model(
        name="AlexNet", location=Location(file=file, path="Models[0]"), file=file, base="/", dialect="model-index"
    )
    card = Card(file=file, dialect="model-index", models=(model,))
    return Report(findings=findings, index=Index(root="/", cards=(card,), sources={file: source}), color=color)


def make_finding(
    quoted: str = "-3",
    *,
    text: str = CARD,
    file: str = "models/a.yml",
    message: str = "'-3' is below zero",
    severity: Severity = "error",
    hint: str = "",
    replacement: str | None = None,
    related: tuple[Location, ...] = (),
    path: str = "Models[0].Metadata.FLOPs",
) -> Finding:
    start = text.index(quoted)
    place = Source(file=file, text=text).location(start, start + len(quoted), path)
    edit = () if replacement is None else (Edit(file=file, start=start, end=start + len(quoted), text=replacement),)
    fix = Fix(description="write it without the sign", edits=edit) if edit else None
    return Finding(
        rule="MIR201", severity=severity, message=message, location=place, hint=hint, fix=fix, related=related
    )


@pytest.fixture
def finding() -> Callable[..., Finding]:
    return make_finding


@pytest.fixture
def report() -> Callable[..., Report]:
    return make_report


@pytest.fixture(
    params=[
        "\x1b]0;title\x07\x1b[31m",
        "a\n::error file=x::pwned",
        "##[error]pwned",
        "100%0A::add-mask::x,y:z",
        "\u202egnp",
        "\ud800",
        "<b>&\"'\x00\ufffe]]>",
        "模型" * 30,
        "",
    ],
    ids=["escapes", "newline", "old-command", "percent", "bidi", "surrogate", "xml", "wide", "empty"],
)
def hostile(request: pytest.FixtureRequest) -> str:
    """Card text that would do something to a careless reader of a report."""
    return str(request.param)
