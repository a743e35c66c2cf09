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
    key = (claim.subject, claim.label, claim.kind, claim.task, claim.conditions, repr(claim.dataset))
    if key not in _KNOWN:
        if len(_KNOWN) >= _MOST_KNOWN:
            _KNOWN.clear()
        _KNOWN[key] = _built_in(claim)
    return _KNOWN[key]


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
        answer = _asked_beside(name, "takes", claim)
        _TAKEN[key] = answer if isinstance(answer, Failure) else bool(answer)
    return _TAKEN[key]


def _asked_beside(name: str, method: str, *arguments: Any) -> Any:
    """What a plug-in says in a worker, or a `Failure`; one that hangs or ends its worker is not asked again."""
    if name in _ENDED:
        return _ENDED[name]
    answer = _PLUGINS((name, method, arguments))
    if isinstance(answer, Failure) and answer.ended:
        _ENDED[name] = answer
    return answer


def _ask(question: tuple[str, str, tuple[Any, ...]]) -> Any:
    name, method, arguments = question
    return getattr(task_named(name), method)(*arguments)


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
    plugin = load("mir.tasks", name)
    task = plugin() if isinstance(plugin, type) else plugin
    if not isinstance(task, Task) or getattr(task, "name", None) != name:
        raise PluginError(f"the plug-in '{name}' is no registry.verify.tasks.Task of that name")
    return task


def task_that_scores(predictions: KeptPredictions) -> Task:
    """The task whose predictions these are.

    Raises:
        PredictionsError: It is not here.
    """
    try:
        return task_named(predictions.task)
    except PluginError as error:
        raise PredictionsError(error.message) from error


def score_of(predictions: KeptPredictions, claim: Claim) -> Score:
    """A claim's metric from kept predictions; see `Task.score`.

    Raises:
        PredictionsError: It cannot be computed from them, or the task is not here or fails.
    """
    score: Score = asked(predictions, "score", claim)
    return score


def asked(predictions: KeptPredictions, method: str, *arguments: Any) -> Any:
    """What the task of kept predictions says of them; one of a plug-in says it in a worker, within its limits.

    Args:
        predictions: The predictions.
        method: A method of `Task` that takes them.
        arguments: What else it takes; a claim stands for its subject.

    Raises:
        PredictionsError: It cannot be computed from them, or the task is not here or fails.
    """
    if predictions.task in BUILT_IN or is_worker():
        answer, wrong = _answer((predictions, method, arguments))
    else:
        answered = in_worker(_answer, (predictions, method, arguments))
        answer, wrong = (None, _fails(predictions, answered.reason)) if isinstance(answered, Failure) else answered
    if wrong:
        raise PredictionsError(wrong)
    return answer


def _answer(question: tuple[KeptPredictions, str, tuple[Any, ...]]) -> tuple[Any, str]:
    """The answer, or else why there is none."""
    predictions, method, arguments = question
    try:
        task = task_that_scores(predictions)
        parameters = [task.subject(argument) if isinstance(argument, Claim) else argument for argument in arguments]
        return getattr(task, method)(predictions, *parameters), ""
    except PredictionsError as error:
        return None, str(error)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a plug-in's code may raise anything
        return None, _fails(predictions, error_text(error))


def _fails(predictions: KeptPredictions, why: str) -> str:
    return f"the task '{predictions.task}' fails: {why}"


def inputs_of(task: str, model: Model, target: Target, options: Mapping[str, str]) -> Inputs:
    """How samples become what a model takes; see `Task.inputs`.

    Raises:
        Unverifiable: Nothing says how, or the task's code fails.
    """
    if task in BUILT_IN:
        return task_named(task).inputs(model, target, options)
    inputs: Inputs | Failure = _asked_beside(task, "inputs", model, target, dict(options))
    if isinstance(inputs, Failure):
        why = inputs.reason if inputs.expected else f"the task '{task}' fails on {model.name}: {inputs.reason}"
        raise Unverifiable(why)
    return inputs


def unmeasured(claim: Claim) -> str:
    """Why no task takes a claim; plug-ins that cannot be asked are named, since one of them may."""
    leads = lead(claim)
    reason = f"mir has no way to measure {claim.label}" if leads is None else leads.reason
    if leads is None and claim.task is not None and claim.dataset is None:
        reason += " without the data set's name"
    return "; ".join([reason, *_broken(claim)])


def _broken(claim: Claim) -> Iterator[str]:
    for name in installed("mir.tasks"):
        answer = _takes(name, claim)
        if isinstance(answer, Failure):
            yield answer.reason if answer.expected else f"the plug-in '{name}' fails: {answer.reason}"
