"""FLOPs that no such model can have.

What:
    A classifier of ImageNet is named after a known architecture and reports less than an eighth of its operations, or
    more than a hundred times as many; or it reports fewer than four operations for each parameter, where even AlexNet
    has twelve. It is said once for each number in a file.

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

from registry.checks.card_view import CardView, Context
from registry.checks.entry import Entry
from registry.checks.message_text import size, times
from registry.checks.rule import Problem, rule
from registry.types import Claim
from registry.vocabulary.architectures import architecture_of

_FEW, _MANY = 8, 100
"""How often the known number the reported one may be too small or too large: smaller pictures and pruned models make
it less, large pictures and other conventions more."""

_FOR_EACH = 4
_MOST_FOR_EACH = 10_000
"""Times that a parameter is used for one picture of ImageNet: at most 2000 where patches are of 8 pixels."""


@rule("MIR315", "implausible-flops", "warning", "card")
def check(view: CardView, context: Context) -> Iterator[Problem]:
    found: dict[tuple[str, str], list[Claim]] = defaultdict(list)
    for entry in view.models:
        flops = entry.counts.get("flops")
        if flops is not None and _classifies_imagenet(entry, context):
            message = _complaint(entry, flops)
            if message:
                found[entry.owner.file, message].append(flops)
    for (_, message), places in found.items():
        others = tuple(claim.location for claim in places[1:])
        yield Problem(message + times(len(places)), places[0].location, related=others)


def _complaint(entry: Entry, flops: Claim) -> str:
    """What is wrong with the FLOPs of a classifier, in one sentence; empty where nothing is."""
    value = float(flops.reported.value)
    count = entry.counts.get("parameters")
    parameters = 0.0 if count is None else float(count.reported.value)
    if value < parameters or parameters < 0:
        return ""  # which is another rule's to say
    known = architecture_of(entry.owner.name)
    if known is not None and not known.macs / _FEW <= value <= known.macs * _MANY:
        few = "few" if value < known.macs else "many"
        return f"{flops.label} is {size(value)}, too {few} for {known.name}, which has about {size(known.macs)}"
    if parameters and value / parameters < _FOR_EACH:
        return (
            f"{flops.label} is {size(value)}, {value / parameters:.2g} for each of the {size(parameters)} parameters, "
            "fewer than any network for pictures of this size needs"
        )
    if parameters and value / parameters > _MOST_FOR_EACH:
        return (
            f"{flops.label} is {size(value)}, {value / parameters:.2g} for each of the {size(parameters)} parameters, "
            "more than any network for pictures of this size needs"
        )
    return ""


def _classifies_imagenet(entry: Entry, context: Context) -> bool:
    """Whether all that a model was tested on is ImageNet, so that its pictures have the usual size."""
    if entry.model is None or not entry.model.results:
        return False
    words = context.vocabulary
    for result in entry.model.results:
        task, data = words.task(result.task), words.dataset(result.dataset.name)
        if task is None or task.name != "Image Classification" or data is None or not data.name.startswith("ImageNet"):
            return False
    return True
