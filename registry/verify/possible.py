"""A way to measure that is only asked what can be measured with what is here."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache

from registry.claims import ModelClaims
from registry.types import Claim, Evidence, Model
from registry.verify.environment import environment, same_hardware, same_libraries, with_code
from registry.verify.outcome import Outcome, unverifiable
from registry.verify.triage import Kind, Measurer

_DRIVERS = ("/dev/nvidiactl", "/dev/kfd", "/dev/dxg")
"""What the drivers of GPUs make, so that torch need not be imported to know that there is none."""


class Possible:
    """A measurer, and before it what tells from a claim alone that something is lacking.

    A zoo of a thousand models makes ten thousand claims about data that is not here: telling so takes no model.
    """

    def __init__(self, inner: Measurer, lacking: Callable[[Claim], str]) -> None:
        self._inner = inner
        self._lacking = lacking

    @property
    def kind(self) -> Kind:
        """As the measurer's."""
        return self._inner.kind

    def takes(self, claim: Claim) -> bool:
        """As the measurer's."""
        return self._inner.takes(claim)

    def digests(self, model: Model, claim: Claim) -> Mapping[str, str]:
        """As the measurer's."""
        return self._inner.digests(model, claim)

    def final(self, evidence: Evidence) -> bool:
        """As the measurer's."""
        return self._inner.final(evidence)

    def measure(self, work: Sequence[ModelClaims]) -> Iterator[Outcome]:
        """Say what is lacking, and measure the rest."""
        rest: list[ModelClaims] = []
        for each in work:
            open_: list[Claim] = []
            for claim in each.claims:
                reason = self._lacking(claim)
                if reason:
                    yield unverifiable(claim, reason, derived=True)
                else:
                    open_.append(claim)
            if open_:
                rest.append(replace(each, claims=tuple(open_)))
        if rest:
            yield from self._inner.measure(rest)


def another_machine(claim: Claim) -> str:
    """Why a time is not measured here: it is one of a machine that the card names and that this is not."""
    hardware = dict(claim.conditions).get("hardware", "")
    if not hardware or _is_here(hardware):
        return ""
    return f"the card's {claim.reported} is of {hardware}, and only that repeats it"


def count_is_final(evidence: Evidence) -> bool:
    """Whether the same code of the same libraries counted what evidence says and could not tell, as it would again."""
    code = with_code({}, evidence.measurement).get("code")
    same = evidence.digests.get("code") == code and same_libraries(evidence.environment)
    return same and evidence.verdict == "unverifiable"


@cache
def _is_here(hardware: str) -> bool:
    if any(map(os.path.exists, _DRIVERS)):
        return True  # which GPU it is only torch knows, and it will say
    return same_hardware(hardware, environment("cpu").get("cpu", ""))
