"""A size that the weights beside the card do not have.

What:
    Beside a card of the Hugging Face Hub lie weights in safetensors, whose header tells how many parameters they have,
    and the card says another number (`parameters`, `num_parameters`, `model_size`, `safetensors.total`); or the name
    says another size, such as `-7b`, which is a remark with the true number. Quantized weights are left alone.

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

from registry.checks.context import Context
from registry.checks.entry import Entry
from registry.checks.message_text import size
from registry.checks.rule import Problem, rule
from registry.lazy_regex import lazy_regex
from registry.read.limits import MAX_BYTES
from registry.types import Field, MapNode, Quantity, QuantityError

_FIELDS = ("parameters", "num_parameters", "params", "model_size", "parameter_count", "total_parameters")
_IN_NAME = lazy_regex(r"(?:^|[-_.])(?P<number>\d+(?:[._]\d+)?)(?P<unit>[bm])(?=$|[-_.])", re.IGNORECASE)
_TENTH = Decimal("0.1")


@rule("MIR713", "hub-parameters", "warning", "entry")
def check(entry: Entry, context: Context) -> Iterator[Problem]:
    model = entry.model
    if model is None or model.dialect != "huggingface":
        return
    claims = list(_claims(model.fields.values()))
    named = _IN_NAME.search(Path(model.base).name) or _IN_NAME.search(model.name)
    if not claims and named is None:
        return
    true = _parameters(Path(model.base))
    if true is None:
        return
    for field, reported in claims:
        if not reported.holds(Decimal(true)) and abs(reported.value - true) > true * Decimal("0.005"):
            message = f"{field.path} is {reported}, and the weights beside the card have {true} parameters"
            yield Problem(message, field.location)
    if named is not None:
        text = f"{named['number'].replace('_', '.')}{named['unit'].upper()}"
        said = Quantity.parse(text, "count")
        if not said.holds(Decimal(true)) and abs(said.value - true) > _TENTH * true:
            message = f"the name says {text}, and the weights beside the card have {true} parameters ({size(true)})"
            yield Problem(message, model.location, severity="info")


def _claims(fields: Iterable[Field]) -> Iterator[tuple[Field, Quantity]]:
    for field in fields:
        said = field
        if field.name == "safetensors" and isinstance(field.value, MapNode) and "total" in field.value:
            node = field.value
            said = Field("total", node["total"], node.text("total"), node, "total", "safetensors.total")
        elif field.name not in _FIELDS:
            continue
        if isinstance(said.value, bool) or not isinstance(said.value, int | float | str):
            continue
        try:
            yield said, Quantity.parse(said.text or str(said.value), "count")
        except QuantityError:
            continue


def _parameters(folder: Path) -> int | None:
    """How many parameters the weights of a folder have, `None` where nobody can tell."""
    from registry.read.tensor_header import HeaderError, count_tensors, local_tensors, read_local  # beside few cards

    file = local_tensors(folder)
    if file is None:
        return None
    try:
        if file.endswith(".json"):
            # An index says it itself, where its files were not fetched.
            said = json.loads(read_local(file, 0, MAX_BYTES))["metadata"].get("total_parameters")
            if type(said) is int and said > 0:
                return said
        found = count_tensors(file, read_local)
    except (HeaderError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return None if found.packed or not found.parameters else found.parameters
