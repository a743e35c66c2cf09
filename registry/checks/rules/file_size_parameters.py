"""Parameters that do not fit the size of the weights' file.

What:
    The file's size divided by the number of parameters is not 1, 2, 4 or 8 bytes (integers, half, single and double
    precision), nor 12 or 16 (with an optimiser's state). Three percent more, and 256 kB, are allowed for what a file
    holds beside the parameters; `MB` may mean 1000000 or 1048576 bytes.

Why:
    The two are about the same tensors. Where they differ, one of them is of another model, or parameters were left out
    of the count, such as an auxiliary head's.

Bad:
    Models:
    - Name: resnest200e
      Metadata:
        Parameters: 70200000
        File Size: 193782911

Good:
    Models:
    - Name: resnest200e
      Metadata:
        Parameters: 70200000
        File Size: 281000000
"""

from __future__ import annotations

from collections.abc import Iterator

from registry.checks.card_view import Entry
from registry.checks.message_text import size
from registry.checks.rule import Context, Problem, rule

_BYTES = (0.5, 1, 2, 4, 8, 12, 16)
_BINARY = {"k": 1.024, "m": 1.024**2, "g": 1.024**3, "t": 1.024**4}
_LESS, _MORE, _OVERHEAD = 0.985, 1.03, 256 * 1024


@rule("MIR301", "file-size-parameters", "warning", "entry")
def check(entry: Entry, context: Context) -> Iterator[Problem]:
    parameters, file = entry.counts.get("parameters"), entry.counts.get("file-size")
    if parameters is None or file is None:
        return
    # The precision that both were printed with is theirs to differ by.
    low = float(parameters.reported.value - parameters.reported.half_width)
    high = float(parameters.reported.value + parameters.reported.half_width)
    smallest = float(file.reported.value - file.reported.half_width)
    largest = float(file.reported.value + file.reported.half_width) * _binary(file.reported.text)
    if low <= 0 or smallest <= 0:
        return
    if any(largest >= low * width * _LESS and smallest <= high * width * _MORE + _OVERHEAD for width in _BYTES):
        return
    ratio = float(file.reported.value / parameters.reported.value)
    yield Problem(
        f"{file.label} is {ratio:.2f} bytes for each of the {size(parameters.reported.value)} parameters, "
        f"which no number format has; at 4 bytes the file holds {size(float(file.reported.value) / 4)} of them",
        file.location,
        related=(parameters.location,),
    )


def _binary(text: str) -> float:
    """How much larger the number is where `MB` was meant as 1048576 bytes, as many tools print it."""
    letters = "".join(letter for letter in text.casefold() if letter.isalpha())
    return 1.0 if "i" in letters else _BINARY.get(letters[:1], 1.0)
