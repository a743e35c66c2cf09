"""Records of evaluations: their arithmetic, and the verdict that follows from it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from registry.evidence.rejudge.sampling import bounds, wilson
from registry.evidence.rejudge.score import ScoreFacts, judge_score
from registry.types import Claim, Evidence, Measurement
from registry.vocabulary.dataset_sizes import NamedSplit, published_split

_SHARE = re.compile(r"(?:top-\d+-)?(?P<what>accuracy|error)")
_TINY = 1e-9


@dataclass(frozen=True, kw_only=True, slots=True)
class Circumstances:
    """What a verdict depends on besides the score; it stands in a record's details under these names.

    Attributes:
        unreadable_count: Samples that could not be read.
        ties: How many right answers may be wrong and how many wrong ones right, because best answers tie.
        population: How many samples there are in all, where only some were drawn at random.
        complete: Whether the samples are known to be the whole of the data set that the claim names.
        subset: What part of that data set they are known to be, empty where they are all or nobody knows.
        overrides: What the caller set over the card's own settings, by name.
        class_order: How the order of the classes was found; `guessed` where nothing says it and the answers would be
            right more often under another.
        trivial: Why any model would score so, such as five best answers out of five classes.
    """

    unreadable_count: int = 0
    ties: tuple[int, int] = (0, 0)
    population: int | None = None
    complete: bool = False
    subset: str = ""
    overrides: Mapping[str, str] | None = None
    class_order: str = ""
    trivial: str = ""

    def as_details(self) -> dict[str, Any]:
        """Those that are not as usual, as a record's details."""
        details: dict[str, Any] = {
            "unreadable_count": self.unreadable_count,
            "ties": list(self.ties) if any(self.ties) else None,
            "population": self.population,
            "complete": self.complete,
            "subset": self.subset,
            "overrides": dict(self.overrides or {}),
            "class_order": self.class_order,
            "trivial": self.trivial,
        }
        return {name: value for name, value in details.items() if value}

    @classmethod
    def of(cls, details: Mapping[str, Any]) -> Circumstances:
        """The same from a record's details.

        Raises:
            TypeError: One of them is not of its kind.
            ValueError: The same.
        """
        fewer, more = details.get("ties") or (0, 0)
        population = details.get("population")
        return cls(
            unreadable_count=_count(details.get("unreadable_count", 0)),
            ties=(_count(fewer), _count(more)),
            population=None if population is None else _count(population),
            complete=details.get("complete") is True,
            subset=str(details.get("subset") or ""),
            overrides={str(name): str(value) for name, value in dict(details.get("overrides") or {}).items()},
            class_order=str(details.get("class_order") or ""),
            trivial=str(details.get("trivial") or ""),
        )

    @property
    def obstacle(self) -> str:
        """Why the measurement says nothing of the card's claim; empty where it does."""
        if self.overrides:
            settings = ", ".join(f"{name}={value}" for name, value in self.overrides.items())
            return f"measured with {settings} over the card's own, so that it is no verdict on the card"
        return self.subset or self.trivial

    @property
    def doubt(self) -> str:
        """Why a refutation would be unfair; empty where it would not."""
        if self.class_order != "guessed":
            return ""
        return (
            "nothing says in which order the model numbers its classes, and the order of their folders' names is not "
            "it, since more answers are right under another: name them in the card's Classes"
        )

    def facts(
        self, subject: str, *, value: float, samples: int, interval: tuple[float, float], right: int | None = None
    ) -> ScoreFacts:
        """A score of a metric under these circumstances."""
        fewer, more = self.ties
        if subject.endswith("error"):
            fewer += self.unreadable_count
        else:
            more += self.unreadable_count
        return ScoreFacts(
            value=value,
            samples=samples,
            interval=interval,
            right=right,
            fewer=fewer,
            more=more,
            population=self.population,
            complete=self.complete,
            obstacle=self.obstacle,
            doubt=self.doubt,
        )


def contradictions(evidence: Evidence, measurement: Measurement) -> Iterator[str]:
    """What in the record of an evaluation does not follow from the rest of it, one sentence each."""
    claim, details = evidence.claim, measurement.details
    try:
        circumstances = Circumstances.of(details)
    except (TypeError, ValueError):
        yield "its details are not what mir writes of an evaluation"
        return
    samples, interval = measurement.samples, measurement.interval
    if samples is None or samples < 1 or interval is None:
        yield "it does not say how many samples were evaluated"
        return
    right = right_of(claim, measurement)
    errors_count = claim.subject.endswith("error")
    if right is not None:
        yield from _arithmetic(measurement, circumstances, right, samples, interval)
        yield from _classes(details.get("per_class"), samples - right if errors_count else right, samples)
        if evidence.verdict in ("reproduced", "within-tolerance", "refuted"):
            yield from _whole(claim, circumstances, samples)
    facts = circumstances.facts(
        claim.subject, value=float(measurement.value), samples=samples, interval=interval, right=right
    )
    judged = judge_score(claim.reported, facts)
    if judged.verdict != evidence.verdict:
        yield f"the verdict is {evidence.verdict}, and what was measured makes {judged.verdict}: {judged.reason}"


def right_of(claim: Claim, measurement: Measurement) -> int | None:
    """How many samples count, where the score is a share of them."""
    count = measurement.details.get("right")
    if isinstance(count, int) and not isinstance(count, bool):
        return count
    samples = measurement.samples or 0
    nearest = round(measurement.value * samples)
    share = _SHARE.fullmatch(claim.subject) is not None and abs(measurement.value * samples - nearest) < 1e-3
    return nearest if share else None


def _arithmetic(
    measurement: Measurement, circumstances: Circumstances, right: int, samples: int, interval: tuple[float, float]
) -> Iterator[str]:
    if not 0 <= right <= samples or abs(measurement.value * samples - right) > 1e-6 * samples:
        yield f"{right} of {samples} samples are not {measurement.value}"
        return
    population = circumstances.population
    if population is not None and population > samples:
        low, high = bounds(right, samples, population)
        whose, expected = "", (low / population, high / population)
    else:
        whose, expected = "Wilson's ", wilson(right, samples)
    if any(abs(bound - right_one) > _TINY for bound, right_one in zip(interval, expected, strict=True)):
        recorded, computed = (f"{low:.6f} to {high:.6f}" for low, high in (interval, expected))
        yield f"the interval of {right} of {samples} samples is {recorded}, and not {whose}{computed}"


def _whole(claim: Claim, circumstances: Circumstances, samples: int) -> Iterator[str]:
    """Whether the samples are as many as the data set is known to have, where the record says or hides it."""
    published = published_split(claim.dataset) if claim.dataset is not None else NamedSplit()
    sizes = published.known.sizes(published.split) if published.known is not None else ()
    drawn_from = circumstances.population or samples
    counts = (drawn_from, drawn_from + circumstances.unreadable_count)
    whole = bool(sizes) and any(published.known.is_whole(published.split, count, None) for count in counts)  # type: ignore[union-attr]
    if circumstances.complete and not whole:
        size_text = f"{published.split} has {' or '.join(map(str, sizes))}" if sizes else "nobody published its size"
        yield f"it says that {samples} samples are the whole data set, and {size_text}"
    elif sizes and not whole and not circumstances.subset:
        yield f"{samples} samples are not the whole {published.split}, and it does not say so"


def _classes(per_class: Any, right: int, samples: int) -> Iterator[str]:
    """Whether the classes' counts add up, where they stand in the record as `right/samples`."""
    if not isinstance(per_class, Mapping):
        return
    pairs = [re.fullmatch(r"(\d{1,9})/(\d{1,9})", str(text)) for text in per_class.values()]
    if not all(pairs):
        return
    counted = [(int(pair[1]), int(pair[2])) for pair in pairs if pair is not None]
    total = sum(count for count, _ in counted), sum(count for _, count in counted)
    if total[1] == samples and total != (right, samples):
        yield f"its classes have {total[0]} of {total[1]} samples right, and not {right} of {samples}"


def _count(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise TypeError(f"{value!r} is no number of samples")
    return value
