"""A number is reproduced by what its digits allow, and not by chance."""

from __future__ import annotations

import random

import pytest

from registry.types import Quantity
from registry.verify.counts.judge import MOST_CHANCE, Candidate, CountRule, Support, chance_of_fit, judge


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
    found = judge(count("8223029248"), RESNET50)
    assert found.accepted
    assert [str(each) for each in found.fits] == ["2 x thop 0.0.31, 224x224"]
    assert found.chance < 1e-6


def test_every_rule_that_fits_is_listed_the_likeliest_first() -> None:
    found = judge(count("4.11G"), RESNET50)
    assert found.accepted
    assert [each.rule.convention for each in found.fits] == ["fvcore 0.1.5", "thop 0.0.31"]


def test_a_percentage_never_reproduces() -> None:
    assert not judge(count("4.13G"), RESNET50).fits
    assert not judge(count("4111514625"), RESNET50).fits


def test_what_explains_the_siblings_goes_first() -> None:
    rule = RESNET50[2].rule
    assert judge(count("4.11G"), RESNET50, Support(far={rule: 3})).fits[0].rule == rule
    rival = Support(near={rule: 1}, far={rule: 1, RESNET50[1].rule: 9})
    assert judge(count("4.11G"), RESNET50, rival).fits[0].rule == rule


MANY = [candidate(f"tool {place}", int(1e9 * 1.05**place), surprise=place) for place in range(60)]


def test_a_coarse_number_that_one_of_many_rules_fits_is_not_reproduced() -> None:
    found = judge(count("9.9G"), MANY)
    assert found.fits
    assert not found.accepted
    assert found.chance > MOST_CHANCE


def test_the_same_number_is_reproduced_where_siblings_were_counted_so() -> None:
    fitting = judge(count("9.9G"), MANY).fits[0].rule
    assert judge(count("9.9G"), MANY, Support(near={fitting: 2})).accepted


def test_a_cut_off_rounding_is_read_as_what_was_meant() -> None:
    found = judge(count("66349999"), [candidate("MACs", 66347960)])
    assert found.accepted
    assert found.note == "66349999 is 66350000 cut off by floating point"


def test_nothing_to_compare_with_reproduces_nothing() -> None:
    found = judge(count("4.1G"), [])
    assert (found.fits, found.accepted, found.nearest) == ((), False, None)


@pytest.mark.parametrize("text", ["4.1G", "4.11G", "4.111G", "41G"])
def test_the_chance_is_the_share_of_random_numbers_that_fit(text: str) -> None:
    """Against an oracle: draw numbers whose logarithm is uniform over the spread, and count those that fit."""
    reported = count(text)
    draw = random.Random(0)
    tried = [candidate(str(place), round(2e9 * draw.uniform(1, 12))) for place in range(12)]
    middle, hits, draws = 7e9, 0, 40000
    for _ in range(draws):
        number = middle * 2.718281828459045 ** draw.uniform(-2.5, 2.5)
        hits += any(abs(number - each.value) <= float(reported.half_width) for each in tried)
    assert hits / draws == pytest.approx(chance_of_fit(reported, tried), rel=0.15, abs=0.001)
