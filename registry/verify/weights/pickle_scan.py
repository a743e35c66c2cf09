"""Read what a pickle of weights would make, without making it: which functions it calls, and how much it asks for.

A pickle is a program for a stack machine. The machine is run here on sizes instead of values, so that nothing is called
or stored, and a request for a gigabyte costs nothing. `torch.load(weights_only=True)` bounds what is called and
not what that takes: `bytearray(2**31)` is 40 bytes of pickle.

Opcodes: CPython's `pickletools`, which documents every one; only those that torch's own reader knows are taken.
"""

from __future__ import annotations

import pickletools
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import IO, Any

TIMES = 8
"""What a file makes in memory may be so many times its size, and `FREE` besides."""

FREE = 64 << 20
"""Bytes that every file may ask for: small tensors take more of Python than they have of numbers."""

_CALLED = re.compile(
    r"torch\._utils\._rebuild_(tensor|tensor_v2|tensor_v3|parameter|parameter_with_state|sparse_tensor|qtensor"
    r"|meta_tensor_no_storage)|torch\._tensor\._rebuild_from_type_v2|torch\.nn\.parameter\.Parameter|torch\.Size"
    r"|torch\.device|torch\.serialization\._get_layout|collections\.(OrderedDict|Counter)|_codecs\.encode"
    r"|(__builtin__|builtins)\.(bytearray|set|complex)|argparse\.Namespace"
)
"""What rebuilds tensors, and the plain containers around them."""

_ITEM = {
    "Double": 8,
    "Long": 8,
    "ComplexFloat": 8,
    "ComplexDouble": 16,
    "Float": 4,
    "Int": 4,
    "QInt32": 4,
} | dict.fromkeys(("Half", "BFloat16", "Short"), 2)
"""Bytes of a number in a storage, by the beginning of the storage's name; one where it is not listed."""

_OBJECT, _CALL, _ITEM_OF_A_COPY = 64, 1000, 100
"""Bytes of a small object, of a tensor or whatever else a call makes, and of each entry of what a call copies."""


class ScanError(ValueError):
    """A pickle that is refused or cannot be read; the message says why.

    Attributes:
        name: The function or class that it would call or make and may not; empty where that is not why.
    """

    def __init__(self, message: str, name: str = "") -> None:
        super().__init__(message)
        self.name = name


@dataclass(kw_only=True)
class Scan:
    """What pickles of one file ask for.

    Attributes:
        limit: Bytes that they may ask for together.
        requested: Bytes of Python's objects that they make, roughly.
        storages: Bytes of the numbers that they refer to, by their key.
    """

    limit: int
    requested: int = 0
    storages: dict[str, int] = field(default_factory=dict)

    def take(self, size: int) -> None:
        """Note that so many bytes are requested for.

        Raises:
            ScanError: That is more than the file may.
        """
        self.requested += size
        if self.requested > self.limit:
            raise ScanError(
                f"it asks for {self.requested} bytes of memory and more, and a file of its size may for {self.limit}"
            )


def limit_for(size: int) -> int:
    """Bytes that a file of so many bytes may ask for."""
    return TIMES * size + FREE


def scan(stream: IO[bytes], scan_of_file: Scan) -> None:
    """Go through the pickle that begins in a stream, up to its end.

    Raises:
        ScanError: It would call what no weights need, asks for too much, or is no pickle.
    """
    machine = _Machine(scan_of_file)
    try:
        for opcode, argument, _ in pickletools.genops(stream):
            machine.step(opcode.name, argument)
    except ScanError:
        raise
    # It is somebody's own program, and can be wrong in every way: an empty stack, no such memo, no end.
    except (ValueError, IndexError, KeyError, TypeError, OverflowError, AttributeError) as error:
        message = str(error).splitlines()[0][:100] if str(error) else type(error).__name__
        raise ScanError(f"its pickle is damaged: {message}") from error


@dataclass(slots=True)
class _Sized:
    """A list, dictionary or set: only how many entries it has."""

    entries: int = 0


@dataclass(frozen=True, slots=True)
class _Name:
    """A function or class."""

    name: str


_OTHER = _Sized()
_CONSTANTS = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False, "EMPTY_TUPLE": ()}
_TUPLES = {"TUPLE1": 1, "TUPLE2": 2, "TUPLE3": 3}
_NUMBERS = {"BININT", "BININT1", "BININT2", "LONG1", "BINFLOAT"}
_TEXTS = {"BINUNICODE", "SHORT_BINSTRING"}
_EMPTY = {"EMPTY_LIST": 56, "EMPTY_DICT": 64, "EMPTY_SET": 216}
_PUT, _GET = {"BINPUT", "LONG_BINPUT"}, {"BINGET", "LONG_BINGET"}


class _Machine:
    def __init__(self, scan_of_file: Scan) -> None:
        self._scan = scan_of_file
        self._stack: list[Any] = []
        self._marks: list[list[Any]] = []
        self._memo: dict[int, Any] = {}
        self._others: dict[str, Callable[[], None]] = {
            "MARK": self._mark,
            "TUPLE": lambda: self._tuple(self._since_mark()),
            "APPEND": lambda: self._add([self._stack.pop()]),
            "APPENDS": lambda: self._add(self._since_mark()),
            "SETITEM": lambda: self._add([self._stack.pop(), self._stack.pop()]),
            "SETITEMS": lambda: self._add(self._since_mark()),
            "REDUCE": self._call,
            "NEWOBJ": self._call,
            "BUILD": self._build,
            "BINPERSID": self._storage,
            "STOP": lambda: None,
            "PROTO": lambda: None,
        }

    def step(self, opcode: str, argument: Any) -> None:
        """Do one instruction, on sizes."""
        stack = self._stack
        if opcode in _PUT:
            self._scan.take(_OBJECT)
            self._memo[argument] = stack[-1]
        elif opcode in _GET:
            self._scan.take(8)
            stack.append(self._memo[argument])
        elif opcode in _NUMBERS:
            self._scan.take(_OBJECT)
            stack.append(argument)
        elif opcode in _TEXTS:
            self._scan.take(_OBJECT + 4 * len(argument))
            stack.append(argument)
        elif opcode in _EMPTY:
            self._scan.take(_EMPTY[opcode])
            stack.append(_Sized())
        elif opcode in _CONSTANTS:
            stack.append(_CONSTANTS[opcode])
        elif opcode in _TUPLES:
            count = _TUPLES[opcode]
            items = stack[-count:]
            del stack[-count:]
            if len(items) < count:
                raise IndexError("the stack is empty")
            self._tuple(items)
        elif opcode == "GLOBAL":
            self._scan.take(_OBJECT)
            stack.append(_Name(argument.replace(" ", ".")))
        elif opcode in self._others:
            self._others[opcode]()
        else:
            raise ScanError(f"its pickle uses {opcode}, which torch does not write")

    def _mark(self) -> None:
        self._scan.take(_OBJECT)
        self._marks.append(self._stack)
        self._stack = []

    def _since_mark(self) -> list[Any]:
        items, self._stack = self._stack, self._marks.pop()
        return items

    def _tuple(self, items: list[Any]) -> None:
        self._scan.take(_OBJECT + 8 * len(items))
        self._stack.append(tuple(items))

    def _add(self, items: list[Any]) -> None:
        self._scan.take(_ITEM_OF_A_COPY // 2 * len(items))
        container = self._stack[-1]
        if isinstance(container, _Sized) and container is not _OTHER:
            container.entries += len(items)

    def _call(self) -> None:
        arguments, called = self._stack.pop(), self._stack.pop()
        name = called.name if isinstance(called, _Name) else "something that it made itself"
        if not isinstance(called, _Name) or not _CALLED.fullmatch(name):
            raise ScanError(f"it would call {name}", name=name.removeprefix("__builtin__.").removeprefix("builtins."))
        arguments = arguments if isinstance(arguments, tuple) else ()
        encodes = name == "_codecs.encode" or (name.endswith(".bytearray") and len(arguments) > 1)
        if encodes and arguments[1:] not in (("latin1",), ("latin-1",)):
            raise ScanError("it would encode text in another way than latin-1, which bytes are written in")
        if name.endswith(".bytearray") and any(isinstance(size, int) for size in arguments[:1]):
            self._scan.take(abs(arguments[0]))
        self._scan.take(_CALL + sum(map(_copied, arguments)))
        empty = name.endswith(("Dict", ".set", ".Counter"))
        self._stack.append(_Sized(sum(map(_entries, arguments))) if empty else _OTHER)

    def _build(self) -> None:
        self._scan.take(_OBJECT + _copied(self._stack.pop()))

    def _storage(self) -> None:
        reference = self._stack.pop()
        if not isinstance(reference, tuple) or len(reference) < 5 or reference[0] not in ("storage", b"storage"):
            raise ScanError("its pickle refers to something that is no storage of numbers")
        _, kind, key, _, count = reference[:5]
        if not isinstance(kind, _Name) or not isinstance(count, int) or count < 0:
            raise ScanError("its pickle describes a storage of numbers wrongly")
        item = _ITEM.get(kind.name.rpartition(".")[2].removesuffix("Storage"), 1)
        self._scan.storages[str(key)] = max(self._scan.storages.get(str(key), 0), count * item)
        self._scan.take(_CALL)
        self._stack.append(_OTHER)


def _entries(value: Any) -> int:
    if isinstance(value, str | bytes | tuple):
        return len(value)
    return value.entries if isinstance(value, _Sized) else 0


def _copied(value: Any) -> int:
    return (4 if isinstance(value, str | bytes) else _ITEM_OF_A_COPY) * _entries(value)
