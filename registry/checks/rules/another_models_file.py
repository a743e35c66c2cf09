"""Weights or a configuration of another model.

What:
    The file that `Weights` or `Config` names says another number of layers, or another size, than the model's name:
    `r101` for `r50`, `large` for `base`. Or the file's name has just what tells a sibling's name from this one, and
    nothing of what tells this one from the sibling's.

Why:
    The line was copied from the neighbour and not changed, so that users get another model.

Bad:
    Models:
    - Name: faster-rcnn_r50_fpn_1x
      Weights: https://example.org/faster_rcnn_r101_fpn_1x-22405ba7.pth

Good:
    Models:
    - Name: faster-rcnn_r50_fpn_1x
      Weights: https://example.org/faster_rcnn_r50_fpn_1x-75117900.pth
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from registry.checks.card_view import CardView, Entry
from registry.checks.message_text import short
from registry.checks.naming import contradiction, word_set, words
from registry.checks.rule import Context, Problem, rule
from registry.checks.siblings import disagreement
from registry.types import Field

_KEYS = ("Config", "Weights")
_SIBLINGS = 200
"""Models of a collection that are compared with each other, which takes the square of them."""


@rule("MIR313", "another-models-file", "warning", "card")
def check(view: CardView, context: Context) -> Iterator[Problem]:
    families: dict[tuple[str, str], list[Entry]] = defaultdict(list)
    for entry in view.models:
        if entry.owner.name:
            families[entry.owner.file, entry.collection].append(entry)
    for family in families.values():
        siblings: dict[str, list[_Known]] = {}
        for entry in family:
            for key in _KEYS:
                field = entry.owner.fields.get(key)
                if field is None or field.inherited or not isinstance(field.value, str):
                    continue
                if _is_named_after(entry.owner.name, field.value.rpartition("/")[2]):
                    continue
                if key not in siblings:
                    siblings[key] = [_known(other, key) for other in family[:_SIBLINGS]]
                problem = _problem(entry, key, field, siblings[key])
                if problem is not None:
                    yield problem


def _is_named_after(model: str, file: str) -> bool:
    return file.replace("_", "-").startswith(model.replace("_", "-"))


class _Known(NamedTuple):
    """A model that others are compared with: its name's words, the file that it names under a key, and that one's."""

    entry: Entry
    words: frozenset[str]
    value: str
    file_words: frozenset[str]


def _known(entry: Entry, key: str) -> _Known:
    field = entry.owner.fields.get(key)
    value = field.value if field is not None and isinstance(field.value, str) else ""
    return _Known(entry, word_set(entry.owner.name), value, word_set(value.rpartition("/")[2]))


def _problem(entry: Entry, key: str, field: Field, family: Sequence[_Known]) -> Problem | None:
    name, file = entry.owner.name, field.value.rpartition("/")[2]
    conflict = contradiction(name, file)
    name_words, joined = words(name), "".join(words(file))
    # Only what the file does not say can be contradicted: nothing, where it is named after the model.
    unsaid = frozenset(word for word in name_words if word not in joined)
    if conflict is None and not unsaid:
        return None
    sharing = [other.entry for other in family if other.value == field.value and other.entry is not entry]
    if key == "Weights" and any(disagreement(entry.compared, other.compared) for other in sharing):
        return None  # which is said by the rule on shared weights
    if conflict is not None:
        message = f"{key} names {short(file)}, which says '{conflict[1]}' where the model's name says '{conflict[0]}'"
        return Problem(message, field.location)
    if key == "Weights" and sharing:
        return None  # one file may be evaluated on several data sets
    common = word_set(name) - unsaid
    extra = word_set(file) - word_set(name)
    for other, other_words, _, file_words in family if extra else ():
        if not common <= other_words:
            continue
        own, its = unsaid - other_words, other_words - unsaid - common
        if not own or not its or not its <= extra:
            continue
        if any(one in another for one in its for another in own):
            continue  # of `semnasnet` and `mnasnet` the longer name may be written as the shorter
        # The sibling's own file must be named in the same way, or the zoo's files are not named after its models.
        if its <= file_words:
            return Problem(
                f"{key} names {short(file)}, which by its name is of {short(other.owner.name)}",
                field.location,
                related=(other.owner.fields[key].location,),
            )
    return None
