"""Two runs of `mir verify` over one store at the same time, here and on an S3 server."""

from __future__ import annotations

import errno
import json
import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from registry.claims import ModelClaims
from registry.evidence import Store
from registry.storage import place
from registry.types import Claim, Evidence, Location, Measurement, Model, OutputError, Quantity
from registry.verify.outcome import Outcome, unverifiable
from registry.verify.run import verify
from registry.verify.triage import Kind

WEIGHTS = {"weights": "sha256:" + "1" * 64}


class Driver:
    """Measures what it has the data for.

    Args:
        has: Whether it has the data for a model.
        before: Called with a model before its outcome is given, and so before its evidence is written.
        value: What it measures; the cards say 25557032.
    """

    def __init__(
        self, has: Callable[[str], bool], before: Callable[[str], None] = lambda _: None, value: int = 25557032
    ):
        self.has, self.before, self.value = has, before, value

    kind: Kind = "count"

    def takes(self, claim: Claim) -> bool:
        return True

    def digests(self, model: Model, claim: Claim) -> Mapping[str, str]:
        return WEIGHTS if self.has(model.name) else {}

    def final(self, evidence: Evidence) -> bool:
        return False

    def measure(self, work: Sequence[ModelClaims]) -> Iterator[Outcome]:
        for claim in (claim for entry in work for claim in entry.claims):
            self.before(claim.model)
            if self.has(claim.model):
                yield Outcome(
                    claim=claim,
                    verdict="reproduced" if self.value == 25557032 else "refuted",
                    reason="counted",
                    measurement=Measurement(value=self.value, method="count"),
                    digests=WEIGHTS,
                )
            else:
                yield unverifiable(claim, "the data is not here")


def models(count: int) -> list[ModelClaims]:
    at = Location(file="models/card.md", line=3)
    return [
        ModelClaims(
            model=Model(name=f"m{number}", location=at, file="models/card.md", base="/", dialect="model-index"),
            claims=(
                Claim(
                    model=f"m{number}",
                    subject="parameters",
                    label="Parameters",
                    kind="count",
                    reported=Quantity.parse("25557032", "count"),
                    location=at,
                ),
            ),
        )
        for number in range(count)
    ]


@pytest.fixture(params=["local", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    root = str(tmp_path) if request.param == "local" else request.getfixturevalue("s3")
    return Store(place(f"{root}/evidence"))


def files(store: Store) -> int:
    return len(list(store.files.scan("", 9)))


def test_a_driver_without_the_data_does_not_replace_what_another_settled_meanwhile(store: Store) -> None:
    work = models(1)

    def another_settles(_: str) -> None:
        list(verify(work, [Driver(lambda _: True)], store))

    (result,) = verify(work, [Driver(lambda _: False, before=another_settles)], store)
    assert (result.evidence.verdict, result.reused) == ("reproduced", True)
    assert result.earlier == ("not measured again: the data is not here",)
    assert [evidence.verdict for evidence in store.all()] == ["reproduced"]
    assert files(store) == 1


def test_what_another_settled_meanwhile_about_an_older_card_does_not_stay(store: Store) -> None:
    work = models(1)
    older = [
        replace(
            entry, claims=tuple(replace(claim, reported=Quantity.parse("25557033", "count")) for claim in entry.claims)
        )
        for entry in work
    ]

    def another_settles(_: str) -> None:
        list(verify(older, [Driver(lambda _: True)], store))

    (result,) = verify(work, [Driver(lambda _: False, before=another_settles)], store)
    assert (result.evidence.verdict, result.reused) == ("unverifiable", False)
    assert [evidence.claim.reported.text for evidence in store.records()] == ["25557033"], "it is stale, and says so"


def test_of_two_that_settle_the_later_stays_whole(store: Store) -> None:
    work = models(1)

    def another_settles(_: str) -> None:
        list(verify(work, [Driver(lambda _: True, value=25557031)], store))

    list(verify(work, [Driver(lambda _: True, before=another_settles)], store))
    (evidence,) = store.all()
    assert (evidence.verdict, evidence.measurement and evidence.measurement.value) == ("reproduced", 25557032)


@pytest.mark.parametrize("seed", range(4))
def test_many_interleavings_lose_and_double_nothing(store: Store, seed: int) -> None:
    count = 30 if isinstance(store.folder, Path) else 10
    chance = random.Random(seed)
    has = [{f"m{number}" for number in range(count) if chance.random() < 0.5} for _ in range(3)]
    done: list[int] = []

    def drive(names: set[str], chance: random.Random) -> None:
        work = models(count)
        chance.shuffle(work)
        driver = Driver(lambda name: name in names, before=lambda _: time.sleep(chance.random() / 500))
        done.append(len(list(verify(work, [driver], store))))

    drivers = [threading.Thread(target=drive, args=(names, random.Random(f"{seed}{names}"))) for names in has]
    for driver in drivers:
        driver.start()
    for driver in drivers:
        driver.join()
    assert done == [count] * 3
    assert store.problems() == []
    verdicts = {evidence.claim.model: evidence.verdict for evidence in store.all()}
    somebody = set().union(*has)
    assert verdicts == dict.fromkeys(somebody, "reproduced")
    assert files(store) == len(somebody)


def test_a_run_tells_of_claims_in_their_order_and_ends_with_what_cannot_be_written(
    s3: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, work = Store(place(f"{s3}/evidence")), models(50)
    results = list(verify(work, [Driver(lambda _: True)], store))
    assert [result.evidence.claim.model for result in results] == [f"m{number}" for number in range(50)]
    real = store.files.update

    def fails(name: str, *arguments: Any) -> None:
        if name.startswith("m7-"):
            raise OutputError("the bucket is full") from OSError(errno.ENOSPC, "No space left on device")
        real(name, *arguments)

    monkeypatch.setattr(store.files, "update", fails)
    times: list[str] = []
    with pytest.raises(OutputError, match="the bucket is full"):
        times.extend(result.evidence.time for result in verify(work, [Driver(lambda _: True)], store, force=True))
    assert len(times) == 7
    assert len(store.all()) == 50


def test_a_run_that_learns_nothing_leaves_every_object_as_it_was(s3: str) -> None:
    import fsspec

    store, work = Store(place(f"{s3}/evidence")), models(3)

    def versions() -> object:
        objects = fsspec.filesystem("s3", use_listings_cache=False).find(f"{s3}/evidence", detail=True)
        return {name: (info["ETag"], info["LastModified"]) for name, info in objects.items()}

    driver = Driver(lambda name: name != "m1")
    list(verify(work, [driver], store))
    before = versions()
    time.sleep(1.1)  # S3 tells times in seconds
    assert [result.reused for result in verify(work, [driver], store)] == [True, True, False]
    assert versions() == before


def test_no_path_of_this_machine_gets_into_a_remote_store(
    s3: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(place(f"{s3}/evidence"))
    monkeypatch.chdir(tmp_path)

    def written(file: str) -> str:
        (work,) = models(1)
        moved = replace(work, claims=tuple(replace(claim, location=Location(file=file)) for claim in work.claims))
        list(verify([moved], [Driver(lambda _: True)], store, force=True))
        (entry,) = store.entries()
        assert str(tmp_path) not in json.dumps(entry.data)
        return str(entry.data["claim"]["location"]["file"])

    assert written("models/a.md") == "models/a.md"
    assert written(str(tmp_path / "models" / "a.md")) == "models/a.md"
    assert written("/elsewhere/a.md") == "a.md"
    assert written("../a.md") == "a.md"
