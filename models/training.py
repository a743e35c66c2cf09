"""What the scripts that train these models share: the numbers of a weights' file, and putting numbers on a card."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path


def file_values(weights: Path) -> dict[str, str]:
    """A file's size and digest, as cards print them."""
    return {
        "File Size": f"{weights.stat().st_size} B",
        "SHA256": f"'{hashlib.sha256(weights.read_bytes()).hexdigest()}'",
    }


def write_card(card: Path, values: dict[str, str]) -> None:
    """Replace the value of each key where it stands in the card's metadata, and print it."""
    text = card.read_text(encoding="utf-8")
    for key, value in values.items():
        text, replaced = re.subn(rf"(?m)^(\s*{re.escape(key)}: ).*$", rf"\g<1>{value}", text, count=1)
        if not replaced:
            raise SystemExit(f"{card.name} has no line '{key}:'")
        print(f"{key}: {value}")
    card.write_text(text, encoding="utf-8")
