"""Published cards, unchanged: their numbers come out, wrong ones do not, and what cannot be counted says why."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest

import registry
from registry.claims import read_claims
from registry.evidence.rejudge.count_chance import significant_digits
from registry.types import Claim, Field, Location, Model, Quantity
from registry.verify.counts.count_models import verify_counts
from registry.verify.engines import Local, Processes
from registry.verify.outcome import Outcome
from registry.verify.torchvision_ops import import_torchvision

pytestmark = pytest.mark.slow

Cards = Sequence[tuple[Model, Sequence[Claim]]]


def cards(*paths: Path) -> Cards:
    return [(model_claims.model, model_claims.claims) for model_claims in read_claims(registry.load(paths))]


def torchvision_cards() -> Cards:
    """A card for each of torchvision's weights for classification, with the numbers that torchvision publishes."""
    models = import_torchvision().models
    cards = []
    for name in models.list_models(module=models):
        for weights in models.get_model_weights(name):
            at = Location(file="torchvision")
            model = Model(name=str(weights), location=at, file="torchvision", base="/", dialect="model-index")
            model = with_field(model, "Weights", weights.url)
            numbers = {"parameters": str(weights.meta["num_params"]), "flops": f"{weights.meta['_ops']:.3f} GFLOPs"}
            claims = [claim(model, subject, text) for subject, text in numbers.items()]
            cards.append((model, claims))
    return cards


def with_field(model: Model, name: str, value: str) -> Model:
    return dataclasses.replace(model, fields={**model.fields, name: Field(name=name, value=value, text=value)})


def claim(model: Model, subject: str, text: str) -> Claim:
    reported = Quantity.parse(text, "count")
    return Claim(
        model=model.name, subject=subject, label=subject, kind="count", reported=reported, location=model.location
    )


def verdicts(outcomes: Sequence[Outcome], subject: str) -> dict[str, str]:
    return {outcome.claim.model: outcome.verdict for outcome in outcomes if outcome.claim.subject == subject}


def test_the_examples_of_model_index_come_out_to_the_unit(corpora: Path) -> None:
    outcomes = list(verify_counts(cards(corpora / "model-index-examples" / "option2-yaml"), engine=Local()))
    flops = {count.claim.model: count for count in outcomes if count.claim.subject == "flops"}
    assert verdicts(outcomes, "parameters") == dict.fromkeys(("AlexNet", "ResNet-101", "ResNet-152"), "reproduced")
    for outcome in flops.values():
        assert outcome.verdict == "reproduced"
        assert outcome.measurement is not None
        assert outcome.measurement.value == int(outcome.claim.reported.value)
        assert outcome.measurement.convention == "2 x thop 0.0.31, 224x224"


def test_the_numbers_that_torchvision_publishes_come_out() -> None:
    zoo = torchvision_cards()
    assert len(zoo) == 115
    outcomes = list(verify_counts(random.Random(0).sample(list(zoo), 12), engine=Local()))
    coarse = [outcome for outcome in outcomes if "is printed too coarsely to tell" in outcome.reason]
    assert {outcome.verdict for outcome in outcomes if outcome not in coarse} == {"reproduced"}
    assert all(outcome.claim.reported.value < 200_000_000 for outcome in coarse), "three decimals of a GFLOP"


TIMM = ("dla", "ig-resnext", "mobilenet-v2", "seresnext", "tresnet")


def test_timms_cards_come_out_and_name_their_convention_and_input(corpora: Path) -> None:
    """A sample of the kinds: square and photograph, classifier and normalisation of another class in those days."""
    files = [corpora / "timm" / f"{name}.mdx" for name in TIMM]
    outcomes = list(verify_counts(cards(*files), engine=Processes(2)))
    gone = {"ig_resnext101_32x48d"}
    misprinted = {("seresnext26t_32x4d", "parameters"), ("tresnet_m", "parameters")}
    for outcome in outcomes:
        name, subject = outcome.claim.model, outcome.claim.subject
        if subject in ("parameters", "flops"):
            verdict = "unverifiable" if name in gone else "refuted" if (name, subject) in misprinted else "reproduced"
            coarse = (
                "is printed too coarsely to tell" in outcome.reason and significant_digits(outcome.claim.reported) < 4
            )
            assert outcome.verdict == verdict or coarse, (name, subject, outcome.reason)
    measurements = {count.claim.model: count.measurement for count in outcomes if count.claim.subject == "flops"}
    for name, convention in {
        "dla34": "thop 0.0.31, 224x224",
        "mobilenetv2_100": "thop 0.0.31, without head, subclasses of BatchNorm counted, 224x285",
        "ig_resnext101_32x16d": "thop 0.0.31, without head, subclasses of BatchNorm counted, 224x285",
        "tresnet_m_448": "thop 0.0.31, without head, fused BatchNorm not counted, 448x448",
    }.items():
        measurement = measurements[name]
        assert measurement is not None
        assert measurement.convention == convention


def test_openmmlabs_numbers_come_out_where_the_zoo_is_installed(corpora: Path) -> None:
    pytest.importorskip("mmengine")
    zoo = cards(corpora / "mmpretrain" / "configs" / "deit" / "metafile.yml")
    outcomes = list(verify_counts(zoo, engine=Local()))
    counted = [outcome for outcome in outcomes if outcome.claim.subject in ("flops", "parameters")]
    assert len(counted) == 18
    assert {outcome.verdict for outcome in counted} == {"reproduced"}, [outcome.reason for outcome in counted]


def test_a_wrong_number_is_not_reproduced(corpora: Path) -> None:
    """Each model's numbers replaced by another's, and by ones within a factor of two: at most 0.6 % may pass."""
    picked = random.Random(1)
    zoo = [
        *picked.sample(list(torchvision_cards()), 20),
        *picked.sample(list(cards(corpora / "timm" / "res2net.mdx", corpora / "timm" / "mnasnet.mdx")), 6),
    ]
    for subject, least in (("flops", 500), ("parameters", 500)):
        own = {
            model.name: next(claim.reported for claim in claims if claim.subject == subject) for model, claims in zoo
        }
        wrong = [
            (model, [claim(model, subject, text) for text in wrong_numbers(own[model.name], own.values(), picked)])
            for model, _ in zoo
        ]
        outcomes = list(verify_counts(wrong, engine=Processes(2)))
        assert len(outcomes) > least
        accepted = [outcome for outcome in outcomes if outcome.verdict == "reproduced"]
        assert len(accepted) / len(outcomes) <= 0.006, [outcome.reason for outcome in accepted]


def wrong_numbers(right: Quantity, others: Iterable[Quantity], picked: random.Random) -> list[str]:
    """Numbers that cannot be the right one, as cards print them: other models', and near ones of two to four digits."""
    near = [f"{float(right.value) * 2 ** picked.uniform(-1, 1):.{digits - 1}e}" for digits in (2, 3, 4) * 5]
    texts = [*(other.text for other in others), *near]
    return [text for text in dict.fromkeys(texts) if differs(Quantity.parse(text, "count"), right)]


def differs(one: Quantity, other: Quantity) -> bool:
    """Whether two printed numbers cannot be the same count."""
    return abs(one.value - other.value) > one.half_width + other.half_width
