"""The ways there are to measure a claim, in the order in which they are asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial

from registry.claims import ModelClaims
from registry.download.ranges import read_range
from registry.evidence.rejudge import COUNTED
from registry.evidence.weights_beside import BESIDE
from registry.types import Claim, Evidence, Model, UsageError
from registry.verify.accuracy import Accuracy, EvaluationOptions, Speeds
from registry.verify.builders.package import read_clues
from registry.verify.counts.count_models import LIMITS, verify_counts
from registry.verify.counts.filesize import local_size
from registry.verify.engines import Engine, Processes
from registry.verify.evaluation.runner import devices
from registry.verify.harnesses import Harnesses
from registry.verify.lacking import Lacking, Possible, another_machine, count_is_final
from registry.verify.outcome import Outcome
from registry.verify.plugins import builder_digest
from registry.verify.triage import Kind, Measurer
from registry.verify.weights import size_of


@dataclass(frozen=True, kw_only=True, slots=True)
class MeasureOptions:
    """How to measure.

    Attributes:
        evaluation: How to run models on data.
        engine: Where jobs run. Where `None`, models are counted in processes of this machine and evaluated in this one,
            strangers' in one of their own.
        jobs: Processes that count, where there is no engine; one a core where `None`.
        ask_sizes: Ask the weights' hosts how large the files are and what their headers say; no network is used for
            it otherwise.
        harnesses: Other harnesses that may be run, `lm-eval` or `mteb`.
    """

    evaluation: EvaluationOptions
    engine: Engine | None = None
    jobs: int | None = None
    ask_sizes: bool = False
    harnesses: tuple[str, ...] = ()


def measurers(
    models: Sequence[ModelClaims], options: MeasureOptions, progress: Callable[[int, int, str], None]
) -> list[Measurer]:
    """Every way to measure.

    Args:
        models: All models of the index, also those that are not to be measured: siblings are evidence.
        options: How to measure.
        progress: Called as models are done.
    """
    evaluation = replace(options.evaluation, progress=progress, downloading=partial(_downloading, progress))
    others = [Harnesses(options.harnesses, evaluation)] if options.harnesses else []
    return [
        *others,
        Counts(models, options, progress),
        Possible(Accuracy(evaluation, options.engine), Lacking(evaluation.data)),
        Possible(
            Speeds(_timing(evaluation, options.engine), beside=options.engine is None or not options.engine.in_process),
            another_machine,
        ),
    ]


def _timing(evaluation: EvaluationOptions, engine: Engine | None) -> EvaluationOptions:
    """Times are measured here, whatever the engine: of one machine, which does nothing else then.

    A device that only the engine's machines have is no reason not to: what is here is timed.
    """
    if engine is None or engine.in_process:
        return evaluation
    try:
        devices(evaluation.device)
    except UsageError:
        return replace(evaluation, device="auto")
    return evaluation


def _downloading(progress: Callable[[int, int, str], None], url: str, done: int, total: int | None) -> None:
    progress(done >> 20, (total or done) >> 20, f"downloading {url.rpartition('/')[2]}, MiB")


class Counts:
    """Parameters, FLOPs and file size, from the model's structure alone."""

    kind: Kind = "count"

    def __init__(
        self, models: Sequence[ModelClaims], options: MeasureOptions, progress: Callable[[int, int, str], None]
    ) -> None:
        self._models = models
        self._options = options
        self._progress = progress

    def takes(self, claim: Claim) -> bool:
        """Parameters, FLOPs and file size."""
        return claim.subject in COUNTED

    def digests(self, model: Model, claim: Claim) -> Mapping[str, str]:  # noqa: ARG002
        """That of the code of others that builds the model: else a count depends on the claim and the code alone."""
        return builder_digest(model)

    def final(self, evidence: Evidence) -> bool:
        """Whether the same code of the same libraries said so, and nothing that it lacked is offered now."""
        by_file = evidence.claim.subject in ("file-size", "parameters")
        return count_is_final(evidence) and not (by_file and (self._options.ask_sizes or self._came_since(evidence)))

    def _came_since(self, evidence: Evidence) -> bool:
        """Whether the weights lie beside the card now, and what was found did not come from them."""
        measured = evidence.measurement
        by_weights = measured is not None and (evidence.claim.subject == "parameters" or measured.convention == BESIDE)
        model = self._by_name.get(evidence.claim.model)
        return not by_weights and model is not None and local_size(model, read_clues(model).weights) is not None

    @cached_property
    def _by_name(self) -> Mapping[str, Model]:
        return {model_claims.model.name: model_claims.model for model_claims in self._models}

    def measure(self, work: Sequence[ModelClaims]) -> Iterator[Outcome]:
        """Count every model of the index when one is to be counted, so that no verdict depends on which are new."""
        if not work:
            return
        digests = {claim.digest for model_claims in work for claim in model_claims.claims}
        countable = [
            (model_claims.model, [claim for claim in model_claims.claims if self.takes(claim)])
            for model_claims in self._models
        ]
        options = self._options
        seconds = options.evaluation.seconds
        for outcome in verify_counts(
            countable,
            engine=options.engine or Processes(options.jobs),
            limits=LIMITS if seconds is None else replace(LIMITS, seconds=seconds),
            cache=options.evaluation.folder / "traces",
            ask_size=partial(size_of, policy=options.evaluation.policy) if options.ask_sizes else None,
            read_remote=partial(read_range, policy=options.evaluation.policy) if options.ask_sizes else None,
            progress=self._progress,
            trust=options.evaluation.policy.trust,
        ):
            if outcome.claim.digest in digests:
                yield outcome
