"""A card with two faults, and files in the folder where a command runs."""

from __future__ import annotations

from pathlib import Path

BAD = """\
Models:
- Name: AlexNet
  Metadata:
    FLOPs: -3
    Parameters: banana
"""
GOOD = BAD.replace("-3", "1429383808").replace("banana", "61100840")


def put(name: str, text: str) -> None:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="")
