"""FLOPs or parameters that no such model can have.

What:
    A classifier of ImageNet is named after a known architecture and reports less than an eighth of its operations, or
    more than a hundred times as many; or it reports fewer than four operations for each parameter, where even AlexNet
    has twelve. Any other model with a known backbone in its name reports less than a sixteenth of its operations, or
    more than five hundred times as many; or a twenty-fifth of its parameters, or twenty-five times as many. It is said
    once for each number in a file.

Why:
    The number is of another unit, or of another part of the model. In a comparison the model looks a hundred times
    cheaper than it is.

Bad:
    Models:
    - Name: efficientnet-b0_3rdparty_in1k
      Metadata: {FLOPs: 16481180, Parameters: 5288548}
      Results:
      - {Task: Image Classification, Dataset: ImageNet, Metrics: {Top 1 Accuracy: 76.74}}

Good:
    Models:
    - Name: efficientnet-b0_3rdparty_in1k
      Metadata: {FLOPs: 420592480, Parameters: 5288548}
      Results:
      - {Task: Image Classification, Dataset: ImageNet, Metrics: {Top 1 Accuracy: 76.74}}
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from registry.checks.card_view import CardView, Entry
from registry.checks.message_text import size
from registry.checks.rule import Context, Problem, rule
from registry.types import Claim
from registry.vocabulary.architectures import architecture_in, architecture_of

_FEW, _MANY = 8, 100
"""How often the known number the reported one may be too small or too large: smaller pictures and pruned models make
it less, large pictures and other conventions more."""

_FEW_ELSEWHERE, _MANY_ELSEWHERE = 16, 500
_PARAMETERS = 25
"""The same for models of other tasks, which use a known network as a part: a video's frames, a detector's pictures. Of
589 published models of this kind the numbers lie between 1/8 and 58 times the known one, of 579 parameters between
1/13 and 7 times."""

_FOR_EACH = 4
_LEAST = 1000
"""Below it another rule speaks of a missing unit."""

_SMALL = ("cifar", "mnist", "svhn", "tiny", "digits", "stl")

_MOST_FOR_EACH = 10_000
"""Times that a parameter is used for one picture of ImageNet: at most 2000 where patches are of 8 pixels."""


@rule("MIR315", "implausible-flops", "warning", "card")
def check(view: CardView, context: Context) -> Iterator[Problem]:
    claims: dict[tuple[str, str], list[Claim]] = defaultdict(list)
    for entry in view.models:
        flops, parameters = entry.counts.get("flops"), entry.counts.get("parameters")
        classifies = flops is not None and _classifies_imagenet(entry, context)
        if flops is not None:
            message = _complaint(entry, flops) if classifies else _as_part(entry, flops)
            if message:
                claims[entry.owner.file, message].append(flops)
        if parameters is not None:
            message = _wrong_size(entry, parameters)
            if message:
                claims[entry.owner.file, message].append(parameters)
    for (_, message), places in claims.items():
        yield Problem.once(message, (claim.location for claim in places))


def _complaint(entry: Entry, flops: Claim) -> str:
    """What is wrong with the FLOPs of a classifier, in one sentence; empty where nothing is."""
    value = float(flops.reported.value)
    count = entry.counts.get("parameters")
    parameters = 0.0 if count is None else float(count.reported.value)
    if value < parameters or parameters < 0:
        return ""  # which is another rule's to say
    network = architecture_of(entry.owner.name)
    if network is not None and not network.macs / _FEW <= value <= network.macs * _MANY:
        return _too_far(flops, network.name, network.macs, "about ")
    if not parameters or _FOR_EACH <= value / parameters <= _MOST_FOR_EACH:
        return ""
    few = "fewer" if value / parameters < _FOR_EACH else "more"
    return (
        f"{flops.label} is {size(value)}, {value / parameters:.2g} for each of the {size(parameters)} parameters, "
        f"{few} than any network for pictures of this size needs"
    )


def _wrong_size(entry: Entry, parameters: Claim) -> str:
    """What is wrong with the parameters of a model with a known network in its name; empty where nothing is."""
    value, network = float(parameters.reported.value), architecture_in(entry.owner.name)
    if (
        network is None
        or value < _LEAST
        or network.parameters / _PARAMETERS <= value <= network.parameters * _PARAMETERS
    ):
        return ""
    return _too_far(parameters, network.name, network.parameters)


def _too_far(claim: Claim, name: str, count: float, about: str = "") -> str:
    few = "few" if claim.reported.value < count else "many"
    return f"{claim.label} is {size(claim.reported.value)}, too {few} for {name}, which has {about}{size(count)}"


def _as_part(entry: Entry, flops: Claim) -> str:
    """What is wrong with the FLOPs of a model of another task; empty where nothing is."""
    value, network = float(flops.reported.value), architecture_in(entry.owner.name)
    if network is None or value < _LEAST or network.macs / _FEW_ELSEWHERE <= value <= network.macs * _MANY_ELSEWHERE:
        return ""
    if value < network.macs and _has_small_inputs(entry):
        return ""
    return _too_far(flops, network.name, network.macs, "about ")


def _has_small_inputs(entry: Entry) -> bool:
    """Whether a model was tested on pictures of a few pixels, or says nothing of what it was tested on."""
    words = [result.dataset.name.casefold() for result in entry.results]
    return not words or any(small in word for word in words for small in _SMALL)


def _classifies_imagenet(entry: Entry, context: Context) -> bool:
    """Whether all that a model was tested on is ImageNet, so that its pictures have the usual size."""
    words = context.vocabulary
    for result in entry.results:
        task, data = words.task(result.task), words.dataset(result.dataset.name)
        if task is None or task.name != "Image Classification" or data is None or not data.name.startswith("ImageNet"):
            return False
    return bool(entry.results)
