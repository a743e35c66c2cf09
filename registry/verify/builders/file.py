"""A model of a Python file that the caller names on the command line: `./train.py:Net`.

The file is run, with all that it does when it is imported. So this is no library that a card can name.
"""

from __future__ import annotations

import ast
import importlib.util
import sys
from contextlib import redirect_stdout
from pathlib import Path

from torch import nn

from registry.types import BuildError
from registry.verify.target import Target


def is_file(builder: str) -> bool:
    """Whether a text names a Python file and something in it.

    >>> is_file("./train.py:Net"), is_file("timm:resnet50")
    (True, False)
    """
    return builder.rpartition(":")[0].endswith(".py")


def names_in(path: Path) -> list[str]:
    """The classes of a file that have a `forward`, else all its classes; the file is read and not run."""
    try:
        tree = ast.parse(path.read_bytes())
    except (OSError, SyntaxError, ValueError):
        return []
    classes = [each for each in tree.body if isinstance(each, ast.ClassDef)]
    models = [
        each.name
        for each in classes
        if any(isinstance(part, ast.FunctionDef) and part.name == "forward" for part in each.body)
    ]
    return models or [each.name for each in classes]


def file_target(builder: str) -> Target:
    """The model that a class or a function without arguments in a file makes.

    Raises:
        BuildError: There is no such file, it fails when it is run, or it has no such name.
    """
    text, _, name = builder.rpartition(":")
    path = Path(text)
    if not path.is_file():
        raise BuildError(f"there is no file {text}")
    if not name:
        raise BuildError(f"'{builder}' names no class; write {text}:{(names_in(path) or ['NAME'])[0]}")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise BuildError(f"{text} is no Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module  # classes look their module up by its name
    sys.path.insert(0, str(path.parent.resolve()))
    try:
        # What it prints is no part of the answer.
        with redirect_stdout(sys.stderr):
            spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        lines = str(error).splitlines() or [""]
        raise BuildError(f"{text} fails when it is run: {type(error).__name__}: {lines[0]}") from error
    finally:
        sys.path.remove(str(path.parent.resolve()))
    made = getattr(module, name, None)
    if made is None:
        classes = [key for key, value in vars(module).items() if callable(value) and not key.startswith("_")]
        own = [key for key in classes if getattr(getattr(module, key), "__module__", "") == path.stem]
        raise BuildError(f"{text} has no '{name}'" + (f"; it has {', '.join(own[:8])}" if own else ""))

    def build() -> nn.Module:
        return made if isinstance(made, nn.Module) else made()

    return Target(library=path.name, name=name, version="", how="as asked", build=build)
