"""Digest of what parts of this package do, as far as their source tells: names and words about them are left out.

Evaluating a model takes its library, its weights and its data, so that no small example says what evaluating comes to.
What is compared instead is the syntax tree, without comments, docstrings and annotations, and with the names of the
parts' own functions and classes replaced by numbers: a refactoring that only names, words or types differently changes
nothing, and any other change does.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterable
from functools import cache
from threading import Lock

from registry.evidence.digests import sources

_TURN = Lock()
"""Python 3.11's parser counts the depth of all threads together, and fails where two are at it."""


@cache
def of_meaning(*names: str) -> str:
    """Digest of parts of this package, such as `verify/tasks` (a folder) or `verify/geometry.py`."""
    with _TURN:
        trees = {file: ast.parse(text) for file, text in sources(names).items()}
    own = frozenset(_defined(trees.values()))
    whole = hashlib.sha256()
    for file, tree in trees.items():
        text = meaning(tree, own)
        whole.update(f"{file}\0{len(text)}\0{text}".encode())
    return "sha256:" + whole.hexdigest()


def meaning(tree: ast.Module, own: frozenset[str]) -> str:
    """The tree as text, in which nothing stands that does nothing.

    Args:
        tree: A module; it is changed.
        own: Names of functions and classes that are called by numbers, in the order in which the module uses them.
    """
    return ast.dump(_Bare(own).visit(tree))


def _defined(trees: Iterable[ast.Module]) -> Iterable[str]:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    for tree in trees:
        yield from (node.name for node in ast.walk(tree) if isinstance(node, kinds) and not node.name.startswith("__"))


class _Bare(ast.NodeTransformer):
    """Takes out what does nothing, and names by number what is ours."""

    def __init__(self, own: frozenset[str]) -> None:
        self._own = own
        self._numbers: dict[str, int] = {}

    def visit(self, node: ast.AST) -> ast.AST:
        """One node; those below it are visited in their order."""
        self._without_words(node)
        for name, value in ast.iter_fields(node):
            if name in ("name", "id", "attr") and isinstance(value, str) and value in self._own:
                setattr(node, name, f"#{self._numbers.setdefault(value, len(self._numbers))}")
        self.generic_visit(node)
        return node

    def _without_words(self, node: ast.AST) -> None:
        for name in ("annotation", "returns"):
            if getattr(node, name, None) is not None:
                setattr(node, name, ast.Constant(0) if isinstance(node, ast.AnnAssign) else None)
        body = getattr(node, "body", None)
        if isinstance(body, list):
            node.body = [statement for statement in body if not _is_wordy(statement)] or [ast.Pass()]  # type: ignore[attr-defined]


def _is_wordy(node: ast.AST) -> bool:
    """Whether a statement is a docstring, or brings in a name of this package, which its uses tell of."""
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
    return isinstance(node, ast.ImportFrom) and str(node.module).partition(".")[0] == "registry"
