"""What it takes to measure a claim, for whoever runs `mir` and for whoever only reads."""

from __future__ import annotations

from typing import NamedTuple


class Lack(NamedTuple):
    """Why a claim cannot be measured with what is there; all of it empty where it can be tried.

    Attributes:
        message: The reason as a command says it, with the option that would mend it.
        reader: The reason for somebody who runs nothing.
        needs: The option alone, with what it takes in brackets; empty where none would help.
    """

    message: str = ""
    reader: str = ""
    needs: str = ""


NO_LACK = Lack()
"""Of a claim that can be tried."""
