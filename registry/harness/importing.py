"""Make evidence of logs, and keep it beside that of mir's own measurements, which it neither replaces nor becomes."""

from __future__ import annotations

import platform
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

from registry import __version__
from registry.claims import ModelClaims
from registry.evidence import Store
from registry.evidence.claim_key import IMPORTED, identity
from registry.harness.harness_evidence import evidence_of
from registry.harness.log import HarnessLog, HarnessLogError
from registry.harness.match import Matched, Matcher, Unmatched
from registry.harness.recognition import read_logs
from registry.types import Evidence


@dataclass(frozen=True, kw_only=True, slots=True)
class Unread:
    """A file that is no log, and why."""

    file: Path
    reason: str


def import_logs(
    paths: Sequence[Path], models: Sequence[ModelClaims], store: Store, *, model: str = "", dataset: str = ""
) -> Iterator[Evidence | Unmatched | Unread]:
    """Write evidence of every claim that a number of some logs is about.

    Args:
        paths: Logs, and folders of them.
        models: The cards' models with their claims.
        store: Where evidence is kept.
        model: The model that the logs are of, whatever they name.
        dataset: The data set of numbers that name none.

    Yields:
        The evidence of each claim, then what is about no claim, then what is no log.

    Raises:
        OutputError: Evidence cannot be written.
    """
    logs: list[HarnessLog] = []
    unread: list[Unread] = []
    for file, found in read_logs(paths):
        if isinstance(found, HarnessLogError):
            unread.append(Unread(file=file, reason=found.message))
        else:
            logs.append(found)
    matcher = Matcher(models, model=model, dataset=dataset)
    matched, unmatched = newest(each for log in logs for each in matcher.match(log))
    here = {"mir": __version__, "python": platform.python_version()}
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    for _, of_model in groupby(matched, key=lambda each: each.claim.model):
        made = [evidence_of(each, method=IMPORTED, environment=here, time=now) for each in of_model]
        yield from store.settle(made, lambda _: False)
    yield from unmatched
    yield from unread


def newest(found: Iterable[Matched | Unmatched]) -> tuple[list[Matched], list[Unmatched]]:
    """One number of each harness for each claim, that of the newest log; and what is about none."""
    chosen: dict[tuple[str, str], Matched] = {}
    left: list[Unmatched] = []
    for each in found:
        if isinstance(each, Unmatched):
            left.append(each)
            continue
        key = identity(each.claim), each.log.harness
        before = chosen.get(key)
        if before is None or (len(each.doubts), before.log.date) <= (len(before.doubts), each.log.date):
            chosen[key] = each
    return list(chosen.values()), left
