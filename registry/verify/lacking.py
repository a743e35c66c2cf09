"""What it takes to measure a claim that has no record: told from the claim whenever it is shown, and never stored.

No model is built and nothing is read; torch is not needed.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from registry.claims import ModelClaims
from registry.evidence.rejudge import COUNTED, TIMED
from registry.harness.lead import lead
from registry.types import Claim, DatasetRef, Evidence, Model, Unverifiable
from registry.types.evidence import Lack
from registry.verify.environment import environment, same_hardware, same_libraries, with_code
from registry.verify.outcome import Outcome, unverifiable
from registry.verify.triage import Kind, Measurer


class Lacking:
    """Tells what is lacking, each data set looked up once."""

    def __init__(self, data: Mapping[str, Path] | None = None) -> None:
        self._data = data or {}
        self._of_dataset = cache(self._without_data)

    def __call__(self, claim: Claim) -> str:
        """Why a claim cannot be measured with what is given, as one sentence; empty where it can be tried."""
        return self.explain(claim).message

    def explain(self, claim: Claim) -> Lack:
        """The same for whoever runs `mir` and for whoever reads."""
        if claim.subject in COUNTED:
            return Lack()
        if claim.subject in TIMED:
            hardware = dict(claim.conditions).get("hardware")
            return _plain(f"the card's {claim.reported} is of {hardware}, and only that repeats it" if hardware else "")
        try:
            from registry.verify.tasks import task_of, unmeasured  # needs NumPy, which showing cards does not
        except ModuleNotFoundError as error:
            return _plain(f"measuring it needs {error.name}, which comes with the extra 'verify'")
        task = task_of(claim)
        if task is None or claim.dataset is None:
            leads = lead(claim)
            if leads is None or not leads.needs:
                return _plain(unmeasured(claim))
            return Lack(unmeasured(claim), f"not measured here: it takes {leads.harness}", leads.needs)
        return self._of_dataset(claim.dataset.name, claim.dataset.type, claim.dataset.config, task)

    def _without_data(self, name: str, type_: str | None, config: str | None, task: str) -> Lack:
        from registry.verify.datasets import name_of, whereabouts
        from registry.verify.tasks import task_named

        try:
            dataset = name_of(DatasetRef(name=name, type=type_, config=config), self._data)
            whereabouts(dataset, self._data, answers=task_named(task).answers, hub=type_)
        except Unverifiable as error:
            return Lack(error.message, error.reader, error.needs)
        return Lack()


def _plain(message: str) -> Lack:
    """A reason that says the same to everybody."""
    return Lack(message, message)


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
        for model_claims in work:
            open_: list[Claim] = []
            for claim in model_claims.claims:
                reason = self._lacking(claim)
                if reason:
                    yield unverifiable(claim, reason, derived=True)
                else:
                    open_.append(claim)
            if open_:
                rest.append(replace(model_claims, claims=tuple(open_)))
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
