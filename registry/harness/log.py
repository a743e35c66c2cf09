"""What a log of another harness says, as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from registry.types.errors import MirError


class HarnessLogError(MirError):
    """A log cannot be read, or is of a run that did not end well."""


class UnknownLogError(HarnessLogError):
    """A file is no log of a harness that is known here."""


@dataclass(frozen=True, kw_only=True, slots=True)
class HarnessResult:
    """One number that a harness measured.

    Attributes:
        task: The harness's name for what was asked of the model, such as `arc_challenge`; empty where it has none.
        metric: The metric as the harness names it, such as `acc_norm`.
        value: As the harness wrote it.
        percent: Whether it is in percentage points; `None` where nobody knows.
        filter: What lm-evaluation-harness made of the answers before it scored them, such as `strict-match`.
        stderr: Its standard error, in the same unit.
        samples: How many samples are behind it.
        all_samples: How many there are in all, where the harness was told to take only some.
        dataset: The data set as the log names it: an id of the Hub, or a name.
        parts: How many other tasks it is the mean of; zero for a task of its own.
        sample_mean: What the samples that were logged beside it come to, where the metric is their mean.
    """

    metric: str
    value: float
    percent: bool | None = None
    task: str = ""
    filter: str = ""
    stderr: float | None = None
    samples: int | None = None
    all_samples: int | None = None
    dataset: str = ""
    config: str = ""
    split: str = ""
    revision: str = ""
    few_shot: int | None = None
    task_version: str = ""
    parts: int = 0
    sample_mean: float | None = None

    def __str__(self) -> str:
        """In one line, such as `arc_challenge acc_norm (25 shots) 0.5427`."""
        shots = "" if self.few_shot is None else f" ({self.few_shot} shots)"
        of = " ".join(part for part in (self.task or self.dataset, self.config, self.metric) if part)
        return f"{of}{shots} {self.value:.6g}"


@dataclass(frozen=True, kw_only=True, slots=True)
class HarnessLog:
    """One file that a harness wrote.

    Attributes:
        harness: Who measured: `lm-eval`, `mteb`, `inspect-ai`, `transformers Trainer`, `OpenMMLab`.
        results: What it measured.
        model: The model as the log names it: an id of the Hub or a folder; empty where it does not.
        commit: Of the harness's code.
        date: When, ISO 8601; empty where the log does not say.
        notes: What was left out, one sentence each.
        file: The file's name, without its folder.
        digest: SHA-256 of the file, as `sha256:<hex>`.
    """

    harness: str
    results: tuple[HarnessResult, ...]
    version: str = ""
    model: str = ""
    revision: str = ""
    commit: str = ""
    date: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    file: str = ""
    folder: str = ""
    digest: str = ""
