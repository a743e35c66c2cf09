"""All known names, those that a project adds included."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from registry.lazy_regex import lazy_regex
from registry.types import ConfigError, Location, Metric, MetricTerm
from registry.vocabulary.metrics import at_cut_off, by_spelling, fold, metric_terms, qualifier, read_metrics, slug
from registry.vocabulary.slips import allowed, distance, mistaken
from registry.vocabulary.toml_files import own_table, read_table

_HERE = Path(__file__).parent
_REMEMBERED = 65536
_WORD = lazy_regex(r"[A-Za-z][a-z]{3,}")
_DIGITS = lazy_regex(r"\d+[a-z]*")
"""Numbers with what counts them: `Recall10k` is none of ten guesses."""


class Term(NamedTuple):
    """A data set or task.

    Attributes:
        name: The spelling to use.
        aliases: Other spellings of the very same thing.
        classes: For data sets, the number of classes that a classifier is tested on; zero where unknown.
    """

    name: str
    aliases: tuple[str, ...] = ()
    classes: int = 0


@dataclass(frozen=True)
class Vocabulary:
    """Metrics, data sets and tasks by each of their folded spellings."""

    metrics: Mapping[str, MetricTerm]
    datasets: Mapping[str, Term]
    tasks: Mapping[str, Term]

    @staticmethod
    def load(*files: str) -> Vocabulary:
        """The words that come with `mir`, and those of a project's TOML files.

        Such a file has tables `[metrics.<slug>]` as in `metrics.toml`, `[datasets]` as in `datasets.toml` and
        `[tasks]` as in `tasks.toml`; an entry of the same name replaces the one that comes with `mir`.

        Raises:
            ConfigError: A file cannot be read, or an entry is not of that form.
        """
        return _load(files, tuple(_version(file) for file in files))

    def metric(self, name: str) -> MetricTerm | None:
        """The metric that a printed name means. What stands in brackets after it is left out: `Accuracy (testA)`."""
        folded = fold(name)
        term = self.metrics.get(folded)
        if term is None and folded.endswith(")"):
            term = self.metrics.get(folded.partition("(")[0].rstrip())
        return term or at_cut_off(name)

    def subject(self, name: str) -> str:
        """What a claim under a printed name is about, as a slug.

        A name with more in brackets than a unit is something else than the plain one: its number was measured on other
        data or in another way.

        >>> words = Vocabulary.load()
        >>> words.subject("top_1 accuracy"), words.subject("FLOPs (G)"), words.subject("Accuracy (testA)")
        ('top-1-accuracy', 'flops', 'accuracy-testa')
        """
        subject = self._said.get(name)
        if subject is None:
            term = self.metrics.get(fold(name)) or (None if qualifier(name) else self.metric(name))
            subject = term.subject if term is not None else slug(name)
            if len(self._said) < _REMEMBERED:
                self._said[name] = subject
        return subject

    def of_subject(self, subject: str) -> MetricTerm | None:
        """The metric whose slug this is."""
        return self._subjects.get(subject)

    def dataset(self, name: str) -> Term | None:
        """The data set that a printed name means."""
        return self.datasets.get(fold(name))

    def task(self, name: str) -> Term | None:
        """The task that a printed name means."""
        return self.tasks.get(fold(name))

    def slip_of_metric(self, name: str) -> str | None:
        """The metric that an unknown name resembles."""
        # Of short names and of those in capitals a letter more is another metric: PQ and mPQ, SSIM and DSSIM.
        if self.metric(name) is not None:
            return None
        near = slip_of if _WORD.search(name) else _alike
        match = near(name, self._folded[0])
        return None if match is None else self.metrics[match].name

    def slip_of_dataset(self, name: str) -> str | None:
        """The data set that an unknown name resembles."""
        match = slip_of(name, self._folded[1])
        return None if match is None else self.datasets[match].name

    def slip_of_task(self, name: str) -> str | None:
        """The task that an unknown name resembles."""
        match = slip_of(name, self._folded[2])
        return None if match is None else self.tasks[match].name

    @cached_property
    def _said(self) -> dict[str, str]:
        """Subjects by the names that were asked for: a card of many results has the same few metrics in each."""
        return {}

    @cached_property
    def _subjects(self) -> Mapping[str, MetricTerm]:
        return {term.subject: term for term in self.metrics.values()}

    @cached_property
    def _folded(self) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
        """The spellings of metrics, data sets and tasks."""
        return frozenset(self.metrics), frozenset(self.datasets), frozenset(self.tasks)


@lru_cache(maxsize=16)
def _load(files: tuple[str, ...], versions: tuple[object, ...]) -> Vocabulary:  # noqa: ARG001 - a part of the key
    metrics = dict(metric_terms())
    datasets = _datasets(own_table(_HERE / "datasets.toml"))
    tasks = _tasks(own_table(_HERE / "tasks.toml"))
    for file in files:
        table = read_table(Path(file))
        try:
            metrics |= read_metrics(table.get("metrics", {}))
            datasets |= _datasets(table.get("datasets", {}))
            tasks |= _tasks(table.get("tasks", {}))
        except (AttributeError, KeyError, TypeError) as error:
            raise ConfigError(f"is no vocabulary: {error}", location=Location(file=file)) from error
    return Vocabulary(by_spelling(metrics), _spellings(datasets), _spellings(tasks))


def _version(file: str) -> tuple[int, int, int] | None:
    """What changes when a file does: an editor and a server of the site go on while it is written."""
    try:
        status = Path(file).stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


@lru_cache(maxsize=4096)
def slip_of(name: str, spellings: frozenset[str]) -> str | None:
    """The folded spelling that an unknown name is most likely a slip of, `None` where there is none.

    Digits must agree: `CIFAR-20` is no slip of `CIFAR-10`, but another data set.
    """
    folded = fold(name)
    if folded in spellings:
        return None
    if (same := mistaken(folded, spellings)) is not None:
        return same
    most, digits = allowed(len(folded)), _DIGITS.findall(folded)
    steps, match = min(
        ((distance(folded, other, most), other) for other in spellings if _comparable(folded, other, most)),
        default=(most + 1, ""),
    )
    return match if steps <= most and _DIGITS.findall(match) == digits else None


def _alike(name: str, spellings: frozenset[str]) -> str | None:
    return mistaken(fold(name), spellings)


def _comparable(one: str, other: str, most: int) -> bool:
    """Whether it is worth while to compare them letter by letter: nobody mistypes the length and both first letters."""
    return abs(len(one) - len(other)) <= most and (one[:1] == other[:1] or one[1:2] == other[1:2])


def _datasets(table: Mapping[str, Any]) -> dict[str, Term]:
    return {
        name: Term(name=name, aliases=tuple(entry.get("aliases", ())), classes=entry.get("classes", 0))
        for name, entry in table.items()
    }


def _tasks(table: Mapping[str, Any]) -> dict[str, Term]:
    return {name: Term(name=name, aliases=tuple(aliases)) for name, aliases in table.items()}


def _spellings(terms: Mapping[str, Term]) -> dict[str, Term]:
    return {fold(name): term for term in terms.values() for name in (term.name, *term.aliases)}


_NAMES = frozenset(
    {
        "backbone", "batch", "batch size", "bit", "bit depth", "bits", "cfg", "cfg scale", "cgs", "checkpoint", "clip",
        "clips", "crop", "crop size", "crops", "degradation", "disc step", "dist step", "epoch", "epochs", "factor",
        "fold", "frame", "frames", "guidance", "guidance scale", "image size", "images per prompt", "input",
        "input size", "iou threshold", "iter", "iteration", "iterations", "iters", "kernel", "language", "level",
        "lr schd", "max iter", "method", "mode", "model", "n disc", "network", "noise", "noise level", "num frames",
        "num images", "num images per prompt", "num scales", "num steps", "prompt", "protocol", "quality",
        "resolution", "sampling steps", "scale", "scales", "schedule", "score threshold", "seed", "setting", "shot",
        "shots", "sigma", "size", "split", "stage", "step", "steps", "subset", "temperature", "test size", "threshold",
        "total iter", "total iterations", "total iters", "total steps", "upscale", "upscale factor", "view", "views",
        "way", "ways", "\u03c3",
    }
)  # fmt: skip
_SIGNS = frozenset("<$\\*`{}^")
_MARKUP = lazy_regex(r"<[^<>]{1,20}>|[$\\*`{}^]+")


@lru_cache(maxsize=4096)
def is_condition(name: str) -> bool:
    r"""Whether a name under `Metrics` says how was measured, and not what.

    >>> is_condition("Total Iters\\*"), is_condition("$\\sigma$"), is_condition("Size / Num images per prompt")
    (True, True, True)
    >>> is_condition("PSNR"), is_condition("Precision10k")
    (False, False)
    """
    text = name if _SIGNS.isdisjoint(name) else _MARKUP.sub(" ", name)
    plain = " ".join(text.replace("_", " ").replace("-", " ").split()).casefold()
    parts = [part.strip() for part in plain.split("/")]
    return all(part in _NAMES for part in parts) if any(parts) else False


def conditions(metrics: Iterable[Metric]) -> tuple[tuple[str, str], ...]:
    """Names and printed values of the conditions among the metrics of a result, in the order of their names."""
    pairs = {
        (" ".join((*metric.within, metric.name)), metric.text or str(metric.value))
        for metric in metrics
        if not is_measured(metric)
    }
    return tuple(sorted(pairs)) if pairs else ()


def is_measured(metric: Metric) -> bool:
    """Whether a metric is a number that was measured, and no condition of the others."""
    if is_condition(metric.name):
        return False
    return not metric.within or not any(map(is_condition, metric.within))
