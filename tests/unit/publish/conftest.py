"""Cards, and what the site makes of them."""

from collections.abc import Callable, Iterable
from decimal import Decimal
from pathlib import Path

import pytest

from registry.checks import check
from registry.claims import claims
from registry.evidence.rejudge import METHODS
from registry.loader import load
from registry.publish.content import PageContent, gather
from registry.publish.material import Material
from registry.types import Claim, Evidence, Measurement, Verdict

CARD = """<!--
Type: model-index
Models:
{models}-->
{text}
"""
MODEL = """- Name: {name}
  In Collection: Family
  Metadata:
    Parameters: {parameters}
  Results:
  - Task: Image Classification
    Dataset: {dataset}
    Metrics:
      {metric}: {value}
"""

Contents = Callable[..., PageContent]


def model(
    name: str, value: object, *, metric: str = "Top 1 Accuracy", dataset: str = "ImageNet", parameters: int = 1000
) -> str:
    """One model as a card prints it."""
    return MODEL.format(name=name, value=value, metric=metric, dataset=dataset, parameters=parameters)


def evidence(claim: Claim, verdict: Verdict, time: str = "2026-01-02T03:04:05Z", **details: object) -> Evidence:
    """What measuring a claim came to."""
    value = float(claim.reported.value if verdict == "reproduced" else claim.reported.value / Decimal(4))
    method = "count" if claim.subject in ("parameters", "flops") else "evaluate"
    return Evidence(
        claim=claim,
        verdict=verdict,
        reason=f"{verdict}, says the test",
        measurement=Measurement(value=value, method=method, convention="2 x thop 0.0.31, 224x224", details=details),
        digests={"claim": claim.digest},
        time=time,
    )


@pytest.fixture
def contents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Contents:
    """Makes the content of a site from models as they stand on a card, with verdicts by model and subject.

    The verdicts need not follow from the numbers: that they do is held by the tests of evidence.
    """
    for method in ("count", "evaluate"):
        monkeypatch.setitem(METHODS, method, lambda *_: iter(()))

    def make(
        models: Iterable[str],
        verdicts: dict[tuple[str, str], Verdict] | None = None,
        text: str = "",
        base_url: str = "",
        **details: object,
    ) -> PageContent:
        card = tmp_path / "cards" / "card.md"
        card.parent.mkdir(exist_ok=True)
        card.write_text(CARD.format(models="".join(models), text=text), encoding="utf-8")
        index = load([card.parent], root=card.parent)
        expected = verdicts or {}
        records = [
            evidence(claim, expected[claim.model, claim.subject], **details)
            for claim in claims(index)
            if (claim.model, claim.subject) in expected
        ]
        return gather(Material(index=index, findings=check(index), evidence=records, base_url=base_url))

    make.model = model  # type: ignore[attr-defined]
    return make
