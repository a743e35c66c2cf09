"""A larger model that scores lower than the smaller one.

What:
    Two models of one collection whose names differ only in their size, such as `r50` and `r101`, are tested alike, and
    the larger one's accuracy, precision or mIoU is lower by more than a tenth of the smaller one's. By more than a
    twenty-fifth it is a remark: that happens. Pictures that were chosen because networks fail on them, such as
    ImageNet-A's, are left out.

Why:
    The two rows of a table were exchanged, or one number is another model's. Each alone looks sensible.

Bad:
    Collections:
    - Name: ResNet
    Models:
    - Name: resnet18
      In Collection: ResNet
      Results:
      - {Task: Image Classification, Dataset: ImageNet, Metrics: {Top 1 Accuracy: 78.31}}
    - Name: resnet152
      In Collection: ResNet
      Results:
      - {Task: Image Classification, Dataset: ImageNet, Metrics: {Top 1 Accuracy: 69.76}}

Good:
    Collections:
    - Name: ResNet
    Models:
    - Name: resnet18
      In Collection: ResNet
      Results:
      - {Task: Image Classification, Dataset: ImageNet, Metrics: {Top 1 Accuracy: 69.76}}
    - Name: resnet152
      In Collection: ResNet
      Results:
      - {Task: Image Classification, Dataset: ImageNet, Metrics: {Top 1 Accuracy: 78.31}}
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Hashable, Iterator

from registry.checks.card_view import CardView, Entry
from registry.checks.message_text import short
from registry.checks.rule import Context, Problem, rule
from registry.checks.siblings import Sized, sizes

_SUBJECTS = frozenset(
    {
        "accuracy", "all-pixel-accuracy", "ap", "ap-50", "box-ap", "keypoint-ap", "map", "mask-ap", "mean-accuracy",
        "mean-iou", "top-1-accuracy", "top-5-accuracy",
    }
)  # fmt: skip
"""What a larger model is better at, as a rule."""

_FAR, _NEAR = 0.1, 0.04
"""How much lower the larger one's score is, of the smaller one's: of 2574 published pairs none and one are."""

_HARD = frozenset({"imagenet a", "imagenet c", "imagenet o", "imagenet r", "imagenet sketch"})


@rule("MIR316", "score-order", "warning", "card")
def check(view: CardView, context: Context) -> Iterator[Problem]:
    scales: dict[tuple[Hashable, ...], list[Sized]] = defaultdict(list)
    for entry in view.models if len(view.models) > 1 else ():
        if entry.collection:
            _place(entry, scales)
    complaints: set[str] = set()
    for scale in scales.values():
        for smaller, larger in itertools.pairwise(sorted(scale, key=lambda item: item.rank)):
            one, other = float(smaller.number.value), float(larger.number.value)
            # Fractions among percentages are another rule's to say.
            lower = one / 10 < other < one * (1 - _NEAR)
            if smaller.rank == larger.rank or not lower or larger.name in complaints:
                continue
            complaints.add(larger.name)
            yield Problem(
                f"{larger.number.label} is {larger.number.text}, lower than the {smaller.number.text} of "
                f"{short(smaller.name)}, which by its name is the smaller model",
                larger.number.place,
                hint="Were the two exchanged?",
                related=(smaller.number.place,),
                severity=None if other < one * (1 - _FAR) else "info",
            )


def _place(entry: Entry, scales: dict[tuple[Hashable, ...], list[Sized]]) -> None:
    """Put a model's scores beside those of the models that it can be compared with."""
    places = sizes(entry.owner.name)
    for key, number in entry.compared.numbers.items() if places else ():
        evaluation = key[2]
        hard = isinstance(evaluation, tuple) and evaluation[1] in _HARD
        if number.subject in _SUBJECTS and number.value > 0 and not hard:
            for rest, rank in places:
                scales[entry.collection, rest, key].append(Sized(rank, entry.owner.name, number))
