"""From a card's results to trials: one model on one dataset, with everything that it takes to run it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import nn

from registry.claims import ModelClaims
from registry.download.http import GoneError
from registry.evidence import digests
from registry.evidence.shard_digests import is_index
from registry.types import BuildError, Claim, DatasetRef, Evidence, Model, WeightsError
from registry.verify.accuracy.dataset_cache import DatasetCache
from registry.verify.accuracy.identity import Identity
from registry.verify.accuracy.options import EvaluationOptions
from registry.verify.basis import asks_average
from registry.verify.builders import exported, resolve
from registry.verify.builders.hub_folder import fetch_running
from registry.verify.class_names import class_names
from registry.verify.datasets import Dataset, plugin_of
from registry.verify.datasets.tables.languages import TRANSLATED
from registry.verify.engines import error_text
from registry.verify.model_inputs import Inputs
from registry.verify.plugins import installed
from registry.verify.target import Preprocessing, Target, WeightsRef
from registry.verify.tasks import inputs_of, task_named, task_of
from registry.verify.weights import (
    Fetched,
    LoadedState,
    RefusedError,
    fetch,
    fit,
    read_checkpoint,
    read_program,
    unwrap,
    with_shards,
)


@dataclass(frozen=True, kw_only=True)
class Question:
    """What one model claims of one dataset.

    Attributes:
        task: Name of the task that takes these claims.
    """

    model: Model
    claims: tuple[Claim, ...]
    dataset: DatasetRef
    task: str


@dataclass(frozen=True, kw_only=True)
class Trial:
    """A question that can be answered here, weights not yet fetched.

    Attributes:
        fingerprint: Digest of the samples and answers.
        identity: Whether the samples are what the card calls them.
    """

    question: Question
    target: Target
    dataset: Dataset
    fingerprint: str
    identity: Identity
    inputs: Inputs


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """A model with its weights.

    Attributes:
        note: What a reader should know of where the weights came from; may be empty.
        base: The file of the model beneath, where the weights are an adapter's.
    """

    model: nn.Module
    fetched: Fetched
    state: LoadedState
    note: str = ""
    base: Fetched | None = None


def questions(work: Sequence[ModelClaims]) -> Iterator[Question]:
    """The claims grouped by model, dataset and task, in the order of the cards."""
    for model_claims in work:
        groups: dict[tuple[DatasetRef, str], list[Claim]] = {}
        for claim in model_claims.claims:
            task = task_of(claim)
            if task is not None and claim.dataset is not None:
                groups.setdefault((_hashable(claim.dataset), task), []).append(claim)
        for (dataset, task), claims in groups.items():
            yield Question(model=model_claims.model, claims=tuple(claims), dataset=dataset, task=task)


def prepare(question: Question, options: EvaluationOptions, shelf: DatasetCache) -> Trial:
    """Find what a question needs.

    Raises:
        Unverifiable: Something is missing, and the message says what.
    """
    target = resolve(question.model, trust=options.policy.trust)
    answers = task_named(question.task).answers
    dataset, fingerprint = shelf.find(question.dataset, answers, categories_of(question.model, target, answers))
    fetch_running(target.folder, options.policy)
    return Trial(
        question=question,
        target=target,
        dataset=dataset,
        fingerprint=fingerprint,
        identity=shelf.identify(question.dataset, dataset, fingerprint),
        inputs=inputs_of(question.task, question.model, target, options.preprocessing),
    )


def categories_of(model: Model, target: Target, answers: str) -> tuple[str, ...] | None:
    """What the outputs mean, in their order: by the card's Classes, else by the weights; `None` where neither says.

    Of a model that translates, its name, which may say from which language into which.

    Raises:
        DatasetError: The card's Classes cannot be read.
    """
    return (model.name,) if answers == TRANSLATED else class_names(model) or target.categories


def plugins_of(question: Question, library: str) -> list[str]:
    """The entry points of other packages that answer a question: of its task, its dataset and its model's builder."""
    dataset = plugin_of(question.dataset.name)
    tasks = [f"mir.tasks:{question.task}"] if question.task in installed("mir.tasks") else []
    datasets = [f"mir.datasets:{dataset}"] if dataset is not None else []
    return tasks + datasets + ([f"mir.builders:{library}"] if library in installed("mir.builders") else [])


def inputs_digest(inputs: Inputs) -> str:
    """Digest of all settings of how samples are prepared."""
    return digests.of_json(inputs.as_dict())


def load(trial: Trial, options: EvaluationOptions, *, average: bool = False) -> Loaded:
    """Fetch the weights and put them into the model.

    Raises:
        WeightsError: They cannot be had, or do not fit.
        BuildError: The model cannot be built.
    """
    fetched, note = _fetch(trial, options)
    if trial.target.library == exported.NAME:
        program = read_program(fetched.path, policy=options.policy)
        return Loaded(model=program, fetched=fetched, state=LoadedState(tensors=program.state_dict()), note=note)
    target = trial.target
    if target.loads is not None:
        return _load_by_library(target, fetched, options, note)
    model = build(target if target.runs is None else replace(target, build=target.runs))
    use_average = average or asks_average(trial.question.model)
    state = unwrap(_read(fetched, options), model.state_dict(), average=use_average)
    if use_average and not state.average:
        raise WeightsError("the card asks for the moving average of the weights (EMA), and the file holds none")
    fit(model, state.tensors, None if target.runs is None else state.versions)
    fetched.ensure_unchanged()
    return Loaded(model=model.eval(), fetched=fetched, state=state, note=note)


def _read(fetched: Fetched, options: EvaluationOptions) -> Any:
    """What a file of weights holds, or all files of an index together."""
    if not fetched.shards:
        return read_checkpoint(fetched.path, policy=options.policy)
    tensors: dict[str, Any] = {}
    for shard in fetched.shards:
        tensors |= read_checkpoint(shard.path, policy=options.policy)
    return tensors


def _load_by_library(target: Target, fetched: Fetched, options: EvaluationOptions, note: str) -> Loaded:
    """Weights put in by the model's library, those of an adapter over those of the model beneath."""
    assert target.loads is not None, "asked for by what the target has"
    settings: dict[str, Any] = {
        "cache": options.weights_cache,
        "policy": options.policy,
        "progress": options.downloading,
    }
    ref = target.base_weights
    base = None if ref is None else with_shards(fetch(ref, **settings), ref, **settings)
    tensors: dict[str, Any] = {}
    for part in (fetched,) if base is None else (base, fetched):
        contents = _read(part, options)
        if not isinstance(contents, Mapping) or not all(
            isinstance(tensor, torch.Tensor) for tensor in contents.values()
        ):
            raise RefusedError(f"{part.url} holds something else than weights by name")
        tensors |= contents
    model = target.loads(tensors)
    for part in (fetched,) if base is None else (base, fetched):
        part.ensure_unchanged()
    stored = ", ".join(sorted({str(tensor.dtype).removeprefix("torch.") for tensor in tensors.values()}))
    return Loaded(model=model, fetched=fetched, state=LoadedState(tensors=tensors, stored=stored), note=note, base=base)


def weights_of(model: Model, target: Target) -> WeightsRef:
    """Where a card's weights are: where it says, else where its library says.

    Raises:
        WeightsError: Neither says.
    """
    digest = str(model.get("SHA256") or "").strip()
    if model.weights:
        first = model.weights[0]
        return WeightsRef(url=first.url, sha256=first.sha256 or None, base=model.base)
    if target.weights is None:
        raise WeightsError("the card names no Weights, and neither does its library")
    return replace(target.weights, sha256=digest or target.weights.sha256, base=model.base)


def input_shape(target: Target, preprocessing: Preprocessing) -> tuple[int, int, int]:
    """(channels, height, width) of a picture as the model gets it; 3x224x224 where nothing says."""
    channels, height, width = target.input_size or (3, 224, 224)
    crop = preprocessing.crop
    if crop is not None:
        height, width = (crop, crop) if isinstance(crop, int) else crop
    return channels, height, width


def _fetch(trial: Trial, options: EvaluationOptions) -> tuple[Fetched, str]:
    model, target = trial.question.model, trial.target
    ref = weights_of(model, target)
    digests = {
        digest for claim in trial.question.claims if (digest := _given(options.earlier(claim), ref.url)) is not None
    }
    # What an index is known by is the digest of all its files.
    earlier = digests.pop() if len(digests) == 1 and not is_index(ref.url) else None
    settings: dict[str, Any] = {
        "cache": options.weights_cache,
        "policy": options.policy,
        "progress": options.downloading,
    }
    try:
        return with_shards(fetch(ref, earlier=earlier, **settings), ref, **settings), ""
    except GoneError as gone:
        if target.weights is None or target.weights.url == ref.url or ref.sha256 is not None:
            raise
        try:
            fetched = fetch(target.weights, **settings)
        except WeightsError as error:
            raise WeightsError(
                f"{gone.message}; nor can {target.library}'s own weights be loaded: {error.message}"
            ) from error
        return fetched, f"the card's {_file(ref.url)} is gone; {target.library} now has {_file(target.weights.url)}"


def _given(evidence: Evidence | None, url: str) -> str | None:
    """The digest of the weights that a URL gave when a claim was measured before."""
    if evidence is None or evidence.measurement is None or evidence.measurement.details.get("weights") != url:
        return None
    return evidence.digests.get("weights")


def build(target: Target) -> nn.Module:
    """A model without its weights.

    Raises:
        BuildError: Its library cannot build it.
    """
    try:
        return target.build()
    except BuildError:
        raise
    except (Exception, SystemExit) as error:
        # A library's constructor is foreign code: whatever it raises is this model's failure and nobody else's.
        raise BuildError(f"{target.library} cannot build {target.name}: {error_text(error)}") from error


def _hashable(dataset: DatasetRef) -> DatasetRef:
    """The same without arguments, which may be a mapping and do not choose the data here."""
    return replace(dataset, args=None)


def _file(url: str) -> str:
    return url.rpartition("/")[2]
