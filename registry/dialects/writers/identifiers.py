"""Identifiers that the Hub requires where other cards have only names.

A name and the identifier made from it say the same, so that the one is left out where the other stands. A thing that
is known only by its identifier is known by that name.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from registry.lazy_regex import lazy_regex
from registry.types import Metric
from registry.vocabulary.hub_identifiers import hub_identifiers
from registry.vocabulary.metrics import fold, slug
from registry.vocabulary.vocabulary import Vocabulary


def task_type(name: str) -> str:
    """The Hub's identifier of a task.

    >>> task_type("Image Classification"), task_type("Pose Estimation")
    ('image-classification', 'pose-estimation')
    """
    return hub_identifiers("tasks").get(fold(name)) or identifier(name)


def metric_type(name: str, vocabulary: Vocabulary) -> str:
    """An identifier for a metric, the same for each spelling that is known.

    >>> metric_type("Top-1", Vocabulary.load()), metric_type("Shoe Size", Vocabulary.load())
    ('top-1-accuracy', 'shoe-size')
    """
    return vocabulary.subject(name) if identifier(name) != name else name


def whole_name(metric: Metric) -> str:
    """A metric's name with those of the mappings that it stands in, for formats that have none: `Set5 PSNR`.

    >>> whole_name(Metric(name="PSNR", value=30.6, text="30.6", within=("Set5",)))
    'Set5 PSNR'
    """
    return " ".join((*metric.within, metric.name)) if metric.within else metric.name


def nested_type(metric: Metric, vocabulary: Vocabulary) -> str:
    """The identifier of a metric in a mapping: of the innermost name that is one of a metric, else of all together."""
    names = (name for name in (metric.name, *reversed(metric.within)) if vocabulary.metric(name) is not None)
    return metric_type(next(names, whole_name(metric)), vocabulary)


def identifier(name: str) -> str:
    """A name as an identifier; one that is an identifier already, such as `TIGER-Lab/MMLU-Pro`, stays.

    >>> identifier("ImageNet"), identifier("TIGER-Lab/MMLU-Pro"), identifier("common_voice")
    ('imagenet', 'TIGER-Lab/MMLU-Pro', 'common_voice')
    """
    if name and not any(letter.isspace() or letter.isupper() for letter in name):
        return name
    if is_benchmark(name):
        return name
    return slug(name) or name.strip()


_REPOSITORY = lazy_regex(r"\w[\w.-]*/\w[\w.-]*", re.ASCII)


def is_benchmark(text: str) -> bool:
    """Whether a text can be a repository of the Hub with its owner, as benchmarks are.

    >>> is_benchmark("Idavidrein/gpqa"), is_benchmark("ImageNet"), is_benchmark("56.5%/2")
    (True, False, False)
    """
    return _REPOSITORY.fullmatch(text) is not None


def named(name: str, kind: str | None, derive: Callable[[str], str]) -> tuple[str, str | None]:
    """A name and its identifier, in the one way of several that say the same.

    Args:
        name: The name; may be empty.
        kind: The identifier, if any.
        derive: Makes the identifier from the name.

    >>> named("ImageNet", "imagenet", identifier), named("", "beans", identifier)
    (('ImageNet', None), ('beans', None))
    >>> named("Beans", "nateraw/beans", identifier)
    ('Beans', 'nateraw/beans')
    """
    name = name or kind or ""
    return name, kind if kind and kind != derive(name) else None
