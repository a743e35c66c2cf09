"""Import OpenMMLab's packages beside today's torch, without mmcv's compiled operators.

Six things prevent that, and each is worked around, for the time of the import alone where that is enough:

- mmdet, mmsegmentation and mmaction2 refuse mmcv 2.2 by its number, and every zoo's 1.0 refuses 2.1, though they run on
  it: they are told 2.0 meanwhile.
- mmcv-lite has the Python of `mmcv.ops` and not the compiled module `mmcv._ext` that it calls. A stand-in lets models
  be built; an operator that is called says its name.
- mmpretrain's models of pictures and text are written for transformers 4, and fail to be imported beside a newer one:
  they are left out then, as the package does itself where there is none.
- the wheel of mmaction2 1.2 lacks a folder that the package imports: something stands in its place until it is used.
- mmpose reads and scores its data by xtcocotools and munkres, which few machines can install: something stands in their
  place where they are not to be had.
- torchvision's operators are declared first, see `registry.verify.torchvision_ops`.
"""

from __future__ import annotations

import importlib
import importlib.machinery
import importlib.util
import json
import sys
import types
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any

from registry.types import BuildError
from registry.verify.torchvision_ops import import_torchvision

LAST_ALLOWED = "2.0.1"
"""An mmcv that the own check of each zoo's 1.x lets pass."""

NEWEST_TRANSFORMERS = 4
"""The newest major version of transformers that mmpretrain's models of text run on."""

_MOST_MISSING = 10

_OF_DATA = {"munkres": "munkres", "xtcocotools": "xtcocotools.mask"}
"""Packages that mmpose imports with its models, and that data sets and scores alone need, with a module to try."""

PACKAGES = {
    "mmpretrain": "mmpretrain",
    "mmseg": "mmsegmentation",
    "mmdet": "mmdet",
    "mmpose": "mmpose",
    "mmaction": "mmaction2",
}
"""Zoos by the name of their module, and their distribution."""


class MissingOperatorError(RuntimeError):
    """A compiled operator of mmcv was called that is not here."""


@cache
def import_zoo(package: str) -> Any:
    """The module of a zoo, its models registered.

    Raises:
        BuildError: It is not installed, or fails when it is imported.
    """
    if package not in PACKAGES:
        raise BuildError(f"{package} is no zoo of OpenMMLab that is known here; there are {', '.join(PACKAGES)}")
    for needed in (package, "mmengine", "mmcv"):
        if importlib.util.find_spec(needed) is None:
            name = {"mmcv": "mmcv-lite"}.get(needed, PACKAGES.get(needed, needed))
            raise BuildError(f"{name} is not installed; install it with: pip install {name}")
    try:
        import_torchvision()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            stand_in()
            mmcv: Any = importlib.import_module("mmcv")
            own, mmcv.__version__ = mmcv.__version__, LAST_ALLOWED
            try:
                with _without_new_transformers():
                    import_with_placeholders(package, package)
                    return import_with_placeholders(package, f"{package}.models")
            finally:
                mmcv.__version__ = own
    except Exception as error:
        # Untrusted code, at import.
        first = (str(error).splitlines() or [""])[0][:200]
        raise BuildError(f"{PACKAGES[package]} cannot be imported: {type(error).__name__}: {first}") from error


@contextmanager
def _without_new_transformers() -> Iterator[None]:
    """Let mmpretrain, which asks the back-port of importlib.metadata, find no transformers that it cannot use."""
    try:
        metadata: Any = importlib.import_module("importlib_metadata")
        usable = int(metadata.version("transformers").partition(".")[0]) <= NEWEST_TRANSFORMERS
    except (ImportError, ValueError):  # no such package, or no transformers
        usable = True
    if usable:
        yield
        return
    ask = metadata.distribution

    def answer(name: str) -> Any:
        if name == "transformers":
            raise metadata.PackageNotFoundError(name)
        return ask(name)

    metadata.distribution = answer
    try:
        yield
    finally:
        metadata.distribution = ask


def import_with_placeholders(package: str, name: str) -> Any:
    """A module of a package, with something in place of each module that the package imports and its wheel lacks."""
    for _ in range(_MOST_MISSING):
        try:
            return importlib.import_module(name)
        except ModuleNotFoundError as error:
            lacked = error.name or ""
            above = lacked.partition(".")[0]
            if (lacked == package or above not in (package, *_OF_DATA)) or lacked in sys.modules:
                raise
            sys.modules[lacked] = _MissingModule(lacked)
    return importlib.import_module(name)


class _MissingModule(types.ModuleType):
    """In place of a module that is not here: it has every class, and none that can be instantiated."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.__path__ = []  # what it would hold is lacked one by one

    def __getattr__(self, name: str) -> type:
        if name.startswith("__"):
            raise AttributeError(name)
        package, module_name = self.__name__.partition(".")[0], self.__name__

        def refuse(*_: Any, **__: Any) -> None:
            raise BuildError(f"the installed {package} lacks its module {module_name}, or the module does not load")

        return type(name, (), {"__init__": refuse})


def stand_in() -> None:
    """Put a module in place of `mmcv._ext` where mmcv-lite has none, and of a package of data that does not load."""
    for name, used in _OF_DATA.items():
        try:
            importlib.import_module(used)
        except ModuleNotFoundError:
            continue  # a placeholder is made where it is imported
        except (ImportError, ValueError):  # ValueError: it was compiled for another numpy
            sys.modules[name] = _MissingModule(name)
    if "mmcv._ext" in sys.modules or importlib.util.find_spec("mmcv._ext") is not None:
        return
    sys.modules["mmcv._ext"] = operators = _Operators("mmcv._ext")
    operators.__spec__ = importlib.machinery.ModuleSpec("mmcv._ext", None)


class _Operators(types.ModuleType):
    """In place of mmcv's compiled operators: it has every operator, and none that runs."""

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("__"):
            raise AttributeError(name)

        def missing(*_: Any, **__: Any) -> Any:
            raise MissingOperatorError(
                f"it needs the compiled operator '{name}' of mmcv, which mmcv-lite does not have"
            )

        return missing


_HARMLESS = frozenset({*PACKAGES, "mmcv", "mmengine"})
"""Packages whose import registers what is known anyway."""


def run_config(config_place: tuple[str, str]) -> dict[str, Any]:
    """The values of a config as mmengine reads it, with its classes by the names that they are registered by.

    Raises:
        BuildError: The zoo is not installed.
        Exception: Whatever the config's code raises.
    """
    package, file = config_place
    import_zoo(package)
    config: Any = importlib.import_module("mmengine.config").Config
    with _beside(str(Path(file).parent)):
        try:
            values = config.fromfile(file, import_custom_modules=False).to_dict()
        except Exception as error:
            # Where a config imports anything, mmengine only names what it imports, and cannot call it.
            with suppress(Exception):
                return _plain(config.fromfile(file, import_custom_modules=False, lazy_import=False).to_dict())
            raise error
    return _plain(values)


def _plain(data: Any) -> dict[str, Any]:
    values = json.loads(json.dumps(data, default=_name))
    renamed: dict[str, Any] = _registered_names(values)
    return renamed


def strange_imports(config: Mapping[str, Any]) -> tuple[str, ...]:
    """Modules of the card's own that a config wants imported before its model is built (`custom_imports`)."""
    custom_imports = config.get("custom_imports")
    names = custom_imports.get("imports") if isinstance(custom_imports, Mapping) else None
    listed = [names] if isinstance(names, str) else names if isinstance(names, list) else []
    return tuple(name for name in listed if isinstance(name, str) and name.partition(".")[0] not in _HARMLESS)


def import_beside(imports: Sequence[str], folder: str) -> None:
    """Import a config's own modules, which lie beside it."""
    with _beside(folder):
        for name in imports:
            importlib.import_module(name)


class _beside:  # noqa: N801 - a context, used as one
    """A folder that modules are found in meanwhile."""

    def __init__(self, folder: str) -> None:
        self.folder = folder

    def __enter__(self) -> None:
        sys.path.insert(0, self.folder)

    def __exit__(self, *_: object) -> None:
        sys.path.remove(self.folder)


def _name(value: Any) -> str:
    """What a value that is no plain data is called."""
    qualified_name = getattr(value, "__qualname__", None)
    return f"{value.__module__}.{qualified_name}" if isinstance(qualified_name, str) else str(value)


def _registered_names(value: Any) -> Any:
    """Types by the name in their zoo's registry, where a config names the class itself (`mmpretrain.models.ResNet`)."""
    if isinstance(value, list):
        return [_registered_names(member) for member in value]
    if not isinstance(value, dict):
        return value
    renamed = {key: _registered_names(member) for key, member in value.items()}
    type_name = renamed.get("type")
    if isinstance(type_name, str) and type_name.count(".") > 1:
        package, _, rest = type_name.partition(".")
        name = rest.rpartition(".")[2]
        renamed["type"] = f"{package}.{name}" if package in PACKAGES else name
    return renamed
