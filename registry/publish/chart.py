"""Small drawings for leaderboards: results against time or cost, as SVG that a page holds and that needs no script."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup

from registry import numbers, pareto
from registry.evidence.beside import ShownVerdict
from registry.publish import escape

WIDTH, HEIGHT = 560, 320
_LEFT, _RIGHT, _TOP, _BOTTOM = 62, 14, 14, 46
_TICKS = 5
_STEPS = (1, 2, 2.5, 5, 10)

_GROUPS: dict[ShownVerdict, str] = {
    "imported": "imported",
    "reproduced": "measured",
    "within-tolerance": "measured",
    "refuted": "refuted",
}
"""Who says a result, by its verdict; all others are the card's alone."""


@dataclass(frozen=True, slots=True)
class Dot:
    """One result: where it stands, its model's name and page, its verdict, and whether it rests on extra data."""

    x: float
    y: float
    name: str
    page: str
    verdict: ShownVerdict
    extra: bool = False

    @property
    def group(self) -> str:
        """Who says it, by which it is coloured."""
        return _GROUPS.get(self.verdict, "card")


@dataclass(frozen=True, kw_only=True, slots=True)
class Axis:
    """An axis: its title, how its numbers are written, whether it is logarithmic, and whether it is of years."""

    title: str
    form: Callable[[float], str]
    log: bool = False
    years: bool = False


def front(dots: Sequence[Dot], better: str, *, extra: bool) -> list[Dot]:
    """The results that none to their left is as good as; a refuted one is no achievement."""
    sign = 1 if better == "higher" else -1
    counted = (dot for dot in dots if dot.verdict != "refuted" and (extra or not dot.extra))
    return pareto.front(counted, lambda dot: (dot.x, sign * dot.y))


def chart(dots: Sequence[Dot], x: Axis, y: Axis, better: str, to: Callable[[str], str]) -> Markup:
    """A drawing of results with their fronts: a line without extra data, a broken one with all.

    Args:
        dots: The results, at least one.
        x: The horizontal axis.
        y: The vertical axis.
        better: Which direction is good.
        to: From a page to an address.
    """
    left, right = _span([dot.x for dot in dots], log=x.log)
    low, high = _span([dot.y for dot in dots], log=False)

    def at(dot: Dot) -> tuple[float, float]:
        return _place(dot.x, left, right, _LEFT, WIDTH - _RIGHT, log=x.log), _place(
            dot.y, low, high, HEIGHT - _BOTTOM, _TOP, log=False
        )

    words = f"{escape.inert(y.title)} against {escape.inert(x.title)}, {len(dots)} models"
    parts = [f'<svg class="mir-chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="group" aria-label="{words}">']
    ticks = _years(left, right) if x.years else _ticks(left, right, log=x.log)
    for number, value in enumerate(ticks):
        place = _place(value, left, right, _LEFT, WIDTH - _RIGHT, log=x.log)
        between = ' class="mir-between"' if number % 2 and len(ticks) > _TICKS else ""  # a phone has no room for it
        parts.append(
            f'<text{between} x="{place:.1f}" y="{HEIGHT - _BOTTOM + 18}" text-anchor="middle">{x.form(value)}</text>'
        )
    for value in _ticks(low, high, log=False):
        place = _place(value, low, high, HEIGHT - _BOTTOM, _TOP, log=False)
        parts.append(f'<path class="mir-grid" d="M{_LEFT} {place:.1f}H{WIDTH - _RIGHT}"/>')
        parts.append(f'<text x="{_LEFT - 6}" y="{place + 4:.1f}" text-anchor="end">{y.form(value)}</text>')
    parts.append(
        f'<text x="{(_LEFT + WIDTH - _RIGHT) / 2}" y="{HEIGHT - 6}" text-anchor="middle">{escape.inert(x.title)}</text>'
    )
    groups = {"card": "", "imported": "", "measured": "", "refuted": ""}
    for dot in dots:
        groups[dot.group] += "M{:.1f} {:.1f}h0".format(*at(dot))
    parts += [f'<path class="mir-dots mir-dots--{group}" d="{path}"/>' for group, path in groups.items() if path]
    own, wider_front = front(dots, better, extra=False), front(dots, better, extra=True)
    if wider_front != own:
        parts.append(f'<path class="mir-front mir-front--all" d="{_steps([at(dot) for dot in wider_front])}"/>')
    parts.append(f'<path class="mir-front" d="{_steps([at(dot) for dot in own])}"/>' if own else "")
    for dot in dict.fromkeys((*own, *wider_front)):
        across, down = at(dot)
        words = f"{escape.inert(dot.name)}: {y.form(dot.y)}, {x.form(dot.x)}"
        circle = f'<circle class="mir-best mir-best--{dot.group}" cx="{across:.1f}" cy="{down:.1f}" r="5">'
        link = f'<a href="{escape.inert(to(dot.page))}" aria-label="{words}">'
        parts.append(f"{link}{circle}<title>{words}</title></circle></a>")
    return Markup("".join((*parts, "</svg>")))  # noqa: S704 - escaped above


def month(value: float) -> str:
    """A year and its fraction as year and month; a whole year alone."""
    return str(int(value)) if value == int(value) else f"{int(value)}-{int((value % 1) * 12) + 1:02d}"


def decimal_year(date: str) -> float:
    """A date such as `2015-12` or `2015` as a number, at the middle of what it says.

    >>> decimal_year("2015"), month(decimal_year("2015-12"))
    (2015.5, '2015-12')
    """
    year, _, of_year = date.partition("-")
    return int(year) + ((int(of_year) - 0.5) / 12 if of_year else 0.5)


def short(kind: Literal["count", "ratio", "number"]) -> Callable[[float], str]:
    """How numbers of a kind are written at an axis."""

    def form(value: float) -> str:
        if kind == "ratio":
            return f"{value * 100:.4g}%"
        return numbers.short(value, kind)

    return form


def _span(values: Sequence[float], *, log: bool) -> tuple[float, float]:
    """What an axis shows: all values and a little more."""
    low, high = min(values), max(values)
    if log:
        return low / 1.3, high * 1.3
    room = (high - low) * 0.06 or abs(high) * 0.05 or 1
    return low - room, high + room


def _place(value: float, low: float, high: float, start: float, end: float, *, log: bool) -> float:
    if log:
        value, low, high = math.log(value), math.log(low), math.log(high)
    return start + (value - low) / (high - low) * (end - start)


def _ticks(low: float, high: float, *, log: bool) -> list[float]:
    if log:
        ticks = [
            scale * 10.0**power for power in range(-3, 18) for scale in (1, 3) if low <= scale * 10.0**power <= high
        ]
        return ticks if len(ticks) <= 2 * _TICKS else ticks[::2]
    raw = (high - low) / _TICKS
    size = 10.0 ** math.floor(math.log10(raw))
    step = next(factor * size for factor in _STEPS if factor * size >= raw)
    first = math.ceil(low / step)
    return [round(at * step, 10) for at in range(first, math.floor(high / step) + 1)]


def _years(low: float, high: float) -> list[float]:
    """The beginnings of years, of which a long time has some; of months, where it is short.

    >>> _years(2013.9, 2024.8), _years(2020.2, 2021.1)
    ([2016, 2019, 2022], [2020.25, 2020.5, 2020.75, 2021.0])
    """
    if high - low < 3:
        return [quarter / 4 for quarter in range(math.ceil(4 * low), math.floor(4 * high) + 1)]
    step = next(step for step in (1, 2, 3, 5, 10, 25, 50, 100, 1000, 10_000) if step * _TICKS >= high - low)
    return [year for year in range(math.ceil(low), math.floor(high) + 1) if year % step == 0]


def _steps(places: Sequence[tuple[float, float]]) -> str:
    first, *rest = places
    return f"M{first[0]:.1f} {first[1]:.1f}" + "".join(f"H{x:.1f}V{y:.1f}" for x, y in rest) + f"H{WIDTH - _RIGHT}"
