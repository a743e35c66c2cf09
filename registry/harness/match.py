"""Find the claims that a harness's number is about, by data set, configuration, split, task, metric and examples."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from registry.claims import ModelClaims
from registry.harness.harness_names import aliases, folded, metric, unowned, without_subset
from registry.harness.lead import Lead, few_shot, lead
from registry.harness.log import HarnessLog, HarnessResult
from registry.types import Claim, Model
from registry.vocabulary.dataset_sizes import split_name

_WHOLE = frozenset({"", "all", "default", "standard", "main", "plaintext", "none", "na"})
_METADATA = frozenset({"count", "bytes", "seconds"})
_FILTERS = ("", "none", "strict-match", "create_test", "mean")
"""What lm-eval makes of answers before it scores them, what a card is likely to mean first."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Matched:
    """A claim and the number that is about it.

    Attributes:
        doubts: Why it may be of something else, so that it refutes nothing; one clause each.
    """

    claim: Claim
    model: Model
    result: HarnessResult
    log: HarnessLog
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Unmatched:
    """A task or number of a log that is about no claim.

    Attributes:
        about: The task and metric, or the log's model.
    """

    log: HarnessLog
    about: str
    reason: str


class Matcher:
    """Holds logs against the claims of cards."""

    def __init__(self, models: Sequence[ModelClaims], *, model: str = "", dataset: str = "") -> None:
        self._models = [model_claims for model_claims in models if not model or model_claims.model.name == model]
        self._asserted = bool(model)
        self._dataset = folded(dataset)
        self._by_name: dict[int, dict[str, list[Claim]]] = {}

    def match(self, log: HarnessLog) -> Iterator[Matched | Unmatched]:
        """Every claim that a number of the log is about, and what is about none."""
        owner, why = self._owner(log)
        if owner is None:
            yield Unmatched(log=log, about=log.model or log.file, reason=why)
            return
        chosen: dict[int, Matched] = {}
        left: list[Unmatched] = []
        for result in log.results:
            candidates = list(self._claims(owner, result, log, left))
            for candidate in candidates:
                before = chosen.get(id(candidate.claim))
                chosen[id(candidate.claim)] = candidate if before is None else _better(before, candidate)
        yield from chosen.values()
        yield from _told(left)

    def _owner(self, log: HarnessLog) -> tuple[ModelClaims | None, str]:
        """The card's model that a log is of, or why there is none."""
        beside = [model_claims for model_claims in self._models if lies_beside(model_claims.model, log)]
        if not self._asserted and len(beside) == 1 and (not log.model or is_folder(log.model)):
            return beside[0], ""
        if self._asserted or not log.model:
            if len(self._models) == 1:
                return self._models[0], ""
            if not self._models:
                return None, "no card here is of that model"
            return None, f"it does not say which of the {len(self._models)} models it is of; name it with --model"
        owners = [model_claims for model_claims in self._models if is_of(model_claims.model, log.model)]
        if len(owners) == 1:
            return owners[0], ""
        if owners:
            return None, f"{len(owners)} cards are of a model of that name; name one with --model"
        return (
            None,
            f"it is of the model '{log.model}', which no card here is about; --model NAME says that it is NAME's",
        )

    def _claims(
        self, owner: ModelClaims, result: HarnessResult, log: HarnessLog, left: list[Unmatched]
    ) -> Iterator[Matched]:
        """Claims that a number is about; what comes near is noted in `left` with what differs."""
        about = str(result)
        candidates = self._candidates(owner, result)
        if not candidates:
            left.append(Unmatched(log=log, about=about, reason="the card claims nothing on that data"))
            return
        same = [claim for claim in candidates if same_metric(claim, result)]
        if not same:
            left.append(Unmatched(log=log, about=about, reason="the card does not claim this metric on that data"))
            return
        why = ""
        claims = []
        for claim in same:
            difference = _differs(claim, result)
            why = why or difference
            if not difference:
                claims.append(claim)
        if not _names(result) and len({str(claim.dataset) for claim in claims}) > 1:
            sets = ", ".join(sorted({str(claim.dataset) for claim in claims})[:4])
            left.append(Unmatched(log=log, about=about, reason=f"it may be of {sets}; name one with --dataset"))
            return
        if not claims:
            left.append(Unmatched(log=log, about=about, reason=why))
        for claim in claims:
            doubts = tuple(_doubts(claim, result))
            yield Matched(claim=claim, model=owner.model, result=result, log=log, doubts=doubts)

    def _candidates(self, owner: ModelClaims, result: HarnessResult) -> list[Claim]:
        index = self._by_name.get(id(owner))
        if index is None:
            index = self._by_name[id(owner)] = _index(owner)
        names = _names(result) or ({self._dataset} if self._dataset else {""})
        claims = {id(claim): claim for name in sorted(names) for claim in index.get(name, ())}
        return list(claims.values())


def lies_beside(model: Model, log: HarnessLog) -> bool:
    """Whether a log lies in the folder of a card, or below it."""
    return bool(model.base) and Path(log.folder).is_relative_to(Path(model.base))


def is_folder(name: str) -> bool:
    """Whether a log names its model by a folder, which says nothing on another machine."""
    return name.startswith(("/", "./", "../", "~")) or "\\" in name


def is_of(model: Model, name: str) -> bool:
    """Whether a log's name of a model, an id of the Hub or a folder, is that of a card."""
    log_name = unowned(name.rstrip("/").replace("\\", "/")).casefold()
    folder = Path(model.base).name if model.base else ""
    # A card of the Hub lies in the folder of its repository, which copies of it name owner@name or owner--name.
    config = model.get("Config")  # by which OpenMMLab's logs name a model
    stem = Path(config).stem if isinstance(config, str) else ""
    names = {model.name, folder, stem, *folder.replace("--", "@").split("@")[1:]}
    return log_name in {unowned(name).casefold() for name in names if name}


def same_metric(claim: Claim, result: HarnessResult) -> bool:
    """Whether a claim is of a result's metric."""
    measured = metric(result.metric)
    same = aliases()["same"].get(result.task, {})
    label = claim.label.partition(":")[0]
    metrics = {metric(label), metric(claim.subject)}
    if label == "value":
        return measured in aliases()["main"]["metrics"]
    short = metric(result.metric.rpartition("/")[2])
    return bool(metrics & {measured, short, same.get(measured, measured)}) or _leaderboard_strict(metrics, result)


def _leaderboard_strict(metrics: set[str], result: HarnessResult) -> bool:
    return "strict_accuracy" in metrics and result.metric in ("prompt_level_strict_acc", "inst_level_strict_acc")


def _index(owner: ModelClaims) -> dict[str, list[Claim]]:
    """Claims by the folded names of their data sets and tasks; all results under the empty name."""
    index: dict[str, list[Claim]] = defaultdict(list)
    for claim in owner.claims:
        if claim.dataset is None or claim.kind in _METADATA:
            continue
        for name in {"", *_of_claim(claim, lead(claim))}:
            index[name].append(claim)
    return index


def _of_claim(claim: Claim, leads: Lead | None) -> set[str]:
    dataset = claim.dataset
    assert dataset is not None, "only results are indexed"
    plain = without_subset(dataset.name)
    titles = [dataset.name, dataset.type or "", plain, plain.removeprefix("MTEB ")]
    names = {folded(unowned(title)) for title in titles if title}
    if leads is not None and leads.task:
        names |= {folded(leads.task), folded(leads.task.removeprefix("leaderboard_"))}
    if claim.label == "value" and claim.task:
        names.add(folded(claim.task))
    return names - {""}


def _names(result: HarnessResult) -> set[str]:
    """The folded names of what a result was measured on; `json` and `csv` are readers of files and no names."""
    task = result.task.removeprefix("leaderboard_")
    data = "" if result.dataset in ("json", "csv", "parquet", "text", "arrow") else unowned(result.dataset)
    of_task = {folded(result.task), folded(task)}
    # Of a data set in parts, each part is a task of its own, and only its own name and the whole's are its names.
    of_data = {folded(data)} if data and not (result.config and folded(result.config) not in _WHOLE) else set()
    return (of_task | of_data | ({folded(data)} if data and not result.task else set())) - {""}


def _differs(claim: Claim, result: HarnessResult) -> str:
    """What a claim names otherwise than a result, empty where nothing."""
    dataset = claim.dataset
    assert dataset is not None, "only results are matched"
    config, its = folded(dataset.config or ""), folded(result.config)
    if its and config and config != its and not (config in _WHOLE and its in _WHOLE) and its != folded(result.task):
        return f"the card's is of the configuration {dataset.config}, not {result.config}"
    split, other = _split(dataset.split), _split(result.split)
    if split and other and split != other:
        return f"the card's is of the split {dataset.split}, not {result.split}"
    shots = few_shot(dataset)
    if shots is not None and result.few_shot is not None and shots != result.few_shot:
        return f"the card's is with {shots} examples in the prompt, not {result.few_shot}"
    return ""


def _split(name: str | None) -> str:
    text = folded(name or "")
    return "val" if text in ("dev", "eval") else split_name(text) or text


def _doubts(claim: Claim, result: HarnessResult) -> Iterator[str]:
    """Why a number that is another than the card's may be of something else than the card means."""
    dataset = claim.dataset
    assert dataset is not None, "only results are matched"
    if result.few_shot and few_shot(dataset) is None:
        yield f"the card does not say how many examples the prompt had, and the log is with {result.few_shot}"
    if dataset.revision and result.revision and dataset.revision != result.revision:
        yield f"the card names revision {dataset.revision[:12]} of the data, and the log {result.revision[:12]}"
    if result.filter not in _FILTERS:
        yield f"the log's is of the filter {result.filter}, of which the card says nothing"
    if _leaderboard_strict({metric(claim.label), metric(claim.subject)}, result):
        yield "the Open LLM Leaderboard gives the mean of the strict accuracies by prompt and by instruction"
    leads = lead(claim)
    if leads is not None and leads.task in aliases()["rescaled"]["tasks"]:
        yield "the Open LLM Leaderboard rescales each part between chance and 100 before it takes the mean"


def _better(one: Matched, other: Matched) -> Matched:
    """Of two numbers for one claim, the one that it more likely means."""
    return min(one, other, key=lambda match: (len(match.doubts), _rank(match.result.filter), match.result.parts > 0))


def _rank(filtered: str) -> int:
    return _FILTERS.index(filtered) if filtered in _FILTERS else len(_FILTERS)


def _told(left: Sequence[Unmatched]) -> Iterator[Unmatched]:
    """What was left, numbers of one task that have the same reason in one."""
    groups: dict[tuple[str, str], list[Unmatched]] = {}
    for unmatched in left:
        groups.setdefault((unmatched.about.partition(" ")[0], unmatched.reason), []).append(unmatched)
    for (task, _), same in groups.items():
        about = same[0].about if len(same) == 1 else f"{task} ({len(same)} numbers)"
        yield Unmatched(log=same[0].log, about=about, reason=same[0].reason)
