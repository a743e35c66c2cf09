"""A registry as three tables of plain values: models, their claims, and the evidence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from registry.claims import read_claims
from registry.claims.publication import CODE_KEYS, DATA_KEYS, DATE_KEYS, PAPER_KEYS, licence, published
from registry.download.hub_address import as_hub_address
from registry.evidence.beside import Beside, Shown, ShownVerdict
from registry.evidence.claim_key import identity
from registry.numbers import beside, whole
from registry.types import Evidence, Index, Kind, Model, QuantityError
from registry.verify.lacking import Lacking
from registry.vocabulary import Vocabulary, read_quantity
from registry.vocabulary.toml_files import own_table

Column = list[Any]

SCHEMA: Mapping[str, Mapping[str, str]] = own_table(Path(__file__).with_suffix(".toml"))
"""The columns of each table with their types in SQL.

`value`, `measured` and the like are in base units: a count, a fraction of one, bytes, seconds. Claims of
one model with the same `evaluation` were reported of the same task and data. `evidence.claim_id` is empty where no card
makes the claim any more.
"""

TEXTS: Mapping[str, Sequence[str]] = {
    "paper": PAPER_KEYS,
    "architecture": ("Architecture", "Architectures"),
    "training_data": DATA_KEYS,
    "training_techniques": ("Training Techniques",),
    "config": ("Config",),
    "code": CODE_KEYS,
    "date": DATE_KEYS,
}
"""The columns of the table of models that hold texts, with the fields of a card that they are taken from, the first
that there is. Several texts of one field stand in a column with `SEPARATOR` between them; of `date` see `published`."""

SEPARATOR = "; "

METADATA = {"parameters": "parameters", "flops": "flops", "file-size": "file_size"}
"""The subjects that the table of models repeats, with their column."""

_GOOD: frozenset[ShownVerdict] = frozenset({"reproduced", "within-tolerance"})


@dataclass(frozen=True, slots=True)
class RegistryTable:
    """One table.

    Attributes:
        columns: The values of each column, in the order of the rows.
    """

    columns: Mapping[str, Column]

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))

    def rows(self) -> Iterator[dict[str, Any]]:
        """The rows as plain data."""
        names = list(self.columns)
        for values in zip(*self.columns.values(), strict=True):
            yield dict(zip(names, values, strict=True))

    def row(self, number: int) -> dict[str, Any]:
        """One row as plain data."""
        return {name: column[number] for name, column in self.columns.items()}


@dataclass(frozen=True, slots=True)
class Tables:
    """Everything that can be asked of a registry."""

    models: RegistryTable
    claims: RegistryTable
    evidence: RegistryTable

    def named(self) -> Mapping[str, RegistryTable]:
        """The tables by their names."""
        return {name: getattr(self, name) for name in SCHEMA}


def tables(index: Index, evidence: Iterable[Evidence], vocabulary: Vocabulary | None = None) -> Tables:
    """The tables of an index and its evidence; a model without a name is left to `mir check`."""
    records = list(evidence)
    beside = Beside(records, Lacking().explain)
    libraries = _libraries(index)
    prose = {card.file: card.body for card in index.cards}
    models, claims, evidence_rows = _Rows("models"), _Rows("claims"), _Rows("evidence")
    beside_a_claim: set[str] = set()
    evaluations: dict[tuple[str, ...], int] = {}
    for model_claims in read_claims(index, vocabulary):
        standings = [beside.shown(claim, model_claims.model) for claim in model_claims.claims]
        for entry in standings:
            if entry.evidence is not None:
                beside_a_claim.add(identity(entry.evidence.claim))
                evidence_rows.add(_evidence(entry.evidence, len(claims), bool(entry.stale)))
            claims.add(_claim(entry, len(claims), len(models), evaluations))
        models.add(
            _model(model_claims.model, standings, len(models), libraries, prose.get(model_claims.model.file, ""))
        )
    for proof in records:
        if identity(proof.claim) not in beside_a_claim:
            evidence_rows.add(_evidence(proof, None, stale=True))
    return Tables(models.table(), claims.table(), evidence_rows.table())


class _Rows:
    """The rows of a table while it is made."""

    def __init__(self, name: str) -> None:
        self._names = tuple(SCHEMA[name])
        self._rows: list[tuple[Any, ...]] = []

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, row: tuple[Any, ...]) -> None:
        self._rows.append(row)

    def table(self) -> RegistryTable:
        columns = list(zip(*self._rows, strict=True)) or [()] * len(self._names)
        return RegistryTable(
            {name: [_clean(value) for value in column] for name, column in zip(self._names, columns, strict=True)}
        )


def _model(
    model: Model, standings: list[Shown], number: int, libraries: Mapping[str, str], prose: str
) -> tuple[Any, ...]:
    values = {
        standing.claim.subject: float(standing.claim.reported.value)
        for standing in reversed(standings)
        if not standing.claim.dataset
    }
    verdicts = [standing.verdict for standing in standings]
    texts = {name: _several(model, keys) for name, keys in TEXTS.items() if keys is not DATE_KEYS}
    texts["date"] = published(model, (texts["paper"] or "").split(SEPARATOR), prose) or None
    return (
        number,
        model.name,
        model.collection,
        _library(model, libraries),
        licence(model)[0] or None,
        model.weights[0].url if model.weights else None,
        *(texts[name] for name in TEXTS),
        *(values.get(subject) for subject in METADATA),
        len(standings),
        sum(verdict in _GOOD for verdict in verdicts),
        verdicts.count("refuted"),
        model.dialect,
        as_hub_address(model.file),
        model.location.line,
    )


def _claim(standing: Shown, number: int, model: int, evaluations: dict[tuple[str, ...], int]) -> tuple[Any, ...]:
    claim = standing.claim
    dataset, measured = claim.dataset, standing.measurement
    evaluation = None
    if dataset is not None:
        key = (str(model), str(claim.task), *map(str, dataset.identity), str(claim.conditions))
        evaluation = evaluations.setdefault(key, len(evaluations))
    return (
        number,
        model,
        claim.model,
        evaluation,
        claim.subject,
        claim.label,
        claim.kind,
        claim.task,
        dataset.name if dataset else None,
        dataset.config if dataset else None,
        dataset.split if dataset else None,
        claim.reported.text,
        float(claim.reported.value),
        float(claim.reported.half_width),
        claim.reported.unit,
        standing.verdict,
        standing.reason or None,
        _number(measured.value) if measured else None,
        as_hub_address(claim.location.file),
        claim.location.line,
        claim.location.path,
    )


def _evidence(evidence: Evidence, claim: int | None, stale: bool) -> tuple[Any, ...]:
    about, measured = evidence.claim, evidence.measurement
    low, high = (measured.interval if measured else None) or (None, None)
    return (
        claim,
        about.model,
        about.subject,
        about.dataset.name if about.dataset else None,
        about.reported.text,
        evidence.verdict,
        stale,
        evidence.reason,
        _number(measured.value) if measured else None,
        measured.method if measured else None,
        measured.convention if measured else None,
        measured.samples if measured and measured.samples is not None and measured.samples < 2**63 else None,
        _number(low),
        _number(high),
        evidence.environment.get("device"),
        evidence.time,
    )


def _libraries(index: Index) -> dict[str, str]:
    """The library that the models of each file belong to, by what the index that brings the file in says."""
    libraries = {card.file: field.text for card in index.cards if (field := card.library.get("Name"))}
    for card in index.cards:
        if card.file in libraries:
            for file in card.imports:
                libraries.setdefault(file, libraries[card.file])
    return libraries


def _library(model: Model, libraries: Mapping[str, str]) -> str | None:
    builder = str(model.get("Builder") or "")
    return libraries.get(model.file) or _several(model, ("library_name",)) or builder.partition(":")[0] or None


def _several(model: Model, names: Iterable[str]) -> str | None:
    """The texts of the first of some fields that a model has."""
    for name in names:
        texts = dict.fromkeys(_texts(model.get(name)))
        if texts:
            return SEPARATOR.join(texts)
    return None


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, Mapping):
        yield from (str(item) for item in value.values() if item is not None and not isinstance(item, list | Mapping))
    elif value is not None and str(value).strip():
        yield str(value)


def _number(value: float | None) -> float | None:
    try:
        return None if value is None else float(value)
    except OverflowError:
        return None  # an integer beyond any float, which evidence written by hand may hold


def measured_text(measured: float, label: str, reported: str, kind: Kind) -> str:
    """A measured value of the tables in the way that its claim is printed."""
    try:
        return beside(whole(measured), read_quantity(label.partition(": ")[0], reported, kind), kind)
    except QuantityError:  # which only a record that somebody wrote by hand can bring
        return f"{measured:.12g}"


def _clean(value: Any) -> Any:
    """Text without halves of surrogate pairs, which no database takes."""
    if isinstance(value, str) and not value.isascii():
        return value.encode("utf-8", "replace").decode()
    return value
