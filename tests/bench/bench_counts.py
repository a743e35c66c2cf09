"""Whole corpora: how many published counts come out, how long it takes, and how many wrong numbers pass.

    python tests/bench/bench_counts.py [CORPORA]

Prints one table for timm's cards and one for torchvision's weights. Nothing is asserted about time.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import registry
from registry.claims import read_claims
from registry.types import Claim, Field, Location, Model, Quantity
from registry.verify.counts.count_models import LIMITS, measure, verify_counts
from registry.verify.counts.counted_model import CountedModel
from registry.verify.counts.judge import judge
from registry.verify.counts.sibling_rules import Siblings
from registry.verify.engines import Processes
from registry.verify.torchvision_ops import import_torchvision

Cards = Sequence[tuple[Model, Sequence[Claim]]]


def timm_cards(corpora: Path) -> Cards:
    return [(entry.model, entry.claims) for entry in read_claims(registry.load(corpora / "timm"))]


def torchvision_cards() -> Cards:
    models = import_torchvision().models
    cards = []
    for name in models.list_models(module=models):
        for weights in models.get_model_weights(name):
            at = Location(file="torchvision")
            url = Field(name="Weights", value=weights.url, text=weights.url)
            model = Model(
                name=str(weights), location=at, file="torchvision", base="/", dialect="", fields={"Weights": url}
            )
            numbers = {"parameters": str(weights.meta["num_params"]), "flops": f"{weights.meta['_ops']:.3f} GFLOPs"}
            claims = [
                Claim(
                    model=model.name,
                    subject=subject,
                    label=subject,
                    kind="count",
                    reported=Quantity.parse(text, "count"),
                    location=at,
                )
                for subject, text in numbers.items()
            ]
            cards.append((model, claims))
    return cards


def reproduce(cards: Cards) -> None:
    began = time.perf_counter()
    verdicts: Counter[tuple[str, str]] = Counter()
    ways: Counter[str] = Counter()
    for outcome in verify_counts(cards):
        if outcome.claim.subject == "file-size":
            continue
        verdicts[outcome.claim.subject, outcome.verdict] += 1
        if outcome.verdict != "reproduced":
            print(
                f"  {outcome.claim.model} {outcome.claim.subject} {outcome.claim.reported}: "
                f"{outcome.verdict}: {outcome.reason}"
            )
        elif outcome.claim.subject == "flops" and outcome.measurement is not None:
            ways[
                f"{str(outcome.measurement.convention).rpartition(',')[0]}; {outcome.measurement.details['input_rule']}"
            ] += 1
    for (subject, verdict), times in sorted(verdicts.items()):
        print(f"  {times:4} {subject} {verdict}")
    for way, times in ways.most_common():
        print(f"  {times:4} {way}")
    print(f"  {time.perf_counter() - began:.1f} s, nothing kept from earlier runs")


def exchange(cards: Cards) -> None:
    """Give each model the FLOPs of every other, and count how often that comes out reproduced."""
    entries = [
        CountedModel(model=model, claims=tuple(claim for claim in claims if claim.subject == "flops"))
        for model, claims in cards
    ]
    measure(entries, Processes(2), LIMITS, None, None)
    siblings = Siblings(entries)
    counted = [entry for entry in entries if entry.candidates and entry.claims]
    trials = passed = 0
    for entry in counted:
        own, support = entry.claims[0].reported, siblings.support(entry)
        for other in counted:
            wrong = other.claims[0].reported
            if abs(wrong.value - own.value) > wrong.half_width + own.half_width:
                trials += 1
                passed += judge(wrong, entry.candidates, support).accepted
    print(f"  {passed} of {trials} wrong numbers came out reproduced: {passed / trials:.3%}")


if __name__ == "__main__":
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "../shared/corpora")
    for title, corpus in (("timm's cards", timm_cards(folder)), ("torchvision's weights", torchvision_cards())):
        print(title)
        reproduce(corpus)
        exchange(corpus)
