"""A model of a Python file: `./train.py:Net` on the command line, or `Builder: net.py:Net` of a card beside it.

The file is run, with all that it does when it is imported. So a card's is run only for a user who trusts the card, and
in a process of its own.
"""

from __future__ import annotations

import ast
import sys
from contextlib import redirect_stdout
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

from torch import nn

from registry.evidence import digests
from registry.types import BuildError
from registry.verify.own_code import file_beside
from registry.verify.target import Target


def names_in(path: Path) -> list[str]:
    """The classes of a file that have a `forward`, else all its classes; the file is read and not run."""
    try:
        tree = ast.parse(path.read_bytes())
    except (OSError, SyntaxError, ValueError):
        return []
    classes = [statement for statement in tree.body if isinstance(statement, ast.ClassDef)]
    models = [
        class_.name
        for class_ in classes
        if any(isinstance(part, ast.FunctionDef) and part.name == "forward" for part in class_.body)
    ]
    return models or [class_.name for class_ in classes]


def file_target(builder: str) -> Target:
    """The model that a class or a function without arguments in a file makes; the file is run now.

    Raises:
        BuildError: There is no such file, it fails when it is run, or it has no such name.
    """
    text, _, name = builder.rpartition(":")
    path = Path(text)
    if not path.is_file():
        raise BuildError(f"there is no file {text}")
    if not name:
        raise BuildError(f"'{builder}' names no class; write {text}:{(names_in(path) or ['NAME'])[0]}")
    model = _made(_run(path, text), name, text)
    return Target(library=path.name, name=name, version="", how="as asked", build=partial(_built, model))


def beside_card(builder: str, base: str, *, trust: bool) -> Target:
    """The model that a card's file of code makes; the file is read now, and run where the model is built.

    Args:
        builder: A path within the card's folder, a colon, and the name of a class or function in that file.
        base: The card's folder.
        trust: Whether the card's code may run at all.

    Returns:
        The model; its version is the beginning of the file's SHA-256.

    Raises:
        BuildError: There is no such file in the card's folder, or nothing in it is named.
    """
    path = file_beside(builder, base)
    text, _, name = builder.rpartition(":")
    if not name:
        raise BuildError(f"'{builder}' names no class; write {text}:{(names_in(path) or ['NAME'])[0]}")
    version = digests.of_file(path).removeprefix("sha256:")[:12]
    build = partial(_trusted if trust else _refused, str(path), name)
    return Target(library=path.name, name=name, version=version, how="by its Builder field", build=build)


def _trusted(path: str, name: str) -> nn.Module:
    file = Path(path)
    return _built(_made(_run(file, file.name), name, file.name))


def _refused(path: str, name: str) -> nn.Module:
    file = Path(path).name
    raise BuildError(f"{file}:{name} is code that lies beside the card; --trust runs it, in a process of its own")


def _built(model: Any) -> nn.Module:
    return model if isinstance(model, nn.Module) else model()


def _run(path: Path, text: str) -> ModuleType:
    """The module that a file is; `text` is how messages name it."""
    module = ModuleType(path.stem)
    module.__file__ = str(path)
    sys.modules[path.stem] = module  # classes look their module up by its name
    sys.path.insert(0, str(path.parent.resolve()))
    try:
        # Compiled anew: a file of the same size and second as before would be taken from a cache of bytecode.
        code = compile(path.read_bytes(), path, "exec")
        with redirect_stdout(sys.stderr):  # what it prints is no part of the answer
            exec(code, vars(module))  # noqa: S102 - for this the user named the file, or trusts the card
    except (Exception, SystemExit) as error:
        lines = str(error).splitlines() or [""]
        raise BuildError(f"{text} fails when it is run: {type(error).__name__}: {lines[0]}") from error
    finally:
        sys.path.remove(str(path.parent.resolve()))
    return module


def _made(module: ModuleType, name: str, text: str) -> Any:
    """What a name stands for in a module."""
    attribute = getattr(module, name, None)
    if attribute is None:
        classes = [key for key, value in vars(module).items() if callable(value) and not key.startswith("_")]
        own = [key for key in classes if getattr(getattr(module, key), "__module__", "") == module.__name__]
        raise BuildError(f"{text} has no '{name}'" + (f"; it has {', '.join(own[:8])}" if own else ""))
    return attribute
