"""A size that the weights beside the card do not have.

What:
    Beside a card of the Hugging Face Hub lie weights in safetensors, whose header tells how many parameters they have,
    and the card says another number (`parameters`, `num_parameters`, `model_size`, `safetensors.total`); or the name
    says another size, such as `-7b`, which is a remark with the true number. Of several sizes in a name one must fit;
    `8x7b` is anything from one expert to eight. Quantized weights and adapters are left alone.

Why:
    People choose by size what fits their machine.

Bad:
    # file: net-7b/README.md
    ---
    license: mit
    library_name: transformers
    num_parameters: 6
    ---
    # file: net-7b/model.safetensors.index.json
    {"metadata": {"total_parameters": 124439808}, "weight_map": {"w": "model-00001-of-00002.safetensors"}}

Good:
    # file: net-124m/README.md
    ---
    license: mit
    library_name: transformers
    num_parameters: 124439808
    ---
    # file: net-124m/model.safetensors.index.json
    {"metadata": {"total_parameters": 124439808}, "weight_map": {"w": "model-00001-of-00002.safetensors"}}
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from registry.checks.card_view import CardView
from registry.checks.message_text import size
from registry.checks.rule import Context, Problem, rule
from registry.checks.whole import Whole
from registry.file_inputs import asked
from registry.lazy_regex import lazy_regex
from registry.read.problems import MAX_BYTES
from registry.types import Field, Location, MapNode, Quantity, QuantityError

_FIELDS = ("parameters", "num_parameters", "params", "model_size", "parameter_count", "total_parameters")
_IN_NAME = lazy_regex(
    r"(?:^|[-_]|(?<!\d)\.)(?:(?P<experts>\d+)x)?(?P<number>\d+(?:[._]\d+)?)(?P<unit>[bm])(?P<tenths>\d)?"
    r"(?=$|[-_.])(?![-_.]?(?:tokens?|toks?|\d+e)\b)",
    re.IGNORECASE,
)
_NOT_WHOLE = lazy_regex(
    r"(?:^|[-_.])(?:\d-?bits?|[iu]?int[248]|gptq|awq|exl2|gguf|bnb|nf4|fp4|mxfp4|w\da\d+|q\d(?:_\w+)?|lora|qlora|adapter)"
    r"(?=$|[-_.])",
    re.IGNORECASE,
)
"""Names of what has fewer numbers than the model that it is made of."""

_TENTH = Decimal("0.1")
_OTHER_THINGS = 100
"""Times as many parameters as `1M` says, from where it means something else, such as the length of the context."""


class _Said(NamedTuple):
    """What a card says of its model's parameters: the model, its folder, and each number with its path and place."""

    name: str
    base: str
    place: Location
    numbers: tuple[tuple[str, str, Decimal, Decimal, Location], ...]

    @property
    def sizes(self) -> list[_Size]:
        """The sizes in its name."""
        return _sizes(Path(self.base).name) or _sizes(self.name)


def parameters_of(view: CardView) -> list[_Said]:
    """What a card of the Hub says of its models' parameters."""
    statements = []
    for model in view.card.models:
        if model.dialect == "huggingface":
            numbers = tuple(
                (field.path, reported.text, reported.value, reported.half_width, field.location)
                for field, reported in _claims(model.fields.values())
            )
            statement = _Said(model.name, model.base, model.location, numbers)
            if numbers or statement.sizes:
                statements.append(statement)
    return statements


@rule("MIR713", "hub-parameters", "warning", "index", facts=(parameters_of,))
def check(whole: Whole, context: Context) -> Iterator[Problem]:
    for statement in (statement for _, statements in whole.facts(parameters_of) for statement in statements):
        true = _parameters(Path(statement.base))
        if true is None:
            continue
        for path, text, value, half_width, place in statement.numbers:
            if abs(true - value) > max(half_width, true * Decimal("0.005")):
                message = f"{path} is {text}, and the weights beside the card have {true} parameters"
                yield Problem(message, place)
        sizes = statement.sizes
        if sizes and not any(candidate.fits(true) for candidate in sizes) and not _is_quantized(Path(statement.base)):
            message = (
                f"the name says {sizes[0].text}, and the weights beside the card have {true} parameters ({size(true)})"
            )
            yield Problem(message, statement.place, severity="info")


class _Size(NamedTuple):
    """A size in a name, and the parameters that it may mean."""

    text: str
    least: Decimal
    most: Decimal
    unit: str

    def fits(self, true: int) -> bool:
        return self.least <= true <= self.most or (self.unit == "M" and true > _OTHER_THINGS * self.most)


def _sizes(name: str) -> list[_Size]:
    sizes = []
    for match in () if _NOT_WHOLE.search(name) else _IN_NAME.finditer(name):
        tenths, unit = f".{match['tenths']}" if match["tenths"] else "", match["unit"].upper()
        text = f"{match['number'].replace('_', '.')}{tenths}{unit}"
        try:
            quantity = Quantity.parse(text, "count")
        except QuantityError:
            continue
        experts = int(match["experts"] or 1)
        least = min(quantity.value - quantity.half_width, quantity.value / (1 + _TENTH))
        most = max(quantity.value + quantity.half_width, quantity.value / (1 - _TENTH)) * experts
        if experts > 1:
            least = quantity.value * (1 + _TENTH)  # more than one expert has
        sizes.append(_Size(f"{experts}x{text}" if experts > 1 else text, least, most, unit))
    return sizes


def _is_quantized(folder: Path) -> bool:
    """Whether the configuration beside the card says so."""
    from registry.read.tensor_header import HeaderError, read_local

    asked(folder / "config.json")
    try:
        return "quantization_config" in json.loads(read_local(str(folder / "config.json"), 0, MAX_BYTES))
    except (HeaderError, ValueError, TypeError, RecursionError):
        return False


def _claims(fields: Iterable[Field]) -> Iterator[tuple[Field, Quantity]]:
    for field in fields:
        claim = field
        if field.name == "safetensors" and isinstance(field.value, MapNode) and "total" in field.value:
            node = field.value
            claim = Field("total", node["total"], node.text("total"), node, "total", "safetensors.total")
        elif field.name.casefold() not in _FIELDS:
            continue
        if isinstance(claim.value, bool) or not isinstance(claim.value, int | float | str):
            continue
        try:
            yield claim, Quantity.parse(claim.text or str(claim.value), "count")
        except QuantityError:
            continue


def _parameters(folder: Path) -> int | None:
    """How many parameters the weights of a folder have, `None` where nobody can tell."""
    from registry.read.tensor_header import HeaderError, count_tensors, local_tensors, read_local  # beside few cards

    file = local_tensors(folder)
    if file is None or Path(file).name.startswith("adapter"):
        return None
    try:
        if file.endswith(".json"):
            # An index says it itself, where its files were not fetched.
            total = json.loads(read_local(file, 0, MAX_BYTES))["metadata"].get("total_parameters")
            if type(total) is int and total > 0:
                return total
        counts = count_tensors(file, read_local)
    except (HeaderError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return None if counts.packed or not counts.parameters else counts.parameters
