"""What engines run in tests: texts, by the built-in `eval`. Other processes cannot import a test module."""

from __future__ import annotations

from pathlib import Path

HANG = "__import__('time').sleep(600)"
DIE = "__import__('os')._exit(3)"
EAT = "len(bytearray(4 * 2**30))"
RAISE = "int('no such layer')"
WHERE = "__import__('ray').get_runtime_context().get_node_id()"


def raises(kind: str, message: str) -> str:
    module, _, name = kind.rpartition(".")
    return f"(_ for _ in ()).throw(getattr(__import__('importlib').import_module({module!r}), {name!r})({message!r}))"


def first(mark: Path, does: str, *, then: str = "7", where: str = WHERE) -> str:
    """Does one thing the first time, and leaves in `mark` where that was; another the next time."""
    file = f"__import__('pathlib').Path({str(mark)!r})"
    return f"{then} if {file}.exists() else ({file}.write_text({where}), {does})"
