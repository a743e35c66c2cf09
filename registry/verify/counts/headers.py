"""Parameters of a model that cannot be built: as the header of its weights says, of which a few kilobytes are read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from registry.evidence.rejudge.count_chance import compared, first_fit
from registry.read.tensor_header import HeaderError, Tensors, count_tensors, local_tensors, read_local
from registry.types import Claim, Measurement, Model, Verdict, WeightsError
from registry.verify.builders.package import read_clues
from registry.verify.counts.filesize import local_file
from registry.verify.outcome import Outcome, unverifiable

ReadRemote = Callable[[str, int, int], bytes]
"""Gives a part of a file on a host; raises `WeightsError`."""

HOW = "the weights' header"
_SUFFIXES = (".safetensors", ".safetensors.index.json")


def judge_header(model: Model, claim: Claim, problem: str, read_remote: ReadRemote | None) -> Outcome | None:
    """The verdict on a claim of parameters from the header of the weights, `None` where they have none.

    Args:
        model: A model that cannot be built.
        claim: What it says of its parameters.
        problem: Why it cannot be built.
        read_remote: Reads a part of a file on a host; without it no network is used.
    """
    try:
        tensors = _tensors(model, read_remote)
    except HeaderError as error:
        return unverifiable(claim, f"{problem}; {error}")
    except WeightsError as error:
        return unverifiable(claim, f"{problem}; {error.message}")
    return None if tensors is None else _judged(claim, tensors)


def _tensors(model: Model, read_remote: ReadRemote | None) -> Tensors | None:
    url = read_clues(model).weights
    if not url and model.dialect == "huggingface":
        file = local_tensors(Path(model.base))
        return None if file is None else count_tensors(file, read_local)
    if not urlsplit(url).path.endswith(_SUFFIXES):
        return None
    path = local_file(model, url)
    if path is not None:
        return count_tensors(str(path), read_local)
    return count_tensors(url, read_remote) if read_remote is not None and urlsplit(url).scheme else None


def _judged(claim: Claim, tensors: Tensors) -> Outcome:
    types = ", ".join(f"{kind} {count}" for kind, count in tensors.by_type.items())
    if tensors.packed:
        reason = f"{HOW} has numbers that hold several weights each ({types}), so that they cannot be counted by it"
        return unverifiable(claim, reason)
    ways = {HOW: tensors.parameters}
    if tensors.buffers:
        ways[f"{HOW}, buffers included"] = tensors.parameters + tensors.buffers
    fit = first_fit(claim.reported, list(ways.values()))
    way, count = list(ways.items())[fit.place if fit else 0]
    verdict: Verdict
    if fit is None:
        verdict, reason = "refuted", f"{way} has {count} ({types}), not {claim.reported}"
    elif fit.coarse:
        reason = f"{claim.reported} is printed too coarsely to tell: the {count} of {way} fit, but {fit.coarse}"
        verdict = "unverifiable"
    else:
        verdict, reason = "reproduced", f"{way} has {count} ({types}){f'; {fit.note}' if fit.note else ''}"
    details = {**compared(ways, fit.chance if fit else 0.0), "by_type": dict(tensors.by_type), "files": tensors.files}
    measured = Measurement(value=count, method="count", convention=way, details=details)
    return Outcome(claim=claim, verdict=verdict, reason=reason, measurement=measured)
