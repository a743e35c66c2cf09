from __future__ import annotations

import copy
import json
import math
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.evidence import RecordError, from_json, model_file, to_json
from registry.evidence.model_file import ModelFile
from registry.evidence.record_schema import mistakes
from registry.types import VERDICTS, Claim, DatasetRef, Evidence, Location, Measurement, Quantity

TEXT = st.text(max_size=30)
MAYBE = st.none() | TEXT
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=5,
)
NUMBERS = st.decimals(min_value=-(10**30), max_value=10**30, allow_nan=False)
CLAIMS = st.builds(
    Claim,
    model=st.text(min_size=1, max_size=30),
    subject=TEXT,
    label=TEXT,
    kind=st.sampled_from(["count", "ratio", "bytes", "seconds", "number"]),
    reported=st.builds(
        Quantity,
        value=NUMBERS,
        half_width=NUMBERS,
        unit=st.sampled_from(["", "1", "B", "s"]),
        text=TEXT,
        percent=st.booleans(),
        spread=st.just(Decimal(0)),
    ),
    location=st.builds(Location, TEXT, st.integers(1), st.integers(1), st.none(), st.none(), path=TEXT),
    task=MAYBE,
    dataset=st.none()
    | st.builds(DatasetRef, name=TEXT, type=MAYBE, config=MAYBE, split=MAYBE, revision=MAYBE, args=JSON),
)
MEASUREMENTS = st.builds(
    Measurement,
    value=st.integers() | st.floats(allow_nan=False, allow_infinity=False),
    method=st.text(min_size=1, max_size=10),
    convention=MAYBE,
    samples=st.none() | st.integers(0),
    interval=st.none() | st.tuples(st.floats(0, 1), st.floats(0, 1)),
    details=st.dictionaries(TEXT, JSON, max_size=3),
)


@st.composite
def evidences(draw: st.DrawFn) -> Evidence:
    claim, verdict = draw(CLAIMS), draw(st.sampled_from(VERDICTS))
    measurement = MEASUREMENTS if verdict not in ("unverifiable", "error") else st.none() | MEASUREMENTS
    return Evidence(
        claim=claim,
        verdict=verdict,
        reason=draw(TEXT),
        measurement=draw(measurement),
        digests={"claim": claim.digest},
        environment=draw(st.dictionaries(TEXT, TEXT, max_size=3)),
        time="2026-01-02T03:04:05Z",
    )


def dump(evidence: Evidence) -> bytes:
    return model_file.dump(ModelFile(model=evidence.claim.model, records={"it": to_json(evidence)}))


def parse(data: bytes) -> Evidence:
    return from_json(model_file.read(data).records["it"])


@given(evidences())
def test_what_is_written_is_valid_and_reads_back_the_same(evidence: Evidence) -> None:
    data = dump(evidence)
    assert mistakes(json.loads(json.dumps(to_json(evidence)))) == []
    assert parse(data) == evidence
    assert dump(parse(data)) == data


def test_numbers_keep_every_digit(evidence: Evidence) -> None:
    exact = Quantity(value=Decimal("0.1000000000000000055"), half_width=Decimal(0), unit="1", text="0.1")
    large = 2**70 + 1
    changed = replace(
        evidence,
        claim=replace(evidence.claim, reported=exact),
        measurement=replace(evidence.measurement, value=large),  # type: ignore[type-var]
    )
    back = parse(dump(changed))
    assert back.claim.reported.value == exact.value
    assert back.measurement is not None
    assert back.measurement.value == large


def test_half_a_surrogate_pair_is_written_and_read(evidence: Evidence) -> None:
    odd = replace(evidence, claim=replace(evidence.claim, model="Alex\ud800Net"))
    assert parse(dump(odd)) == odd


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_number_that_json_lacks_is_refused(evidence: Evidence, value: float) -> None:
    with pytest.raises(ValueError, match=r"measurement\.value is"):
        to_json(replace(evidence, measurement=Measurement(value=value, method="evaluate")))


def everything_wrong(record: Any, path: tuple[Any, ...] = ()) -> list[tuple[tuple[Any, ...], Any]]:
    """Every part of a record with something of the wrong type in its place, and every key left out."""
    faults: list[tuple[tuple[Any, ...], Any]] = []
    if isinstance(record, dict):
        for key, value in record.items():
            at = (*path, key)
            faults += [(at, "leave out"), (at, [object()]), (at, 12 if isinstance(value, str) else "text")]
            faults += everything_wrong(value, at)
    return faults


def test_a_record_with_anything_wrong_is_refused_by_reader_and_schema_alike(evidence: Evidence) -> None:
    record = to_json(replace(evidence, measurement=replace(evidence.measurement, details={})))  # type: ignore[type-var]
    record["environment"] = {"python": "3.11"}
    count = 0
    for path, wrong in everything_wrong(record):
        changed = copy.deepcopy(record)
        parent: Any = changed
        for key in path[:-1]:
            parent = parent[key]
        if wrong == "leave out":
            del parent[path[-1]]
        else:
            parent[path[-1]] = wrong
        refused = bool(mistakes(changed))
        try:
            from_json(changed)
            read = True
        except RecordError:
            read = False
        # Left out of an open mapping it is no mistake; text in place of null is none where text may stand.
        assert read is not refused or path[0] == "digests" or path == ("time",), (path, wrong)
        count += 1
    assert count > 100


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"\xff\xfe\x00", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b'{"a": ' + b"9" * 6000 + b"}", "not JSON"),
        (b"[]", "must be an object"),
        (b"{}", "'$schema' is missing"),
        (b'{"$schema": "urn:other"}', "'$schema' must be"),
        (b" " * (17 << 20), "larger than"),
    ],
)
def test_bytes_that_are_no_evidence_are_refused_in_one_sentence(data: bytes, says: str) -> None:
    with pytest.raises(RecordError, match=None) as refusal:
        parse(data)
    assert says in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_a_verdict_on_a_measurement_needs_the_measurement(evidence: Evidence) -> None:
    record = {**to_json(evidence), "measurement": None}
    assert mistakes(record)
    with pytest.raises(RecordError, match="'measurement' is missing"):
        from_json(record)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("verdict", "wonderful"),
        ("claim.kind", "colour"),
        ("claim.reported.value", "about half"),
        ("claim.reported.value", "NaN"),
        ("claim.reported.unit", "%"),
        ("digests.weights", 7),
        ("digests.other", 7),
        ("measurement.interval", [0.5]),
        ("measurement.interval", [0.5, "0.6"]),
        ("measurement.value", True),
    ],
)
def test_a_value_that_means_nothing_is_named(evidence: Evidence, path: str, value: object) -> None:
    record = to_json(evidence)
    *parents, key = path.split(".")
    at = record
    for parent in parents:
        at = at[parent]
    at[key] = value
    assert mistakes(record)
    with pytest.raises(RecordError, match=f"'{path}' "):
        from_json(record)


def test_an_infinite_measurement_is_refused(evidence: Evidence) -> None:
    data = dump(evidence).replace(b"0.56522", b"1e999")
    with pytest.raises(RecordError, match=r"'measurement\.value' must be a finite number"):
        parse(data)


@pytest.mark.parametrize("name", ["claim", "model", "weights", "dataset", "preprocessing", "code", "other"])
@pytest.mark.parametrize("digest", ["", "7b" * 32, "sha256:7b", "sha256:" + "7B" * 32, "md5:" + "7b" * 32])
def test_the_schema_knows_a_digest_by_its_form(evidence: Evidence, name: str, digest: str) -> None:
    record = to_json(evidence)
    record["digests"][name] = digest
    (mistake,) = mistakes(record)
    assert mistake.startswith(f"$.digests.{name}: ")


@pytest.mark.parametrize("time", ["", "yesterday", "2026-01-02", "2026-01-02T03:04:05+01:00"])
def test_the_schema_knows_a_time_by_its_form(evidence: Evidence, time: str) -> None:
    assert mistakes(to_json(replace(evidence, time=time)))
