"""A miss says what probably went wrong."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from registry.types import Quantity
from registry.verify.counts.count_diagnosis import diagnose_flops, diagnose_parameters
from registry.verify.counts.counted_model import CountedModel
from registry.verify.counts.judge import Candidate, CountRule
from registry.verify.counts.measure import Counted
from registry.verify.parameters import ParameterCount

RULE = CountRule(convention="thop 0.0.31", factor=2, input="224")


def counted(value: int) -> list[Candidate]:
    return [Candidate(rule=RULE, size=(3, 224, 224), value=value)]


def flops(text: str, **options: object) -> str:
    return diagnose_flops(Quantity.parse(text, "count"), counted(8223029248), parameters={"all": 25557032}, **options)  # type: ignore[arg-type]


def test_flops_and_parameters_swapped() -> None:
    assert flops("25557032") == "it is the number of parameters (all): the two are swapped"
    diagnosis = diagnose_parameters(
        Quantity.parse("8.223G", "count"), {"all": 25557032}, candidates=counted(8223029248)
    )
    assert diagnosis == "it is the number of FLOPs (2 x thop 0.0.31, 224x224): the two are swapped"


def test_digits_swapped_and_written_with_the_others_unit() -> None:
    """mmpretrain's RepVGG-B0 reports 3.42 million parameters and 15.82 GFLOPs, and has them the other way round."""
    counts = {"all parameters": 15817960}
    candidates = [Candidate(rule=RULE, size=(3, 224, 224), value=3420123456)]
    assert diagnose_flops(Quantity.parse("15820000000", "count"), candidates, parameters=counts) == (
        "it has the digits of the 15817960 parameters (all parameters): the two are swapped"
    )
    flops_on_the_card = Quantity.parse("15820000000", "count")
    assert diagnose_parameters(Quantity.parse("3420000", "count"), counts, flops=[flops_on_the_card]) == (
        "the card reports these digits as its FLOPs, 15820000000: the two are swapped"
    )


def test_a_siblings_number() -> None:
    count = Counted(ledger=ParameterCount(layers=(), tensors=0), candidates=tuple(counted(15667943424)))
    model: Any = SimpleNamespace(name="ResNet-101")
    sibling = CountedModel(model=model, claims=(), counted=count, parameters={"all": 44549160})
    assert flops("15667943424", siblings=[sibling]) == (
        "it is what its sibling ResNet-101 counts (2 x thop 0.0.31, 224x224)"
    )
    diagnosis = diagnose_parameters(Quantity.parse("44.55M", "count"), {"all": 25557032}, siblings=[sibling])
    assert diagnosis == "it is what its sibling ResNet-101 has (all)"


def test_a_power_of_ten() -> None:
    assert flops("822302925") == "it is a 10th of what 2 x thop 0.0.31, 224x224 counts, 8223029248"
    diagnosis = diagnose_parameters(Quantity.parse("2180000", "count"), {"all parameters": 21797672})
    assert diagnosis == "it is a 10th of the model's 21797672 (all parameters)"


def test_otherwise_the_nearest_and_the_ratio() -> None:
    assert flops("8300000001") == (
        "the nearest is 2 x thop 0.0.31, 224x224 with 8223029248, 1.00936 times as much is reported"
    )
    assert flops("5280000001").startswith("it is 0.6421 times what 2 x thop 0.0.31, 224x224 counts")
    diagnosis = diagnose_parameters(Quantity.parse("26M", "count"), {"all parameters": 25557032})
    assert diagnosis == "the nearest is 25557032 (all parameters), and the card has 442968 more"
