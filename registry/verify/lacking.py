"""What it takes to measure a claim that has no record: told from the claim whenever it is shown, and never stored.

No model is built and nothing is read; torch is not needed.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from registry.harness.lead import lead
from registry.types import Claim, DatasetRef, Unverifiable
from registry.types.evidence import Lack

COUNTED = frozenset({"parameters", "flops", "file-size"})
"""Subjects that are counted from a model's structure, which takes nothing but its code."""

TIMED = frozenset({"inference-time", "throughput", "peak-memory"})
"""Subjects that are timed, here or on the machine that the card names."""


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
            return _plain(f"measuring it needs {error.name}, which the extra 'verify' brings")
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
            named = name_of(DatasetRef(name=name, type=type_, config=config), self._data)
            whereabouts(named, self._data, answers=task_named(task).answers, hub=type_)
        except Unverifiable as error:
            return Lack(error.message, error.reader, error.needs)
        return Lack()


def _plain(message: str) -> Lack:
    """A reason that says the same to everybody."""
    return Lack(message, message)
