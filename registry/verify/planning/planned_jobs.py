"""From the claims that are to be measured to the jobs that measure them, or why none can."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from registry.claims import ModelClaims
from registry.harness.lead import lead
from registry.types import Claim, DatasetError, Unverifiable
from registry.verify.accuracy.dataset_cache import DatasetCache
from registry.verify.accuracy.jobs import EvaluationJob, evaluation_jobs
from registry.verify.accuracy.options import EvaluationOptions
from registry.verify.accuracy.trial import categories_of, weights_of
from registry.verify.builders import resolve
from registry.verify.harnesses.commands import subject_of
from registry.verify.harnesses.harness_measurer import by_harness, startable
from registry.verify.planning.model_sizes import Sizes, download_of
from registry.verify.planning.plan import Cannot, Download, PlannedJob, PlannedModel
from registry.verify.target import Target
from registry.verify.tasks import task_named, task_of
from registry.verify.triage import Kind
from registry.verify.weights.fetch import at_hand
from registry.vocabulary import fold


class Foresight:
    """Gathers jobs, and claims that no job can settle here."""

    def __init__(
        self, options: EvaluationOptions, sizes: Mapping[str, Sizes], samples: Mapping[str, int], *, here: bool
    ) -> None:
        self.jobs: list[PlannedJob] = []
        self.hopeless: list[Cannot] = []
        self._options = options
        self._sizes = sizes
        self._samples = samples
        self._here = here
        self._shelf = DatasetCache(options.data, options.remembered)

    def cannot(self, claim: Claim, reason: str) -> None:
        """Note a claim that nothing here can settle."""
        self.hopeless.append(Cannot(claim=claim, reason=reason))

    def foretell(self, kind: Kind, work: Sequence[ModelClaims]) -> None:
        """Add the jobs that one way to measure makes of its work."""
        {"count": self._count, "evaluate": self._evaluate, "time": self._time, "harness": self._harness}[kind](work)

    def _count(self, work: Sequence[ModelClaims]) -> None:
        models = [self._model(model_claims) for model_claims in work if self._resolved(model_claims) is not None]
        if models:
            self.jobs.append(PlannedJob(kind="count", models=tuple(models)))

    def _time(self, work: Sequence[ModelClaims]) -> None:
        for model_claims in work:
            target = self._resolved(model_claims)
            if target is not None:
                self.jobs.append(PlannedJob(kind="time", library=target.library, models=(self._model(model_claims),)))

    def _harness(self, work: Sequence[ModelClaims]) -> None:
        for model_claims in work:
            for harness_lead, claims in by_harness(model_claims.claims):
                some = ModelClaims(model=model_claims.model, claims=tuple(claims))
                try:
                    startable(harness_lead.harness)
                    subject_of(model_claims.model)
                except Unverifiable as error:
                    self._hopeless(some, error.message)
                    continue
                tasks = len({lead(claim) for claim in claims})
                data = f"{tasks} task{'' if tasks == 1 else 's'}"
                job = PlannedJob(
                    kind="harness", library=harness_lead.harness, dataset=data, models=(self._model(some),)
                )
                self.jobs.append(job)

    def _evaluate(self, work: Sequence[ModelClaims]) -> None:
        jobs, rejected = evaluation_jobs(work, self._options)
        self.hopeless += (
            Cannot(claim=outcome.claim, reason=f"{task_of(outcome.claim)}: {outcome.reason}") for outcome in rejected
        )
        for job in jobs:
            models: list[PlannedModel] = []
            samples: int | None = None
            for model_claims in job.work:
                try:
                    target = resolve(model_claims.model, trust=self._options.policy.trust)
                    samples = self._samples_of(job, model_claims, target)
                    models.append(self._model(model_claims, self._download(model_claims, target)))
                except Unverifiable as error:
                    self._hopeless(model_claims, error.message)
            if models:
                self.jobs.append(
                    PlannedJob(
                        kind="evaluate",
                        models=tuple(models),
                        task=job.task,
                        library=job.library,
                        dataset=_dataset(job),
                        transform=str(job.transform),
                        samples=samples,
                        memory=job.memory,
                        limit=self._options.seconds_for(len(models)),
                    )
                )

    def _samples_of(self, job: EvaluationJob, model_claims: ModelClaims, target: Target) -> int | None:
        """How many samples a job's dataset has: here, else when it was evaluated elsewhere."""
        ref = model_claims.claims[0].dataset
        assert ref is not None, "only claims of a dataset are evaluated"
        try:
            answers = task_named(job.task).answers
            return self._shelf.about(ref, answers, categories_of(model_claims.model, target, answers))[0]
        except DatasetError:
            if self._here:
                raise
            return self._samples.get(job.dataset)

    def _download(self, model_claims: ModelClaims, target: Target) -> Download:
        """The model's weights, held against the policy as fetching them would.

        Raises:
            WeightsError: They cannot be had.
        """
        ref, options = weights_of(model_claims.model, target), self._options
        cache, policy = options.weights_cache, options.policy
        at_hand(ref, cache=cache, policy=policy, remembered=options.remembered)
        download = download_of(ref, self._sizes[model_claims.model.name], cache)
        if download.size != 0 and not ref.url.startswith("hf://"):
            policy.check(ref.url)
        return download

    def _resolved(self, model_claims: ModelClaims) -> Target | None:
        try:
            return resolve(model_claims.model, trust=self._options.policy.trust)
        except Unverifiable as error:
            self._hopeless(model_claims, error.message)
            return None

    def _hopeless(self, model_claims: ModelClaims, reason: str) -> None:
        for claim in model_claims.claims:
            self.cannot(claim, reason)

    def _model(self, model_claims: ModelClaims, download: Download | None = None) -> PlannedModel:
        sizes = self._sizes[model_claims.model.name]
        return PlannedModel(
            name=model_claims.model.name,
            claims=len(model_claims.claims),
            download=download,
            flops=sizes.flops,
            flops_source=sizes.flops_source,
            weights=sizes.weights,
        )


def _dataset(job: EvaluationJob) -> str:
    """Its dataset as people know it: by the vocabulary's name, else as the first card writes it."""
    ref = job.work[0].claims[0].dataset
    return ref.name if ref is not None and fold(ref.name) == job.dataset else job.dataset
