"""Where the files that come with the package are: schemas and site templates.

They stand at the top of the repository, where people look for them, and inside the package in a wheel.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

_PACKAGE = Path(__file__).resolve().parent


def resource(name: Literal["schemas", "site"]) -> Path:
    """The folder of that name, whether `mir` runs from a wheel or from a checkout.

    Raises:
        FileNotFoundError: The installation is incomplete.
    """
    for folder in (_PACKAGE / "_data" / name, _PACKAGE.parent / name):
        if folder.is_dir():
            return folder
    raise FileNotFoundError(f"this installation of mir lacks its '{name}' folder; install it again")
