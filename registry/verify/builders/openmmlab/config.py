"""Read a config of OpenMMLab without running it.

Such a config is a Python file: assignments of plain values, `_base_` with the files that it builds on, and references
to their values. That much is read from its syntax tree here, by mmengine's rules
(https://github.com/open-mmlab/mmengine/blob/v0.10.7/mmengine/config/config.py). A file that does anything else, such as
an import or a call, is refused with the line: to read it would be to run it.
"""

from __future__ import annotations

import ast
import copy
import operator
import re
from collections.abc import Callable, Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from registry.types import BuildError

_DEEPEST = 12
"""Configs that build on each other."""

_LARGEST = 1 << 20
"""Bytes of one config, and elements of what it may make by repeating."""

_MOST = 1000
"""Rounds of a loop."""

_CHANGES = frozenset({"update", "append", "extend", "insert", "pop", "setdefault"})
_READS = frozenset({"copy", "get", "keys", "values", "items", "pop"})
"""Methods of mappings and lists that a config may call, as a statement and in a value."""

_DELETE = "_delete_"

_BINARY: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
}
_UNARY: Mapping[type[ast.unaryop], Callable[[Any], Any]] = {
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
    ast.Not: operator.not_,
}
_COMPARISONS: Mapping[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.Gt: operator.gt,
    ast.LtE: operator.le,
    ast.GtE: operator.ge,
    ast.In: lambda one, many: one in many,
    ast.NotIn: lambda one, many: one not in many,
}
_CALLS: Mapping[str, Callable[..., Any]] = {
    "dict": dict,
    "list": list,
    "tuple": tuple,
    "int": int,
    "float": float,
    "str": str,
    "len": len,
    "min": min,
    "max": max,
    "round": round,
    "sorted": sorted,
    "sum": sum,
    "enumerate": lambda items: list(enumerate(items)),
    "zip": lambda *items: list(zip(*items, strict=False)),
    "copy.deepcopy": copy.deepcopy,
}
"""What a config may call: makers of plain values."""


def read_config(path: Path, root: Path) -> dict[str, Any]:
    """The values of a config, those of its bases merged in.

    Args:
        path: The file.
        root: The folder that nothing may be read outside of.

    Raises:
        BuildError: It cannot be read, or does more than hold values.
    """
    return _read(path, root.resolve(), 0)


def configs_of(package: str) -> Path:
    """The folder of an installed zoo's configs.

    Raises:
        BuildError: It is not installed, or has none.
    """
    spec = find_spec(package) if package.isidentifier() else None
    for place in (spec.submodule_search_locations or []) if spec else []:
        folder = Path(place) / ".mim" / "configs"
        if folder.is_dir():
            return folder.resolve()
    raise BuildError(f"{package} is not installed with its configs: pip install 'model-index-registry[openmmlab]'")


def _read(path: Path, root: Path, depth: int) -> dict[str, Any]:
    real = path.resolve()
    if not real.is_relative_to(root):
        raise BuildError(f"the config {path.name} lies outside of {root.name}")
    if depth > _DEEPEST:
        raise BuildError(f"the config {path.name} builds on more than {_DEEPEST} others")
    try:
        if real.stat().st_size > _LARGEST:
            raise BuildError(f"the config {path.name} is too large")
        tree = ast.parse(real.read_text(encoding="utf-8"))
    except OSError as error:
        raise BuildError(f"the config {path.name} cannot be read: {error.strerror}") from error
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise BuildError(f"the config {path.name} is no Python: {error}") from error
    base: dict[str, Any] = {}
    for text in _bases(tree):
        package, other, rest = text.rpartition("::")
        above = configs_of(package) if other else root
        base.update(_read((above / rest) if other else real.parent / text, above, depth + 1))
    try:
        own = _Values(base).read(tree)
    except BuildError as error:
        raise BuildError(f"the config {path.name} {error.message}") from error
    except RecursionError as error:
        raise BuildError(f"the config {path.name} is nested too deeply") from error
    except Exception as error:
        # Arithmetic of the config's own values: a division by zero, a key that is not there.
        raise BuildError(f"the config {path.name} cannot be read: {type(error).__name__}: {error}") from error
    return merge(own, base)


def merge(own: Mapping[str, Any], base: Mapping[str, Any]) -> dict[str, Any]:
    """A config over its base: mappings are merged unless one says `_delete_`, all else is replaced."""
    merged = dict(base)
    for key, value in own.items():
        below = merged.get(key)
        if isinstance(value, dict) and isinstance(below, dict) and not value.get(_DELETE):
            merged[key] = merge(value, below)
        else:
            merged[key] = _without_marks(value)
    return merged


def _without_marks(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_marks(each) for key, each in value.items() if key != _DELETE}
    return value


def _bases(tree: ast.Module) -> list[str]:
    for node in tree.body:
        names = [each.id for each in node.targets if isinstance(each, ast.Name)] if isinstance(node, ast.Assign) else []
        if "_base_" in names and isinstance(node, ast.Assign):
            try:
                found = ast.literal_eval(node.value)
            except ValueError:
                raise BuildError("computes what it builds on") from None
            return [str(text) for text in ([found] if isinstance(found, str) else found)]
    return []


class _Values:
    """Evaluates the statements of a config that only make values."""

    def __init__(self, base: dict[str, Any]) -> None:
        self.base = base
        self.names: dict[str, Any] = {"__name__": "config"}

    def read(self, tree: ast.Module) -> dict[str, Any]:
        for node in tree.body:
            self._statement(node)
        return {name: value for name, value in self.names.items() if not name.startswith("_")}

    def _statement(self, node: ast.stmt) -> None:
        match node:
            case ast.Assign(targets=targets, value=value):
                if any(isinstance(target, ast.Name) and target.id == "_base_" for target in targets):
                    return
                made = self._value(value)
                for target in targets:
                    self._assign(target, made)
            case ast.AugAssign(target=target, op=op, value=value):
                before = self._value(_load(target))
                self._assign(target, self._operate(op, before, self._value(value), node))
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                self._assign(target, self._value(value))
            case ast.Expr(value=ast.Constant()) | ast.Pass():
                return
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=of, attr=how), args=args, keywords=[])) if (
                how in _CHANGES
            ):
                held = self._value(of)
                if not isinstance(held, dict | list):
                    raise _more(node)
                getattr(held, how)(*self._parts(args))
            case ast.Delete(targets=targets):
                for target in targets:
                    self._delete(target)
            case ast.Import() | ast.ImportFrom():
                return  # nothing is imported: what uses the name is refused
            case ast.For(target=ast.Name(id=name), iter=items, body=body, orelse=[]):
                for item in list(self._value(items))[:_MOST]:
                    self.names[name] = item
                    for each in body:
                        self._statement(each)
            case ast.If(test=test, body=body, orelse=orelse):
                for each in body if self._value(test) else orelse:
                    self._statement(each)
            case _:
                raise _more(node)

    def _delete(self, target: ast.expr) -> None:
        match target:
            case ast.Name(id=name):
                self.names.pop(name, None)
            case ast.Attribute(value=of, attr=name):
                del self._value(of)[name]
            case ast.Subscript(value=of, slice=at):
                del self._value(of)[self._value(at)]
            case _:
                raise _more(target)

    def _assign(self, target: ast.expr, value: Any) -> None:
        match target:
            case ast.Name(id=name):
                self.names[name] = value
            case ast.Subscript(value=of, slice=at):
                self._value(of)[self._value(at)] = value
            case ast.Attribute(value=of, attr=name) if not name.startswith("_"):
                self._value(of)[name] = value
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                for part, each in zip(parts, list(value), strict=True):
                    self._assign(part, each)
            case _:
                raise _more(target)

    def _value(self, node: ast.expr) -> Any:
        match node:
            case ast.Constant(value=str() as text) if reference := re.fullmatch(
                r"\{\{\s*_base_\.([\w.]+)\s*\}\}", text
            ):
                return self._reference(reference[1])
            case ast.Constant(value=value):
                return value
            case ast.Name(id="_base_"):
                return self.base
            case ast.Name(id=name):
                if name not in self.names:
                    raise BuildError(f"uses '{name}' in line {node.lineno}, which it does not define")
                return self.names[name]
            case ast.List(elts=parts):
                return list(self._parts(parts))
            case ast.Tuple(elts=parts):
                return tuple(self._parts(parts))
            case ast.Set(elts=[ast.Set(elts=[inner])]):
                return copy.deepcopy(self._value(inner))  # {{_base_.name}}
            case ast.Set(elts=parts):
                return set(self._parts(parts))
            case ast.Dict(keys=keys, values=values):
                found: dict[Any, Any] = {}
                for key, value in zip(keys, values, strict=True):
                    found.update(self._value(value) if key is None else {self._value(key): self._value(value)})
                return found
            case ast.BinOp(left=left, op=op, right=right):
                return self._operate(op, self._value(left), self._value(right), node)
            case ast.UnaryOp(op=op, operand=operand) if type(op) in _UNARY:
                return _UNARY[type(op)](self._value(operand))
            case ast.Attribute(value=of, attr=name) if not name.startswith("_"):
                held = self._value(of)
                if not isinstance(held, dict):
                    raise _more(node)
                return held[name]
            case ast.Subscript(value=of, slice=ast.Slice() as part):
                ends = (None if end is None else self._value(end) for end in (part.lower, part.upper, part.step))
                return self._value(of)[slice(*ends)]
            case ast.Subscript(value=of, slice=at):
                return self._value(of)[self._value(at)]
            case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _COMPARISONS:
                return _COMPARISONS[type(op)](self._value(left), self._value(right))
            case ast.IfExp(test=test, body=body, orelse=orelse):
                return self._value(body if self._value(test) else orelse)
            case ast.JoinedStr(values=parts):
                return "".join(
                    str(self._value(part.value if isinstance(part, ast.FormattedValue) else part)) for part in parts
                )
            case ast.ListComp(elt=made, generators=generators):
                return [self._value(made) for _ in self._each(generators)]
            case ast.DictComp(key=key, value=value, generators=generators):
                return {self._value(key): self._value(value) for _ in self._each(generators)}
            case ast.Call(func=func, args=args, keywords=keywords):
                return self._call(node, func, args, keywords)
            case _:
                raise _more(node)

    def _parts(self, parts: list[ast.expr]) -> list[Any]:
        found: list[Any] = []
        for part in parts:
            if isinstance(part, ast.Starred):
                found.extend(self._value(part.value))
            else:
                found.append(self._value(part))
        return found

    def _each(self, generators: list[ast.comprehension]) -> Iterator[None]:
        """Steps through a comprehension, its names set."""
        if not generators:
            yield
            return
        first = generators[0]
        for item in list(self._value(first.iter))[:_MOST]:
            self._assign(first.target, item)
            if all(self._value(each) for each in first.ifs):
                yield from self._each(generators[1:])

    def _call(self, node: ast.expr, func: ast.expr, args: list[ast.expr], keywords: list[ast.keyword]) -> Any:
        name = ast.unparse(func)
        positional = self._parts(args)
        if name == "range" and all(isinstance(each, int) for each in positional):
            return list(range(*positional)[:_MOST])
        if isinstance(func, ast.Attribute) and func.attr in _READS and not keywords:
            held = self._value(func.value)
            if isinstance(held, dict | list):
                return getattr(held, func.attr)(*positional)
        if name not in _CALLS:
            raise _more(node)
        named: dict[str, Any] = {}
        for keyword in keywords:
            value = self._value(keyword.value)
            named.update(value if keyword.arg is None else {keyword.arg: value})
        return _CALLS[name](*positional, **named)

    def _operate(self, op: ast.operator, left: Any, right: Any, node: ast.AST) -> Any:
        if type(op) not in _BINARY or (isinstance(left, str) and isinstance(op, ast.Mod)):
            raise _more(node)
        if isinstance(op, ast.Pow) and not all(
            isinstance(each, int | float) and abs(each) < _MOST for each in (left, right)
        ):
            raise _more(node)
        if isinstance(op, ast.Mult):
            many = next((each for each in (left, right) if isinstance(each, list | tuple | str)), None)
            times = right if many is left else left
            if many is not None and (not isinstance(times, int) or len(many) * times > _LARGEST):
                raise _more(node)
        return _BINARY[type(op)](left, right)

    def _reference(self, path: str) -> Any:
        held: Any = self.base
        for part in path.split("."):
            held = held[int(part)] if isinstance(held, list | tuple) else held[part]
        return copy.deepcopy(held)


def _load(target: ast.expr) -> ast.expr:
    return ast.parse(ast.unparse(target), mode="eval").body


def _more(node: ast.AST) -> BuildError:
    line = getattr(node, "lineno", 0)
    text = ast.unparse(node).splitlines()[0][:60]
    return BuildError(f"does more than hold values, in line {line}: {text}")
