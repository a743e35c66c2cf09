"""The ways to measure as a glance sees them: what they would take and ask, without the libraries that they need.

They stand in the order of `measurers`, and each says the same as the way that it stands for, or gives up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from registry.claims import ModelClaims
from registry.evidence import Store
from registry.evidence.rejudge import COUNTED, TIMED
from registry.types import Claim, Evidence, Model
from registry.verify.basis import asks_average, basis, evaluation_digest
from registry.verify.datasets import name_of, whereabouts
from registry.verify.lacking import Lacking, another_machine, count_is_final
from registry.verify.outcome import Outcome
from registry.verify.own_code import code_digest
from registry.verify.plugins import builder_digest
from registry.verify.tasks import task_named, task_of
from registry.verify.triage import Kind

_OF_CARD = ("weights", "preprocessing", "dataset")
"""Digests that follow from a card's basis."""


class UnsettledError(Exception):
    """A run has to find out."""


class Look:
    """A way to measure that is only looked at."""

    kind: Kind

    def takes(self, claim: Claim) -> bool:
        """As the measurer's."""
        raise NotImplementedError

    def digests(self, model: Model, claim: Claim) -> Mapping[str, str]:  # noqa: ARG002
        """As the measurer's."""
        return {}

    def final(self, evidence: Evidence) -> bool:  # noqa: ARG002
        """As the measurer's."""
        return False

    def lacking(self, claim: Claim) -> str:  # noqa: ARG002
        """Why a claim cannot be measured with what is here; empty where it can be tried."""
        return ""

    def measure(self, work: Sequence[ModelClaims]) -> Iterator[Outcome]:  # noqa: ARG002
        """Nothing is measured."""
        raise UnsettledError


class Looks:
    """All of them."""

    def __init__(self, store: Store, data: Mapping[str, Path]) -> None:
        self.measurers: tuple[Look, ...] = (_Counts(), _Accuracy(store, data), _Speeds())


class _Counts(Look):
    kind: Kind = "count"

    def takes(self, claim: Claim) -> bool:
        return claim.subject in COUNTED

    def digests(self, model: Model, claim: Claim) -> Mapping[str, str]:  # noqa: ARG002
        return builder_digest(model)

    def final(self, evidence: Evidence) -> bool:
        return count_is_final(evidence)


class _Speeds(Look):
    kind: Kind = "time"

    def takes(self, claim: Claim) -> bool:
        return claim.subject in TIMED

    def digests(self, model: Model, claim: Claim) -> Mapping[str, str]:  # noqa: ARG002
        raise UnsettledError

    def lacking(self, claim: Claim) -> str:
        return another_machine(claim)


class _Accuracy(Look):
    kind: Kind = "evaluate"

    def __init__(self, store: Store, data: Mapping[str, Path]) -> None:
        self._store = store
        self._data = data
        self.lacking = Lacking(data)  # type: ignore[method-assign]
        self._basis: dict[int, str | None] = {}

    def takes(self, claim: Claim) -> bool:
        return task_of(claim) is not None

    def digests(self, model: Model, claim: Claim) -> Mapping[str, str]:
        evidence = self._store.find(claim)
        measurement = None if evidence is None else evidence.measurement
        if evidence is None or measurement is None or "plug-ins" in evidence.digests:
            raise UnsettledError
        if id(model) not in self._basis:
            self._basis[id(model)] = basis(model, {})
        digest = self._basis[id(model)]
        if digest is None or measurement.details.get("basis") != digest or not self._bundled_or_absent(claim):
            raise UnsettledError
        same = {name: evidence.digests[name] for name in _OF_CARD if name in evidence.digests}
        return {**same, **code_digest(model), "evaluation": evaluation_digest("fp32", average=asks_average(model))}

    def _bundled_or_absent(self, claim: Claim) -> bool:
        """Whether a data set comes with a library, or is not here, so that no files have to be looked at."""
        if self.lacking(claim):
            return True
        task = task_of(claim)
        if task is None or claim.dataset is None:
            return False
        dataset = name_of(claim.dataset, self._data)
        return whereabouts(dataset, self._data, answers=task_named(task).answers) is None
