"""The type of an argument or option that names a folder, here or in an object store."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from registry.storage import Place, StoreUrl, place

if TYPE_CHECKING:
    _Type = click.ParamType[Place]
else:
    _Type = click.ParamType  # click 8.1 has no other


class _Place(_Type):
    """A path, or a URL such as `s3://bucket/evidence`, which `click.Path` would take for a path and cut a slash off."""

    name = "path or url"

    def __init__(self, *, exists: bool = False) -> None:
        self.exists = exists

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Place:  # noqa: ARG002
        found = value if isinstance(value, Path | StoreUrl) else place(value)
        if self.exists and isinstance(found, Path) and not found.exists():
            from registry.loader.missing import missing

            raise missing(found)
        return found


PLACE = _Place()
READ_PLACE = _Place(exists=True)
"""One that is only read, so that a misspelt folder is no empty one."""
