"""Two metrics that look exchanged.

What:
    A result reports a PSNR of at most 1 and an SSIM above 1.

Why:
    An SSIM is at most 1 and a PSNR is some tens of decibels: each number stands under the other's name.

Bad:
    Models:
    - Name: liif
      Results:
      - Task: Image Super-Resolution
        Dataset: Set14
        Metrics: {PSNR: 0.8039, SSIM: 30.9808}

Good:
    Models:
    - Name: liif
      Results:
      - Task: Image Super-Resolution
        Dataset: Set14
        Metrics: {PSNR: 30.9808, SSIM: 0.8039}
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator

from registry.checks.card_view import Entry
from registry.checks.rule import Context, Problem, rule
from registry.types import Claim


@rule("MIR213", "swapped-metrics", "error", "entry")
def check(entry: Entry, context: Context) -> Iterator[Problem]:
    signal: dict[Hashable, Claim] = {}
    similarity: dict[Hashable, Claim] = {}
    for claim in entry.claims:
        where: Hashable = (claim.result, claim.conditions, claim.label.partition("(")[2])
        if claim.term.subject == "psnr":
            signal.setdefault(where, claim)
        elif claim.term.subject == "ssim":
            similarity.setdefault(where, claim)
    for where, psnr in signal.items():
        ssim = similarity.get(where)
        if ssim is not None and psnr.reported.value <= 1 and ssim.reported.percent:
            yield Problem(
                f"{psnr.label} is {psnr.reported} and {ssim.label} {ssim.reported}: the two look swapped",
                psnr.location,
                related=(ssim.location,),
            )
