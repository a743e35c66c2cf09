"""What a run would do, as plain data."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from registry.types import Claim, Verdict
from registry.verify.planning.span import NOTHING, Span, total
from registry.verify.triage import Kind


@dataclass(frozen=True, kw_only=True, slots=True)
class Download:
    """Weights that a run needs.

    Attributes:
        url: Where they are.
        size: Bytes to bring here: none where they are here already, `None` where nobody says.
        source: Who says so.
    """

    url: str
    size: int | None
    source: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedModel:
    """One model of a job.

    Attributes:
        claims: How many of its claims the job settles.
        download: Its weights, `None` where the job needs none.
        flops: Of one sample, a multiplication and an addition as two; `None` where nobody says.
        flops_source: Who says so.
        weights: Bytes of its parameters as 32-bit floats, `None` where nobody says.
    """

    name: str
    claims: int
    download: Download | None = None
    flops: Span | None = None
    flops_source: str = ""
    weights: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedJob:
    """Models that are measured together in one place.

    Attributes:
        kind: `count` traces models without their weights, `evaluate` runs them on data, `time` on blank pictures.
        library: What builds them; several for counts.
        dataset: The data, empty where the job needs none.
        transform: What is done to each sample, such as resizing and cropping.
        samples: How many there are, `None` where that is not known here.
        memory: Bytes of main memory that the job asks for; zero where it asks for none.
        limit: Seconds that it may take in a worker.
    """

    kind: Kind
    models: tuple[PlannedModel, ...]
    task: str = ""
    library: str = ""
    dataset: str = ""
    transform: str = ""
    samples: int | None = None
    memory: int = 0
    limit: float = math.inf

    @property
    def claims(self) -> int:
        """How many claims it settles."""
        return sum(model.claims for model in self.models)

    @property
    def flops(self) -> Span | None:
        """FLOPs of all samples through all models; `None` where a part of it is not known."""
        if self.kind != "evaluate":
            return NOTHING
        whole, unknown = total(model.flops for model in self.models)
        return None if unknown or self.samples is None else whole * self.samples

    @property
    def weights(self) -> int | None:
        """Bytes of weights that lie on the device together; `None` where a part is not known."""
        sizes = [model.weights for model in self.models if model.weights is not None]
        return sum(sizes) if len(sizes) == len(self.models) else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """One model's measured speed.

    Attributes:
        answering: Seconds of one sample in the model.
        rate: FLOPs a second, `None` where its FLOPs are not known.
        reading: Seconds that a pass waited for one sample, `None` where no data was read.
    """

    machine: str
    model: str
    answering: float
    rate: float | None
    reading: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Estimate:
    """How long the jobs take on one kind of machine, from what was measured there.

    Attributes:
        models: How many models' measured speeds it was learnt from.
        rate: FLOPs a second that they reached; the middle half of them where there are four or more.
        reading: Seconds for reading one sample, `None` where that was not measured.
        seconds: Of each job that runs on data, in the plan's order; `None` where it cannot be told.
    """

    machine: str
    models: int
    rate: Span | None
    reading: Span | None
    seconds: tuple[Span | None, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Cannot:
    """A claim that cannot be verified here, and why."""

    claim: Claim
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """What a run would do.

    Attributes:
        models: How many models were asked about.
        reused: Claims that fresh evidence settles, by its verdict.
        again: Why claims are measured: (claim, reason).
        cannot: Claims that cannot be verified here.
        speeds: What was measured earlier of how fast models run.
    """

    models: int
    reused: Mapping[Verdict, int]
    again: tuple[tuple[Claim, str], ...]
    cannot: tuple[Cannot, ...]
    jobs: tuple[PlannedJob, ...]
    speeds: tuple[Seen, ...] = ()

    @property
    def evaluations(self) -> tuple[PlannedJob, ...]:
        """The jobs that run on data."""
        return tuple(job for job in self.jobs if job.kind == "evaluate")

    def downloads(self) -> list[Download]:
        """Every file of weights once, though several models share it."""
        files = (model.download for job in self.jobs for model in job.models)
        return list({download.url: download for download in files if download is not None}.values())
