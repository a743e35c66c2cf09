"""The values of a config's statements, worked out from its syntax tree without running it."""

from __future__ import annotations

import ast
import copy
import operator
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from registry.types import BuildError

LARGEST = 1 << 20
"""Bytes of one config, and elements of what it may make by repeating."""

_MOST = 1000
"""Rounds of a loop."""

_CHANGES = frozenset({"update", "append", "extend", "insert", "pop", "setdefault"})
_READS = frozenset({"copy", "get", "keys", "values", "items", "pop"})
"""Methods of mappings and lists that a config may call, as a statement and in a value."""

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
    ast.In: lambda one, container: one in container,
    ast.NotIn: lambda one, container: one not in container,
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


class CodeError(BuildError):
    """A config does more than hold values: to read it is to run it."""


class Values:
    """Evaluates the statements of a config that only make values."""

    def __init__(self, base: dict[str, Any]) -> None:
        self.base = base
        self.names: dict[str, Any] = {"__name__": "config"}

    def read(self, tree: ast.Module) -> dict[str, Any]:
        """The public names of a module, by its statements in their order.

        Raises:
            CodeError: A statement does anything else.
        """
        for node in tree.body:
            self._statement(node)
        return {name: value for name, value in self.names.items() if not name.startswith("_")}

    def _statement(self, node: ast.stmt) -> None:
        match node:
            case ast.Assign(targets=targets, value=value):
                if any(isinstance(target, ast.Name) and target.id == "_base_" for target in targets):
                    return
                result = self._value(value)
                for target in targets:
                    self._assign(target, result)
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
                owner = self._value(of)
                if not isinstance(owner, dict | list):
                    raise _more(node)
                getattr(owner, how)(*self._parts(args))
            case ast.Delete(targets=targets):
                for target in targets:
                    self._delete(target)
            case ast.Import() | ast.ImportFrom():
                return  # nothing is imported: what uses the name is refused
            case ast.For(target=ast.Name(id=name), iter=items, body=body, orelse=[]):
                for item in list(self._value(items))[:_MOST]:
                    self.names[name] = item
                    for statement in body:
                        self._statement(statement)
            case ast.If(test=test, body=body, orelse=orelse):
                for statement in body if self._value(test) else orelse:
                    self._statement(statement)
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
                for part, element in zip(parts, list(value), strict=True):
                    self._assign(part, element)
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
                    raise CodeError(f"uses '{name}' in line {node.lineno}, which it does not define")
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
                mapping: dict[Any, Any] = {}
                for key, value in zip(keys, values, strict=True):
                    mapping.update(self._value(value) if key is None else {self._value(key): self._value(value)})
                return mapping
            case ast.BinOp(left=left, op=op, right=right):
                return self._operate(op, self._value(left), self._value(right), node)
            case ast.UnaryOp(op=op, operand=operand) if type(op) in _UNARY:
                return _UNARY[type(op)](self._value(operand))
            case ast.Attribute(value=of, attr=name) if not name.startswith("_"):
                owner = self._value(of)
                if not isinstance(owner, dict):
                    raise _more(node)
                return owner[name]
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
        values: list[Any] = []
        for part in parts:
            if isinstance(part, ast.Starred):
                values.extend(self._value(part.value))
            else:
                values.append(self._value(part))
        return values

    def _each(self, generators: list[ast.comprehension]) -> Iterator[None]:
        """Steps through a comprehension, its names set."""
        if not generators:
            yield
            return
        first = generators[0]
        for item in list(self._value(first.iter))[:_MOST]:
            self._assign(first.target, item)
            if all(self._value(condition) for condition in first.ifs):
                yield from self._each(generators[1:])

    def _call(self, node: ast.expr, func: ast.expr, args: list[ast.expr], keywords: list[ast.keyword]) -> Any:
        name = ast.unparse(func)
        positional = self._parts(args)
        if name == "range" and all(isinstance(argument, int) for argument in positional):
            return list(range(*positional)[:_MOST])
        if isinstance(func, ast.Attribute) and func.attr in _READS and not keywords:
            owner = self._value(func.value)
            if isinstance(owner, dict | list):
                return getattr(owner, func.attr)(*positional)
        if name not in _CALLS:
            raise _more(node)
        keyword_values: dict[str, Any] = {}
        for keyword in keywords:
            value = self._value(keyword.value)
            keyword_values.update(value if keyword.arg is None else {keyword.arg: value})
        return _CALLS[name](*positional, **keyword_values)

    def _operate(self, op: ast.operator, left: Any, right: Any, node: ast.AST) -> Any:
        if type(op) not in _BINARY or (isinstance(left, str) and isinstance(op, ast.Mod)):
            raise _more(node)
        if isinstance(op, ast.Pow) and not all(
            isinstance(operand, int | float) and abs(operand) < _MOST for operand in (left, right)
        ):
            raise _more(node)
        if isinstance(op, ast.Mult):
            sequence = next((operand for operand in (left, right) if isinstance(operand, list | tuple | str)), None)
            times = right if sequence is left else left
            if sequence is not None and (not isinstance(times, int) or len(sequence) * times > LARGEST):
                raise _more(node)
        return _BINARY[type(op)](left, right)

    def _reference(self, path: str) -> Any:
        value: Any = self.base
        for part in path.split("."):
            value = value[int(part)] if isinstance(value, list | tuple) else value[part]
        return copy.deepcopy(value)


def _load(target: ast.expr) -> ast.expr:
    return ast.parse(ast.unparse(target), mode="eval").body


def _more(node: ast.AST) -> CodeError:
    line = getattr(node, "lineno", 0)
    text = ast.unparse(node).splitlines()[0][:60]
    return CodeError(f"does more than hold values, in line {line}: {text}")
