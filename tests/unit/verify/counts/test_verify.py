"""From cards to outcomes: one model's failure stays its own, and every reason is one sentence that says enough."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import nn

import registry
from registry.claims import read_claims
from registry.types import Claim, Location, Model, Quantity
from registry.verify.counts.count_models import verify_counts
from registry.verify.engines import Local, Processes
from registry.verify.outcome import Outcome

CardMaker = Callable[..., Model]


def claim(model: Model, subject: str, text: str) -> Claim:
    at = Location(file=model.file)
    reported = Quantity.parse(text, "bytes" if subject == "file-size" else "count")
    kind = "bytes" if subject == "file-size" else "count"
    return Claim(model=model.name, subject=subject, label=subject, kind=kind, reported=reported, location=at)


def outcome(card: CardMaker, builder: str, subject: str, text: str) -> Outcome:
    model = card("x", Builder=builder)
    (result,) = verify_counts([(model, [claim(model, subject, text)])], engine=Local())
    return result


def test_one_models_failure_stays_its_own(card: CardMaker) -> None:
    models = [card("good", Builder="torchvision:alexnet"), card("bad", Builder="torchvision:nope"), card("none")]
    done: list[tuple[int, int, str]] = []
    outcomes = list(
        verify_counts(
            [(model, [claim(model, "parameters", "61100840")]) for model in models],
            engine=Processes(1),
            progress=lambda *step: done.append(step),
        )
    )
    assert [result.verdict for result in outcomes] == ["reproduced", "unverifiable", "unverifiable"]
    assert "has no model 'nope'" in outcomes[1].reason
    assert outcomes[2].reason.startswith("the card does not lead to any code")
    assert done == [(3, 3, "good")]


@pytest.mark.parametrize(
    ("builder", "subject", "text", "verdict", "reason"),
    [
        ("torchvision:alexnet", "parameters", "61.1M", "reproduced", "the model has 61100840 (all parameters)"),
        (
            "torchvision:googlenet",
            "parameters",
            "6624904",
            "reproduced",
            "the model has 6624904 (without the auxiliary heads aux1, aux2)",
        ),
        (
            "torchvision:alexnet",
            "parameters",
            "6110084",
            "refuted",
            "the model has 61100840 (all parameters), not 6110084: it is a 10th of the model's 61100840",
        ),
        ("torchvision:resnet50", "flops", "4.09 GFLOPs", "reproduced", "MACs, 224x224 counts 4089184256"),
        (
            "torchvision:resnet50",
            "flops",
            "61100840",
            "refuted",
            "no convention reproduces 61100840: it is 0.01494 times what MACs, 224x224 counts, 4089184256, ",
        ),
        (
            "torchvision:alexnet",
            "flops",
            "61100840",
            "refuted",
            "no convention reproduces 61100840: it is the number of parameters (all parameters): the two are swapped",
        ),
        (
            "torchvision:fasterrcnn_resnet50_fpn",
            "flops",
            "134.38G",
            "reproduced",
            "MACs, 800x800, 1000 boxes counts 134379721216",
        ),
    ],
)
def test_the_verdict_and_its_reason(
    card: CardMaker, builder: str, subject: str, text: str, verdict: str, reason: str
) -> None:
    result = outcome(card, builder, subject, text)
    assert result.verdict == verdict
    assert result.reason.startswith(reason)


def test_a_number_too_coarse_to_tell_is_unverifiable_and_says_what_fits(card: CardMaker) -> None:
    result = outcome(card, "torchvision:resnet50", "flops", "11G")
    assert result.verdict == "unverifiable"
    assert result.reason.startswith("11G is printed too coarsely to tell: ")
    assert result.measurement is not None


def test_a_count_that_leaves_most_of_the_model_out_says_so(card: CardMaker) -> None:
    """timm's card of a BiT model: thop does not know the class of its convolutions."""
    model = card("BiT", Builder="timm:resnetv2_50x1_bit.goog_in21k_ft_in1k", metadata={"Image Size": "480"})
    (result,) = verify_counts([(model, [claim(model, "flops", "5330896")])], engine=Local())
    assert result.verdict == "reproduced"
    assert result.reason.startswith("2 x thop 0.0.31, 480x611 counts exactly this; it leaves out ")
    assert "StdConv2d" in result.reason
    assert result.reason.endswith(" MACs")


def test_the_measurement_holds_what_is_needed_to_do_it_again(card: CardMaker) -> None:
    result = outcome(card, "torchvision:alexnet", "flops", "1429383808")
    assert result.measurement is not None
    assert result.measurement.convention == "2 x thop 0.0.31, 224x224"
    details = result.measurement.details
    assert details["builder"] == "torchvision:alexnet.IMAGENET1K_V1"
    assert details["resolved"] == "by its Builder field"
    assert details["input"] == [3, 224, 224]
    assert details["unit"] == "FLOPs"
    assert set(details["versions"]) == {"torch", "torchvision"}
    assert set(result.digests) == {"model"}


def test_an_exported_program_is_counted_where_the_card_is_trusted(tmp_path: Path) -> None:
    net = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.Flatten(), nn.Linear(8 * 36, 10)).eval()
    torch.export.save(torch.export.export(net, (torch.zeros(1, 3, 8, 8),)), tmp_path / "net.pt2")
    card = tmp_path / "card.yml"
    macs = 27 * 8 * 36 + 288 * 10
    card.write_text(
        f"Models:\n- Name: net\n  Builder: torch.export:net.pt2\n  Metadata:\n    Parameters: 3114\n    MACs: {macs}\n"
    )
    models = [(entry.model, entry.claims) for entry in read_claims(registry.load(card))]
    trusted = list(verify_counts(models, engine=Local(), trust=True))
    assert {result.claim.subject: result.verdict for result in trusted} == dict.fromkeys(
        ("parameters", "flops"), "reproduced"
    )
    others = list(verify_counts(models, engine=Local()))
    assert {result.verdict for result in others} == {"unverifiable"}
    assert all("--trust" in result.reason for result in others)
