"""Hugging Face's `eval.yaml`, which makes a data set's repository a benchmark. It holds tasks, and no model."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from registry.dialects.dialect import Content, DialectContext
from registry.types import MapNode, RawDocument, UsageError, mappings

if TYPE_CHECKING:
    from registry.dialects.writers import Notes

FILES = ("eval.yaml", "eval.yml")


class Benchmark:
    """A benchmark's tasks."""

    name: ClassVar[str] = "benchmark"
    kinds: ClassVar[frozenset[str]] = frozenset({"yaml"})
    unit: ClassVar[Literal["none"]] = "none"

    def matches(self, document: RawDocument) -> bool:
        """Whether the file is called `eval.yaml` and names a framework, or tasks that have an identifier."""
        root = document.root
        if not isinstance(root, MapNode) or PurePath(document.source.file).name not in FILES:
            return False
        return "evaluation_framework" in root or any("id" in task for task, _ in mappings(root.get("tasks")))

    def evident(self, document: RawDocument) -> bool:
        """Whether it matches: its file's name and its keys are no other tool's."""
        return self.matches(document)

    def suspects(self, text: str) -> bool:
        """Whether a framework is named somewhere."""
        return "\nevaluation_framework:" in f"\n{text}"

    def read(self, document: RawDocument, context: DialectContext) -> Content:  # noqa: ARG002
        """Nothing: a benchmark is no model."""
        return Content()

    def write(self, content: Content, notes: Notes) -> dict[str, Any]:  # noqa: ARG002
        """Nothing.

        Raises:
            UsageError: Always: models make no benchmark.
        """
        raise UsageError("a benchmark is not made of models")


def tasks_of(root: MapNode) -> dict[str, MapNode]:
    """The tasks of a benchmark by their identifiers, the first of each."""
    tasks: dict[str, MapNode] = {}
    for task, _ in mappings(root.get("tasks")):
        if isinstance(task.get("id"), str):
            tasks.setdefault(task["id"], task)
    return tasks
