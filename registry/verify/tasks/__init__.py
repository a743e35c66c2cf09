"""Tasks by name. Adding one means one file here and one line below, or an entry point of the group `mir.tasks`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from registry.harness.lead import OWN, lead
from registry.types import Claim, Model, PredictionsError, Unverifiable
from registry.verify.engines import Failure, Resources, WorkerBeside, error_text, in_worker, is_worker
from registry.verify.plugins import PluginError, installed, load
from registry.verify.predictions import KeptPredictions
from registry.verify.tasks.classification import Classification, VideoClassification
from registry.verify.tasks.detection import Detection
from registry.verify.tasks.flow import OpticalFlow
from registry.verify.tasks.regression import Regression
from registry.verify.tasks.segmentation import Segmentation
from registry.verify.tasks.task import Score, Task
from registry.verify.tasks.text.language_modelling import LanguageModelling
from registry.verify.tasks.text.question_answering import QuestionAnswering
from registry.verify.tasks.text.speech import SpeechRecognition
from registry.verify.tasks.text.text_classification import SentenceSimilarity, TextClassification, TextRegression
from registry.verify.tasks.text.token_classification import TokenClassification
from registry.verify.tasks.text.translation import Summarization, Translation

if TYPE_CHECKING:
    from registry.verify.model_inputs import Inputs
    from registry.verify.target import Target

__all__ = [
    "BUILT_IN",
    "Classification",
    "Detection",
    "OpticalFlow",
    "Regression",
    "Score",
    "Segmentation",
    "Task",
    "TextClassification",
    "VideoClassification",
    "asked",
    "decide",
    "inputs_of",
    "score_of",
    "task_named",
    "task_of",
    "task_that_scores",
    "unmeasured",
]

_TASKS: tuple[Task, ...] = (
    Detection(),
    Segmentation(),
    OpticalFlow(),
    TextClassification(),
    TextRegression(),
    TokenClassification(),
    QuestionAnswering(),
    SentenceSimilarity(),
    LanguageModelling(),
    Translation(),
    Summarization(),
    SpeechRecognition(),
    Regression(),
    VideoClassification(),
    Classification(),
)

BUILT_IN: Mapping[str, Task] = {task.name: task for task in _TASKS}
"""The tasks of this package, in the order in which they are asked whether they take a claim."""


def task_of(claim: Claim) -> str | None:
    """Name of the task that takes a claim, `None` where none does. Plug-ins are asked first."""
    if claim.dataset is None:
        return None
    if claim.digest in _DECIDED:
        return _DECIDED[claim.digest]
    for name in installed("mir.tasks"):
        if _takes(name, claim) is True:  # `unmeasured` says what is wrong with one that fails
            return name
    # A zoo makes the same claim of each of its models: no task of this package looks at the model or the number.
    said = (claim.subject, claim.label, claim.kind, claim.task, claim.conditions, repr(claim.dataset))
    if said not in _KNOWN:
        if len(_KNOWN) >= _MOST_KNOWN:
            _KNOWN.clear()
        _KNOWN[said] = _built_in(claim)
    return _KNOWN[said]


def decide(tasks: Mapping[str, str]) -> None:
    """Take over which task takes each claim, by its digest: a plug-in that was asked is not asked again in a worker."""
    _DECIDED.clear()
    _DECIDED.update(tasks)


_DECIDED: dict[str, str] = {}


def _takes(name: str, claim: Claim) -> bool | Failure:
    """Whether a plug-in takes a claim, as it says in a worker."""
    key = name, claim.digest
    if key not in _TAKEN:
        if len(_TAKEN) >= _MOST_KNOWN:
            _TAKEN.clear()
        found = _asked_beside(name, "takes", claim)
        _TAKEN[key] = found if isinstance(found, Failure) else bool(found)
    return _TAKEN[key]


def _asked_beside(name: str, what: str, *arguments: Any) -> Any:
    """What a plug-in says in a worker, or a `Failure`; one that hangs or ends its worker is not asked again."""
    if name in _ENDED:
        return _ENDED[name]
    found = _PLUGINS((name, what, arguments))
    if isinstance(found, Failure) and found.ended:
        _ENDED[name] = found
    return found


def _ask(question: tuple[str, str, tuple[Any, ...]]) -> Any:
    name, what, arguments = question
    return getattr(task_named(name), what)(*arguments)


_PLUGINS = WorkerBeside(_ask, Resources(seconds=30, most=8 << 30))
"""What plug-ins are asked in this process's stead: they may hang, or end the process that asks them."""

_TAKEN: dict[tuple[str, str], bool | Failure] = {}
_ENDED: dict[str, Failure] = {}

_KNOWN: dict[tuple[object, ...], str | None] = {}
_MOST_KNOWN = 10_000


def _built_in(claim: Claim) -> str | None:
    leads = lead(claim)
    if claim.conditions or (leads is not None and leads.harness in OWN):
        # Of another model, or on a part of the data, which no task here sets up; or in the way of another harness.
        return None
    return next((name for name, task in BUILT_IN.items() if task.takes(claim)), None)


def task_named(name: str) -> Task:
    """A task by its name.

    Raises:
        PluginError: It is a plug-in that cannot be imported, or there is none of that name.
    """
    if name in BUILT_IN:
        return BUILT_IN[name]
    if name not in installed("mir.tasks"):
        raise PluginError(f"there is no task '{name}'; is the package that brings it installed?")
    found = load("mir.tasks", name)
    task = found() if isinstance(found, type) else found
    if not isinstance(task, Task) or getattr(task, "name", None) != name:
        raise PluginError(f"the plug-in '{name}' is no registry.verify.tasks.Task of that name")
    return task


def task_that_scores(kept: KeptPredictions) -> Task:
    """The task whose predictions these are.

    Raises:
        PredictionsError: It is not here.
    """
    try:
        return task_named(kept.task)
    except PluginError as error:
        raise PredictionsError(error.message) from error


def score_of(kept: KeptPredictions, claim: Claim) -> Score:
    """A claim's metric from kept predictions; see `Task.score`.

    Raises:
        PredictionsError: It cannot be computed from them, or the task is not here or fails.
    """
    score: Score = asked(kept, "score", claim)
    return score


def asked(kept: KeptPredictions, what: str, *arguments: Any) -> Any:
    """What the task of kept predictions says of them; one of a plug-in says it in a worker, within its limits.

    Args:
        kept: The predictions.
        what: A method of `Task` that takes them.
        arguments: What else it takes; a claim stands for its subject.

    Raises:
        PredictionsError: It cannot be computed from them, or the task is not here or fails.
    """
    if kept.task in BUILT_IN or is_worker():
        found, wrong = _answer((kept, what, arguments))
    else:
        answered = in_worker(_answer, (kept, what, arguments))
        found, wrong = (None, _fails(kept, answered.reason)) if isinstance(answered, Failure) else answered
    if wrong:
        raise PredictionsError(wrong)
    return found


def _answer(question: tuple[KeptPredictions, str, tuple[Any, ...]]) -> tuple[Any, str]:
    """The answer, or else why there is none."""
    kept, what, arguments = question
    try:
        task = task_that_scores(kept)
        given = [task.subject(each) if isinstance(each, Claim) else each for each in arguments]
        return getattr(task, what)(kept, *given), ""
    except PredictionsError as error:
        return None, str(error)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a plug-in's code may raise anything
        return None, _fails(kept, error_text(error))


def _fails(kept: KeptPredictions, why: str) -> str:
    return f"the task '{kept.task}' fails: {why}"


def inputs_of(task: str, model: Model, target: Target, given: Mapping[str, str]) -> Inputs:
    """How samples become what a model takes; see `Task.inputs`.

    Raises:
        Unverifiable: Nothing says how, or the task's code fails.
    """
    if task in BUILT_IN:
        return task_named(task).inputs(model, target, given)
    found: Inputs | Failure = _asked_beside(task, "inputs", model, target, dict(given))
    if isinstance(found, Failure):
        why = found.reason if found.expected else f"the task '{task}' fails on {model.name}: {found.reason}"
        raise Unverifiable(why)
    return found


def unmeasured(claim: Claim) -> str:
    """Why no task takes a claim; plug-ins that cannot be asked are named, since one of them may."""
    leads = lead(claim)
    said = f"mir has no way to measure {claim.label}" if leads is None else leads.reason
    if leads is None and claim.task is not None and claim.dataset is None:
        said += " without the data set's name"
    return "; ".join([said, *_broken(claim)])


def _broken(claim: Claim) -> Iterator[str]:
    for name in installed("mir.tasks"):
        found = _takes(name, claim)
        if isinstance(found, Failure):
            yield found.reason if found.expected else f"the plug-in '{name}' fails: {found.reason}"
