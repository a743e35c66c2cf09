"""A number is reproduced by what its digits allow, and not by chance."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from registry.evidence.rejudge.count_chance import chance_of_fit, compared, recorded_verdict
from registry.evidence.rejudge.fineness import MOST_CHANCE
from registry.types import Measurement, Quantity
from registry.verify.counts.judge import Candidate, CountRule, Support, judge


def candidate(convention: str, value: int, *, factor: int = 1, surprise: int = 0) -> Candidate:
    rule = CountRule(convention=convention, factor=factor, input="224")
    return Candidate(rule=rule, size=(3, 224, 224), value=value, surprise=surprise)


def count(text: str) -> Quantity:
    return Quantity.parse(text, "count")


RESNET50 = [
    candidate("MACs", 4089184256),
    candidate("fvcore 0.1.5", 4111512576, surprise=1),
    candidate("thop 0.0.31", 4111514624, surprise=1),
    candidate("mmcv 1.x", 4121924096, surprise=2),
    candidate("thop 0.0.31", 8223029248, factor=2, surprise=2),
]


def test_an_exact_number_is_reproduced_by_exactly_its_rule() -> None:
    judgement = judge(count("8223029248"), RESNET50)
    assert judgement.accepted
    assert [str(fit) for fit in judgement.fits] == ["2 x thop 0.0.31, 224x224"]
    assert judgement.chance < 1e-6


def test_every_rule_that_fits_is_listed_the_likeliest_first() -> None:
    judgement = judge(count("4.11G"), RESNET50)
    assert judgement.accepted
    assert [fit.rule.convention for fit in judgement.fits] == ["fvcore 0.1.5", "thop 0.0.31"]


def test_a_percentage_never_reproduces() -> None:
    assert not judge(count("4.13G"), RESNET50).fits
    assert not judge(count("4111514625"), RESNET50).fits


def test_what_explains_the_siblings_goes_first() -> None:
    rule = RESNET50[2].rule
    assert judge(count("4.11G"), RESNET50, Support(far={rule: 3})).fits[0].rule == rule
    rival = Support(near={rule: 1}, far={rule: 1, RESNET50[1].rule: 9})
    assert judge(count("4.11G"), RESNET50, rival).fits[0].rule == rule


def test_the_library_s_own_convention_goes_before_what_other_libraries_count() -> None:
    own = replace(RESNET50[2], own=True)
    candidates = [*RESNET50[:2], own, *RESNET50[3:]]
    assert judge(count("4.11G"), candidates, Support(far={RESNET50[1].rule: 1500})).tried == (own,)
    assert judge(count("4.11G"), candidates, Support(near={RESNET50[1].rule: 1})).tried[0] == RESNET50[1]


MANY = [candidate(f"tool {place}", int(1e9 * 1.05**place), surprise=place) for place in range(60)]


def test_a_coarse_number_that_one_of_many_rules_fits_is_not_reproduced() -> None:
    judgement = judge(count("9.91G"), MANY)
    assert judgement.fits
    assert not judgement.accepted
    assert judgement.chance > MOST_CHANCE
    assert "of the wrong numbers within a factor of two" in judgement.coarse


def test_the_same_number_is_reproduced_where_siblings_were_counted_so() -> None:
    fitting = judge(count("9.91G"), MANY).fits[0].rule
    assert judge(count("9.91G"), MANY, Support(near={fitting: 2})).accepted


@pytest.mark.parametrize("text", ["4G", "0.0G", "4.1G", "4000000000", "4100000000"])
def test_no_rule_is_exempt_from_the_bound_not_even_the_first(text: str) -> None:
    assert not judge(count(text), RESNET50[:1]).accepted


def test_macs_admit_multiply_adds_once_and_flops_both() -> None:
    torch = candidate("torch", 8178368512, surprise=1)
    candidates = [*(replace(entry, unit="FLOPs" if entry.rule.factor == 2 else "MACs") for entry in RESNET50)]
    candidates.append(replace(torch, unit="FLOPs"))
    assert judge(count("4.089 G"), candidates, unit="MACs").accepted
    assert judge(count("8.178 G"), candidates, unit="FLOPs").accepted
    wrong = judge(count("8.178 G"), candidates, unit="MACs")
    assert not wrong.fits
    assert [miss.value for miss in wrong.excluded] == [8178368512, 8223029248]


def test_what_the_card_rules_out_reproduces_nothing() -> None:
    other = replace(RESNET50[0], against="the card's Image Size is 384x384")
    assert not judge(count("4089184256"), [other]).fits


def record(reported: str, *candidates: Candidate, unit: str = "") -> Measurement:
    judgement = judge(count(reported), candidates, unit=unit)
    assert judgement.nearest is not None
    details = compared({str(attempt): attempt.value for attempt in judgement.tried}, judgement.chance)
    return Measurement(
        value=judgement.nearest.value, method="count", convention=str(judgement.nearest), details=details
    )


@pytest.mark.parametrize(
    ("reported", "verdict"),
    [("4.11G", "reproduced"), ("4111514624", "reproduced"), ("4.1G", "unverifiable"), ("5.02G", "refuted")],
)
def test_a_verdict_follows_from_its_record(reported: str, verdict: str) -> None:
    assert recorded_verdict(count(reported), record(reported, *RESNET50))[0] == verdict


def test_a_record_that_was_changed_says_something_else() -> None:
    honest = record("5.02G", *RESNET50)
    assert recorded_verdict(count("5.02G"), replace(honest, value=5020000000))[0] == "unverifiable"
    assert recorded_verdict(count("5.02G"), replace(honest, details={}))[0] == "unverifiable"
    fitting = record("4.11G", *RESNET50)
    assert recorded_verdict(count("4.21G"), fitting)[0] == "refuted"


def test_a_cut_off_rounding_is_read_as_what_was_meant() -> None:
    judgement = judge(count("66349999"), [candidate("MACs", 66347960)])
    assert judgement.accepted
    assert judgement.note == "66349999 is 66350000 truncated by floating point"


def test_nothing_to_compare_with_reproduces_nothing() -> None:
    judgement = judge(count("4.1G"), [])
    assert (judgement.fits, judgement.accepted, judgement.nearest) == ((), False, None)


@pytest.mark.parametrize("text", ["4G", "4.1G", "4.11G", "4.111G"])
def test_the_chance_is_the_share_of_plausible_wrong_numbers_that_fit(text: str) -> None:
    """Against an oracle: draw numbers within a factor of two of the right one, and count those that fit."""
    reported = count(text)
    draw = random.Random(0)
    right = 4110000000
    values = [right, *(round(right * 2 ** draw.uniform(-1.5, 1.5)) for _ in range(7))]
    hits, draws = 0, 40000
    for _ in range(draws):
        number = right * 2 ** draw.uniform(-1, 1)
        hits += any(abs(number - value) <= float(reported.half_width) for value in values)
    assert hits / draws == pytest.approx(chance_of_fit(reported, values, right), rel=0.15, abs=0.001)
