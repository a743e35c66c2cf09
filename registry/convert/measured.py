"""What evidence measured, as results that the dialects can write."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from urllib.parse import quote

from registry import __version__
from registry.convert.converted_files import Converted, as_models
from registry.dialects.writers import Notes, Spot
from registry.dialects.writers.identifiers import is_benchmark
from registry.evidence.claim_key import file_of
from registry.evidence.rejudge.imported import is_imported
from registry.types import Claim, DatasetRef, Evidence, Measurement, Metric, Model, Result
from registry.vocabulary import Vocabulary, fold

Benchmark = tuple[str, str]
"""A data set of the Hub that holds a benchmark, and the task in it, as its `eval.yaml` names them."""


def export(
    evidence: Iterable[Evidence],
    to: str,
    *,
    url: str | None = None,
    vocabulary: Vocabulary | None = None,
    benchmarks: Mapping[str, Benchmark] | None = None,
) -> Converted:
    """The measured results of each model in a format of the Hub.

    Args:
        evidence: What is known of claims. Counts of parameters and FLOPs are left out, and said to be: the Hub's
            formats hold only results on data.
        to: `huggingface` or `eval-results`.
        url: Address under which the folder of the evidence is published; it becomes the source of each number.
        vocabulary: The known metrics, those of the project included.
        benchmarks: For `eval-results`, which benchmark a data set of the cards is, by its folded name. Without it a
            data set is one where the card gives its repository and configuration.
    """
    notes = Notes(vocabulary=vocabulary or Vocabulary.load())
    models: dict[str, list[Result]] = {}
    for item in evidence:
        measurement = result_of(item, notes)
        if measurement is not None:
            result = _result(item, measurement, to, url)
            if to == "eval-results":
                result = _of_benchmark(result, item.claim, benchmarks or {})
            models.setdefault(item.claim.model, []).append(result)
    outputs = as_models([(_model(name, tuple(results), to), "") for name, results in models.items()], to, notes)
    return Converted(outputs=tuple(outputs), losses=tuple(notes.losses))


def result_of(evidence: Evidence, notes: Notes) -> Measurement | None:
    """What was measured on data, `None`, with the reason noted, where nothing was."""
    claim = evidence.claim
    if evidence.measurement is None:
        notes.lose(Spot(claim.model, claim.label, claim), f"it is {evidence.verdict}, so that there is no value")
    elif is_imported(evidence):
        notes.lose(Spot(claim.model, claim.label, claim), "another harness measured it, and not mir")
    elif claim.dataset is None:
        notes.lose(Spot(claim.model, claim.label, claim), "it is no result on a data set")
    else:
        return evidence.measurement
    return None


def said(evidence: Evidence) -> str:
    """What the evidence says, in one line."""
    measurement = evidence.measurement
    samples = f" on {measurement.samples} samples" if measurement and measurement.samples else ""
    claim = evidence.claim
    return f"{claim.label}: measured by mir{samples}; the card says {claim.reported.text}, {evidence.verdict}"


def printed(claim: Claim, value: float) -> str:
    """A measurement in the unit that the card uses: percentage points where it prints those.

    >>> from registry.types import Location, Quantity
    >>> reported = Quantity.parse("56.55%", "ratio")
    >>> claim = Claim(
    ...     model="x", subject="accuracy", label="a", kind="ratio", reported=reported, location=Location(file="")
    ... )
    >>> printed(claim, 0.56522)
    '56.522'
    """
    number = Decimal(repr(value))
    return f"{number.scaleb(2) if claim.reported.percent else number:f}"


def _result(evidence: Evidence, measurement: Measurement, to: str, url: str | None) -> Result:
    claim = evidence.claim
    assert claim.dataset is not None
    text = printed(claim, measurement.value)
    # An entry of .eval_results has no name for its value; the notes say it.
    name = claim.label if to == "huggingface" else "value"
    return Result(
        task=claim.task or "",
        dataset=claim.dataset,
        metrics=(Metric(name=name, value=float(text), text=text),),
        location=claim.location,
        source_name=None if url is None else f"mir {evidence.environment.get('mir', __version__)}",
        source_url=None if url is None else f"{url.rstrip('/')}/{quote(str(file_of(claim)))}",
        extra={"date": evidence.time, "notes": said(evidence)} if to == "eval-results" else {},
    )


def _of_benchmark(result: Result, claim: Claim, benchmarks: Mapping[str, Benchmark]) -> Result:
    """The result under the names of its benchmark; without a data set where nobody says which that is."""
    dataset = result.dataset
    benchmark = next(
        (benchmarks[fold(text)] for text in (dataset.type, dataset.name) if text and fold(text) in benchmarks), None
    )
    if benchmark is not None:
        return replace(result, dataset=DatasetRef(name=benchmark[0], revision=dataset.revision), task=benchmark[1])
    if claim.label == "value" and claim.task:  # a claim of `.eval_results`, which has both already
        return result
    name = next((text for text in (dataset.type, dataset.name) if text and is_benchmark(text)), "")
    task = dataset.config or ""
    return replace(result, dataset=DatasetRef(name=name, revision=dataset.revision), task=task, task_type=None)


def _model(name: str, results: tuple[Result, ...], to: str) -> Model:
    location = results[0].location
    return Model(name=name, location=location, file=location.file, base="", dialect=to, results=results)
