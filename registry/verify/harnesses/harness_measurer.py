"""Running another harness as one of the ways to measure that `mir verify` has."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from registry.claims import ModelClaims
from registry.evidence.rejudge.imported import RUN as METHOD
from registry.harness import HarnessLogError, read_logs
from registry.harness.harness_evidence import evidence_of
from registry.harness.importing import newest
from registry.harness.lead import Lead, lead
from registry.harness.log import HarnessLog
from registry.harness.match import Matched, Matcher
from registry.types import Claim, Evidence, MirError, Model, Unverifiable, WeightsError
from registry.verify.accuracy.options import EvaluationOptions
from registry.verify.environment import environment
from registry.verify.harnesses.commands import HarnessRun, is_task, program, subject_of
from registry.verify.outcome import Outcome, unverifiable
from registry.verify.triage import Kind

SECONDS = 24 * 3600.0
"""Time that a run may take where nobody says: a benchmark of a large model takes hours."""

_TAIL = 64 << 10
_LONGEST = 300


class HarnessError(MirError):
    """A harness did not come to its end."""


def run_harness(start: Sequence[str], run: HarnessRun, output: Path, seconds: float | None) -> None:
    """Run it to its end.

    Args:
        start: How it is started.
        run: What it is to do.
        output: Folder for what it writes; it runs there, so that nothing of the caller's folder is on its path.
        seconds: Time that it may take.

    Raises:
        Unverifiable: See `HarnessRun.command`.
        HarnessError: It cannot be started, ends with an error, or takes longer.
    """
    output.mkdir(parents=True, exist_ok=True)
    command = run.command(start, output.absolute())
    with tempfile.TemporaryFile() as log:
        try:
            process = subprocess.Popen(  # noqa: S603 - no shell; the card's part of it is held to plain names
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=output,
                env={**os.environ, **run.environment},
                start_new_session=True,
            )
        except OSError as error:
            raise HarnessError(f"{run.harness} cannot be started: {error.strerror or error}") from error
        try:
            code = process.wait(SECONDS if seconds is None else seconds)
        except subprocess.TimeoutExpired as error:
            raise HarnessError(
                f"{run.harness} took longer than {error.timeout:g} s; --time-limit gives it more"
            ) from error
        finally:
            _end(process)
        if code:
            raise HarnessError(f"{run.harness} ended with exit code {code}: {_last_line(log)}")


def _end(process: subprocess.Popen[bytes]) -> None:
    """End what is left of it, workers included."""
    with suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:  # Windows, where nothing else is known of those that it started
            process.kill()
    process.wait()


def _last_line(log: object) -> str:
    assert hasattr(log, "seek")
    size = log.seek(0, os.SEEK_END)
    log.seek(max(0, size - _TAIL))
    lines = log.read().decode("utf-8", "replace").strip().splitlines()  # type: ignore[attr-defined]
    return lines[-1].strip()[:_LONGEST] if lines else "it said nothing"


class Harnesses:
    """Results of other harnesses, by running them; see `registry.verify.triage.Measurer`."""

    kind: Kind = "harness"

    def __init__(self, names: Sequence[str], options: EvaluationOptions) -> None:
        self._names = frozenset(names)
        self._options = options

    def takes(self, claim: Claim) -> bool:
        """Whether one of the harnesses measures such claims."""
        harness_lead = lead(claim)
        return harness_lead is not None and harness_lead.harness in self._names

    def digests(self, model: Model, claim: Claim) -> Mapping[str, str]:  # noqa: ARG002
        """Of the model's files, where they lie beside the card."""
        try:
            return subject_of(model).digests(self._options.remembered)
        except WeightsError:
            return {}

    def final(self, evidence: Evidence) -> bool:  # noqa: ARG002
        """Never: a harness, or its data, that was not here may be now."""
        return False

    def measure(self, work: Sequence[ModelClaims]) -> Iterator[Outcome]:
        """Run each harness once for a model and a number of examples in the prompt."""
        for model_claims in work:
            for harness_lead, claims in by_harness(model_claims.claims):
                yield from self._measure(model_claims.model, harness_lead, claims)

    def _measure(self, model: Model, harness_lead: Lead, claims: Sequence[Claim]) -> Iterator[Outcome]:
        try:
            start, subject = startable(harness_lead.harness), subject_of(model)
        except Unverifiable as error:
            yield from (unverifiable(claim, error.message) for claim in claims)
            return
        task_claims = [claim for claim in claims if is_task(_task(claim))]
        yield from (
            unverifiable(claim, f"'{_task(claim)}' is no task's name") for claim in claims if claim not in task_claims
        )
        run = HarnessRun(
            harness=harness_lead.harness,
            subject=subject,
            tasks=tuple(dict.fromkeys(map(_task, task_claims))),
            few_shot=harness_lead.few_shot,
            device=self._options.device,
            batch_size=self._options.batch_size,
            trust=self._options.trust,
        )
        if run.tasks:
            yield from self._run(start, run, ModelClaims(model=model, claims=tuple(task_claims)))

    def _run(self, start: Sequence[str], run: HarnessRun, model_claims: ModelClaims) -> Iterator[Outcome]:
        report = self._options.progress
        if report is not None:
            report(0, len(run.tasks), f"{run.harness}: {model_claims.model.name}")
        with tempfile.TemporaryDirectory(prefix="mir-harness-") as folder:
            output = Path(folder) / "results"
            failed = ""
            try:
                run_harness(start, run, output, self._options.seconds)
            except HarnessError as error:
                failed = error.message
            except Unverifiable as error:
                yield from (unverifiable(claim, error.message) for claim in model_claims.claims)
                return
            # One task that fails leaves what the others came to.
            logs = [log for _, log in read_logs([output]) if not isinstance(log, HarnessLogError)]
        yield from self._outcomes(logs, run, model_claims, failed)

    def _outcomes(
        self, logs: Iterable[HarnessLog], run: HarnessRun, model_claims: ModelClaims, failed: str
    ) -> Iterator[Outcome]:
        matcher = Matcher([model_claims], model=model_claims.model.name)
        matched, left = newest(match for log in logs for match in matcher.match(log))
        done = {match.claim.digest: match for match in matched}
        digests = run.subject.digests(self._options.remembered)
        reasons = "; ".join(dict.fromkeys(unmatched.reason for unmatched in left)) or "its log holds no number for it"
        for claim in model_claims.claims:
            match = done.get(claim.digest)
            if match is not None:
                yield self._judged(match, digests)
            elif failed:
                yield Outcome(claim=claim, verdict="error", reason=failed, digests=digests)
            else:
                yield unverifiable(claim, f"{run.harness} ran, and measured something else: {reasons}")

    def _judged(self, match: Matched, digests: Mapping[str, str]) -> Outcome:
        evidence = evidence_of(match, method=METHOD, environment=environment(self._options.device), time="")
        return Outcome(
            claim=evidence.claim,
            verdict=evidence.verdict,
            reason=evidence.reason,
            measurement=evidence.measurement,
            digests={**digests, "log": match.log.digest},
            environment=evidence.environment,
        )


def startable(harness: str) -> list[str]:
    """How a harness is started.

    Raises:
        Unverifiable: It is not installed; the message says how it is.
    """
    start = program(harness)
    if start is None:
        raise Unverifiable(Lead(harness).reason)
    return start


def _task(claim: Claim) -> str:
    harness_lead = lead(claim)
    return "" if harness_lead is None else harness_lead.task


def by_harness(claims: Iterable[Claim]) -> list[tuple[Lead, list[Claim]]]:
    """Claims that one run measures: of one harness and as many examples in the prompt."""
    groups: dict[tuple[str, int | None], list[Claim]] = {}
    for claim in claims:
        harness_lead = lead(claim)
        assert harness_lead is not None, "only claims that a harness takes come here"
        groups.setdefault((harness_lead.harness, harness_lead.few_shot), []).append(claim)
    return [(Lead(harness, "", shots), some) for (harness, shots), some in groups.items()]
