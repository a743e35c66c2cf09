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
        models = [self._model(each) for each in work if self._resolved(each) is not None]
        if models:
            self.jobs.append(PlannedJob(kind="count", models=tuple(models)))

    def _time(self, work: Sequence[ModelClaims]) -> None:
        for each in work:
            target = self._resolved(each)
            if target is not None:
                self.jobs.append(PlannedJob(kind="time", library=target.library, models=(self._model(each),)))

    def _harness(self, work: Sequence[ModelClaims]) -> None:
        for each in work:
            for found, claims in by_harness(each.claims):
                some = ModelClaims(model=each.model, claims=tuple(claims))
                try:
                    startable(found.harness)
                    subject_of(each.model)
                except Unverifiable as error:
                    self._hopeless(some, error.message)
                    continue
                tasks = len({lead(claim) for claim in claims})
                data = f"{tasks} task{'' if tasks == 1 else 's'}"
                job = PlannedJob(kind="harness", library=found.harness, dataset=data, models=(self._model(some),))
                self.jobs.append(job)

    def _evaluate(self, work: Sequence[ModelClaims]) -> None:
        jobs, rejected = evaluation_jobs(work, self._options)
        self.hopeless += (Cannot(claim=each.claim, reason=f"{task_of(each.claim)}: {each.reason}") for each in rejected)
        for job in jobs:
            models: list[PlannedModel] = []
            samples: int | None = None
            for each in job.work:
                try:
                    target = resolve(each.model, trust=self._options.policy.trust)
                    samples = self._samples_of(job, each, target)
                    models.append(self._model(each, self._download(each, target)))
                except Unverifiable as error:
                    self._hopeless(each, error.message)
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

    def _samples_of(self, job: EvaluationJob, each: ModelClaims, target: Target) -> int | None:
        """How many samples a job's dataset has: here, else when it was evaluated elsewhere."""
        named = each.claims[0].dataset
        assert named is not None, "only claims of a dataset are evaluated"
        try:
            return self._shelf.about(named, task_named(job.task).answers, categories_of(each.model, target))[0]
        except DatasetError:
            if self._here:
                raise
            return self._samples.get(job.dataset)

    def _download(self, each: ModelClaims, target: Target) -> Download:
        """The model's weights, held against the policy as fetching them would.

        Raises:
            WeightsError: They cannot be had.
        """
        ref, options = weights_of(each.model, target), self._options
        cache, policy = options.weights_cache, options.policy
        at_hand(ref, cache=cache, policy=policy, remembered=options.remembered)
        found = download_of(ref, self._sizes[each.model.name], cache)
        if found.size != 0 and not ref.url.startswith("hf://"):
            policy.check(ref.url)
        return found

    def _resolved(self, each: ModelClaims) -> Target | None:
        try:
            return resolve(each.model, trust=self._options.policy.trust)
        except Unverifiable as error:
            self._hopeless(each, error.message)
            return None

    def _hopeless(self, each: ModelClaims, reason: str) -> None:
        for claim in each.claims:
            self.cannot(claim, reason)

    def _model(self, each: ModelClaims, download: Download | None = None) -> PlannedModel:
        sizes = self._sizes[each.model.name]
        return PlannedModel(
            name=each.model.name,
            claims=len(each.claims),
            download=download,
            flops=sizes.flops,
            flops_source=sizes.flops_source,
            weights=sizes.weights,
        )


def _dataset(job: EvaluationJob) -> str:
    """Its dataset as people know it: by the vocabulary's name, else as the first card writes it."""
    named = job.work[0].claims[0].dataset
    return named.name if named is not None and fold(named.name) == job.dataset else job.dataset
