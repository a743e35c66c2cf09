"""Metrics under a heading that names others.

What:
    A metric is a mapping, and its key names as many metrics as stand in it, but others: `P&R` holds `PSNR` and `SSIM`.

Why:
    A table was turned into metadata with the wrong column heads: precision is published as PSNR.

Bad:
    Models:
    - Name: stylegan
      Results:
      - {Task: Unconditional GANs, Dataset: FFHQ, Metrics: {P&R10k: {PSNR: 75.92, SSIM: 51.24}}}

Good:
    Models:
    - Name: stylegan
      Results:
      - {Task: Unconditional GANs, Dataset: FFHQ, Metrics: {P&R10k: {Precision: 75.92, Recall: 51.24}}}
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from registry.checks.card_view import CardView
from registry.checks.message_text import among, short
from registry.checks.rule import Context, Problem, rule
from registry.lazy_regex import lazy_regex
from registry.types import Location, Metric
from registry.vocabulary import fold

_PARTS = lazy_regex(r"(?:(?<!\s)\s+)?(?:/|&|\||\band\b)\s*")
_INITIALS = 2
_MARKUP = lazy_regex(r"<[^<>]{1,20}>|\([^()]*\)")


@rule("MIR214", "nested-names", "warning", "card")
def check(view: CardView, context: Context) -> Iterator[Problem]:
    headings: dict[tuple[str, str, str], list[Location]] = defaultdict(list)
    for entry in view.models:
        for result in entry.results:
            groups: dict[tuple[str, ...], list[Metric]] = defaultdict(list)
            for metric in result.metrics:
                if metric.within:
                    groups[metric.within].append(metric)
            for within, metrics in groups.items():
                names = [metric.name for metric in metrics]
                if _is_other(within[-1], names):
                    headings[entry.owner.file, within[-1], among(names, 3)].append(metrics[0].location)
    for (_, heading, text), places in headings.items():
        yield Problem.once(f"{short(heading)} holds {text}, which it does not name", places)


def _is_other(heading: str, names: list[str]) -> bool:
    parts = [_squeezed(part) for part in _PARTS.split(_MARKUP.sub(" ", heading)) if part.strip()]
    if len(parts) < 2 or len(parts) != len(names):
        return False
    spellings = [_squeezed(name) for name in names]
    return not all(any(_means(part, name) for name in spellings) for part in parts)


def _means(part: str, name: str) -> bool:
    """Whether a part of a heading may stand for a name: it holds it, or is its beginning, as P is of precision."""
    plain = part.rstrip("0123456789k")
    return name in part or (len(part) > _INITIALS and part in name) or (bool(plain) and name.startswith(plain))


def _squeezed(name: str) -> str:
    return fold(name).replace(" ", "")
