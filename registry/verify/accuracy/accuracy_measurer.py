"""Evaluating as one of the ways to measure that `mir verify` has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from registry.claims import ModelClaims
from registry.types import Claim, Evidence, Model
from registry.verify.accuracy.dataset_cache import DatasetCache
from registry.verify.accuracy.dependencies import current_digests
from registry.verify.accuracy.dispatch import verify_accuracy
from registry.verify.accuracy.options import EvaluationOptions
from registry.verify.engines import Engine
from registry.verify.outcome import Outcome
from registry.verify.tasks import task_of
from registry.verify.triage import Kind


class Accuracy:
    """Results on datasets, from the weights; see `registry.verify.triage.Measurer`."""

    kind: Kind = "evaluate"

    def __init__(self, options: EvaluationOptions, engine: Engine | None = None) -> None:
        self._options = options
        self._engine = engine
        self._shelf = DatasetCache(options.data, options.remembered)

    def takes(self, claim: Claim) -> bool:
        """Whether a claim is a result that is evaluated."""
        return task_of(claim) is not None

    def digests(self, model: Model, claim: Claim) -> Mapping[str, str]:
        """Of the weights, the dataset and the preprocessing, as far as they are here."""
        return current_digests(model, claim, self._options, self._shelf)

    def final(self, evidence: Evidence) -> bool:  # noqa: ARG002
        """Never: data and weights that were not here may be now."""
        return False

    def measure(self, work: Sequence[ModelClaims]) -> Iterator[Outcome]:
        """Evaluate."""
        return verify_accuracy(work, self._options, shelf=self._shelf, engine=self._engine)
