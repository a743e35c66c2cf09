"""A name that is a file's.

What:
    A model's name ends as a file of code or of configuration does: `.py`, `.yml`, `.yaml`, `.json`.

Why:
    The file's name was copied with its ending. Tools that look a model up by name, or put the ending behind it, do not
    find it.

Bad:
    Models:
    - Name: tdan_vimeo90k_bix4_ft_lr5e-5_400k.py

Good:
    Models:
    - Name: tdan_vimeo90k_bix4_ft_lr5e-5_400k
"""

from __future__ import annotations

from collections.abc import Iterator

from registry.checks.card_view import Entry
from registry.checks.message_text import short
from registry.checks.rule import Context, Problem, rule

_ENDINGS = (".py", ".yml", ".yaml", ".json")


@rule("MIR507", "name-is-file", "warning", "entry")
def check(entry: Entry, context: Context) -> Iterator[Problem]:
    model = entry.model
    if model is None or model.dialect not in ("model-index", "metafile") or not model.name.endswith(_ENDINGS):
        return
    key = None if model.raw is None else next((key for key in model.raw if key.lower() == "name"), None)
    where = model.location if key is None or model.raw is None else model.raw.location(key)
    yield Problem(f"the name {short(model.name)} is that of a file", where, "Leave its ending out.")
