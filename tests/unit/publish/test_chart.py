"""Drawings of leaderboards: fronts by definition, ticks in sight, nothing of a name but its letters."""

import re
from xml.etree import ElementTree

import pytest

from registry.publish.chart import Axis, Dot, chart, decimal_year, front, month, short

DOTS = [
    Dot(
        x=1e9 * (1 + (at * 13) % 17),
        y=(50 + (at * 37) % 41) / 100,
        name=f"m{at}",
        page=f"m{at}.md",
        verdict="self-reported",
        extra=at % 5 == 0,
    )
    for at in range(40)
]
X, Y = Axis(title="MACs", form=short("count"), log=True), Axis(title="Top 1", form=short("ratio"))


@pytest.mark.parametrize("extra", [True, False])
@pytest.mark.parametrize("better", ["higher", "lower"])
def test_the_front_is_what_nothing_to_its_left_is_as_good_as(better: str, extra: bool) -> None:
    sign = 1 if better == "higher" else -1
    counted = [dot for dot in DOTS if extra or not dot.extra]
    expected = {
        (dot.x, dot.y)
        for dot in counted
        if not any(
            (rival.x < dot.x and sign * rival.y >= sign * dot.y) or (rival.x == dot.x and sign * rival.y > sign * dot.y)
            for rival in counted
        )
    }
    assert {(dot.x, dot.y) for dot in front(DOTS, better, extra=extra)} == expected


def test_a_refuted_result_leads_nothing() -> None:
    refuted = Dot(x=0.5, y=0.99, name="liar", page="liar.md", verdict="refuted")
    assert "liar" not in {dot.name for dot in front([*DOTS, refuted], "higher", extra=True)}


def test_the_drawing_is_well_formed_inside_its_frame_and_says_names_as_text() -> None:
    evil = Dot(x=1e9, y=0.99, name='"><script>alert(1)</script>', page="evil.md", verdict="reproduced")
    drawn = str(chart([*DOTS, evil], X, Y, "higher", lambda page: page))
    root = ElementTree.fromstring(drawn)
    assert "script" not in {element.tag for element in root.iter()}
    places = [tuple(map(float, place)) for place in re.findall(r"M([\d.]+) ([\d.]+)h0", drawn)]
    assert len(places) == 41
    assert all(0 < x < 560 and 0 < y < 320 for x, y in places)
    texts = [element.text or "" for element in root.iter("text")]
    assert sum(text.endswith("%") for text in texts) >= 3
    assert {"1 G", "3 G", "10 G"} <= set(texts)


def test_a_date_is_a_place_and_back() -> None:
    assert [month(decimal_year(date)) for date in ("2015-01", "2015-12", "2016-06")] == [
        "2015-01",
        "2015-12",
        "2016-06",
    ]


def test_equal_values_have_a_drawing_too() -> None:
    same = [Dot(x=float(at), y=0.5, name="a", page="a.md", verdict="self-reported") for at in (1, 2)]
    assert "<svg" in chart(same, X, Y, "higher", lambda page: page)
