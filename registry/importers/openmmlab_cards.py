"""The metafiles of an installed zoo of OpenMMLab as cards, one for each, each model with its builder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from registry.dialects.writers import Printed
from registry.importers.card_text import ImportedCard, markdown
from registry.types import BuildError, UsageError
from registry.verify.builders.openmmlab.shim import PACKAGES
from registry.verify.builders.openmmlab.zoo_config import configs_of
from registry.verify.builders.package import installed_version

_KEPT = ("Metadata", "Results", "Weights", "Config", "Converted From", "Downstream")
"""What a metafile says of a model besides its name and collection."""

_BODY = """# {title}

What {zoo} {release} says of its models in `configs/{folder}`: `mir import openmmlab:{package}` wrote this card from the
package's own metafile.
"""


_SafeLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _AsPrinted(_SafeLoader):  # type: ignore[misc]
    """Reads numbers with the digits that they are printed with: 69.30 is not 69.3."""

    def number(self, node: yaml.ScalarNode) -> Printed:
        return Printed(node.value)


for _tag in ("int", "float"):
    _AsPrinted.add_constructor(f"tag:yaml.org,2002:{_tag}", _AsPrinted.number)


def cards(package: str, tables: Sequence[Path] = ()) -> list[ImportedCard]:
    """The cards of an installed zoo, in the order of their file names.

    Raises:
        UsageError: The zoo is not installed, or tables are given.
    """
    if tables:
        raise UsageError("--results: OpenMMLab's results stand in its metafiles, and no table is read")
    try:
        folder, release = configs_of(package), installed_version(PACKAGES[package])
    except BuildError as error:
        raise UsageError(error.message) from error
    card_files = []
    for file in sorted(folder.rglob("metafile.y*ml")):
        metafile = yaml.load(file.read_text(encoding="utf-8"), Loader=_AsPrinted)  # noqa: S506 - a safe loader
        models = (
            [model for model in metafile.get("Models") or [] if model.get("Name")] if isinstance(metafile, dict) else []
        )
        if not models:
            continue
        name = file.parent.relative_to(folder).as_posix()
        collections = metafile.get("Collections") or []
        title = str(collections[0]["Name"]) if collections else name
        body = _BODY.format(title=title, zoo=PACKAGES[package], release=release, folder=name, package=package)
        entries = [_model(package, model) for model in models]
        card_files.append(
            ImportedCard(file=f"{name.replace('/', '-')}.md", text=markdown(collections, entries, body, {}))
        )
    return card_files


def _model(package: str, model: dict[str, Any]) -> dict[str, Any]:
    entry: dict[str, Any] = {"Name": model["Name"]}
    if model.get("In Collection"):
        entry["In Collection"] = model["In Collection"]
    entry["Builder"] = f"openmmlab:{package}/{model['Name']}"
    return entry | {key: model[key] for key in _KEPT if model.get(key) is not None}
