"""Hugging Face's `.eval_results/*.yaml`: a list of scores on benchmark datasets, one value each.

The files name no model: it is the repository that they stand in.
"""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from registry.dialects.dialect import Content, DialectContext, join, printed, printed_text, rest, text_of
from registry.lazy_regex import lazy_regex
from registry.types import DatasetRef, MapNode, Metric, Model, RawDocument, Result, SeqNode, child_path, mappings

if TYPE_CHECKING:
    from registry.dialects.writers import Notes

FOLDER = ".eval_results"
_SUSPECT = lazy_regex(r"^- dataset[ \t]*:", re.MULTILINE)
_KNOWN = {"dataset", "value", "verifyToken", "source"}


class EvalResults:
    """Scores beside a model on the Hub."""

    name: ClassVar[str] = "eval-results"
    kinds: ClassVar[frozenset[str]] = frozenset({"yaml"})
    unit: ClassVar[Literal["model"]] = "model"

    def matches(self, document: RawDocument) -> bool:
        """Whether the file stands in `.eval_results`, or holds a list of scores with dataset ids."""
        root = document.root
        here = PurePath(document.source.file).parent.name == FOLDER
        if isinstance(root, MapNode):
            # One entry that should stand in a list.
            return here and bool(root.keys() & (_KNOWN | {"date", "notes"}))
        if not isinstance(root, SeqNode) or here:
            return here
        first = root[0] if root else None
        return isinstance(first, MapNode) and isinstance(first.get("dataset"), MapNode) and "id" in first["dataset"]

    def evident(self, document: RawDocument) -> bool:
        """Whether it matches: its keys are no other tool's."""
        return self.matches(document)

    def suspects(self, text: str) -> bool:
        """Whether a list of datasets starts somewhere."""
        return _SUSPECT.search(text) is not None

    def read(self, document: RawDocument, context: DialectContext) -> Content:
        """One model, named after the folder that holds `.eval_results`, with a result for each entry."""
        root = document.root
        if not isinstance(root, SeqNode):
            return Content()
        folder = PurePath(context.folder)
        model = Model(
            name=folder.parent.name if folder.name == FOLDER else folder.name,
            location=root.source.location(root.start, root.end),
            file=context.file,
            base=context.folder,
            dialect=self.name,
            results=tuple(_result(item, path) for item, path in mappings(root)),
        )
        return Content(models=(model,))

    def write(self, content: Content, notes: Notes) -> list[dict[str, Any]]:
        """The results of the one model."""
        (model,) = content.models
        from registry.dialects.writers import eval_results_writer  # most commands only read

        return eval_results_writer.write(model, notes)


def _result(node: MapNode, path: str) -> Result:
    dataset = node.get("dataset")
    source = node.get("source")
    metrics: tuple[Metric, ...] = ()
    if "value" in node:
        metrics = (
            Metric(
                name="value",
                value=node["value"],
                text=printed(node, "value"),
                node=node,
                key="value",
                path=child_path(path, "value"),
                verify_token=printed_text(node, "verifyToken"),
            ),
        )
    extra = rest(node, _KNOWN)
    if isinstance(source, MapNode):
        join(extra, rest(source, ("name", "url"), "source."))
    if isinstance(dataset, MapNode):
        join(extra, rest(dataset, ("id", "task_id", "revision"), "dataset."))
    return Result(
        task=printed_text(dataset, "task_id") or "",
        dataset=DatasetRef(
            name=(printed_text(dataset, "id") if isinstance(dataset, MapNode) else text_of(dataset)) or "",
            revision=printed_text(dataset, "revision"),
        ),
        metrics=metrics,
        location=node.source.location(node.start, node.end, path),
        source_name=printed_text(source, "name"),
        source_url=printed_text(source, "url") if isinstance(source, MapNode) else text_of(source),
        extra=extra,
    )
