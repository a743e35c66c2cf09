"""The digest by which evidence is called fresh without its libraries covers all code that digests come from."""

import ast
import sys
from collections.abc import Iterable, Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

from registry.verify import basis, environment

PACKAGE = Path(__file__).resolve().parents[3] / "registry"

DECIDES_NO_DIGEST = {
    "verify/accuracy/identity.py": "it tells what was measured, when it was",
    "verify/accuracy/options.py": "a glance is of a run without options",
    "verify/arguments.py": "it is of counting",
    "verify/call_options.py": "a glance is of a run without options",
    "verify/conventions": "it is of counting",
    "verify/counts": "it is of counting",
    "verify/golden": "it is of counting",
    "verify/parameters.py": "it is of counting",
    "verify/trace": "it is of counting",
    "verify/engines": "it carries work and answers",
    "verify/environment.py": "a glance asks it",
    "verify/basis.py": "a glance asks it",
    "verify/own_code.py": "a glance asks it",
    "verify/plugins.py": "a glance leaves what plug-ins bring to a run",
    "verify/outcome.py": "it is what comes out",
    "verify/predictions": "it is what comes out",
    "verify/nested.py": "it is of what models answer",
    "verify/torchvision_ops.py": "it imports a library",
    "verify/weights": "it fetches and loads files; their digests are in `digest.py` and `fetch.py`",
}
SCORES_OR_READS = {
    "av": "it reads samples, whose files are in the data's digest",
    "faster_coco_eval": "it scores",
    "huggingface_hub": "it fetches",
    "jiwer": "it scores",
    "rouge_score": "it scores",
    "sacrebleu": "it scores",
    "safetensors": "it loads files, whose digests are taken of their bytes",
    "scipy": "it scores",
    "seqeval": "it scores",
    "yaml": "it reads a zoo's own files",
}
"""Libraries that no digest of a card comes from, each with what it does."""


def test_every_module_that_digests_come_from_is_covered() -> None:
    waiting, reached = [PACKAGE / "verify" / "accuracy" / "dependencies.py"], set()
    while waiting:
        file = waiting.pop()
        if file not in reached:
            reached.add(file)
            waiting += (module for name in _imported(file) if (module := _module(name)) is not None)
    names = {file.relative_to(PACKAGE).as_posix() for file in reached}
    of_verify = {name for name in names if name.startswith("verify/")}
    forgotten = {name for name in of_verify - _covered() if not _is_below(name, DECIDES_NO_DIGEST)}
    assert forgotten == set(), "name them in `basis._CODE`, or here with the reason why no digest comes from them"
    needless = {
        prefix for prefix in DECIDES_NO_DIGEST if not any(_is_below(name, [prefix]) for name in of_verify - _covered())
    }
    assert needless == set()


def test_every_library_that_digests_come_from_is_covered() -> None:
    distributions = {name: set(map(str.lower, packages)) for name, packages in packages_distributions().items()}
    known = {*basis._LIBRARIES, *SCORES_OR_READS}
    imports = {
        name.partition(".")[0]
        for file in _covered()
        for name in _imported(PACKAGE / file)
        if not name.startswith("registry")
    }
    libraries = imports - sys.stdlib_module_names - {"__future__"}
    assert libraries >= {"numpy", "torch", "transformers"}
    forgotten = {name for name in libraries if not {name, *distributions.get(name, set())} & known}
    assert forgotten == set(), "name them in `basis._LIBRARIES`, or here with what they do"


def _covered() -> set[str]:
    """Files of which any change of meaning changes the digest, or makes evaluations stale by itself."""
    parts = (*basis._CODE, *environment._CODE["evaluate"])
    files = (
        file for part in parts for file in ((PACKAGE / part).rglob("*.py") if "." not in part else [PACKAGE / part])
    )
    return {file.relative_to(PACKAGE).as_posix() for file in files}


def _is_below(name: str, parts: Iterable[str]) -> bool:
    return any(name == part or name.startswith(f"{part}/") for part in parts)


def _module(name: str) -> Path | None:
    path = PACKAGE.parent.joinpath(*name.split("."))
    return next(
        (candidate for candidate in (path.with_suffix(".py"), path / "__init__.py") if candidate.is_file()), None
    )


def _imported(file: Path) -> Iterator[str]:
    """The modules that a file imports, anywhere in it but for its types alone."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    typing = [node for node in ast.walk(tree) if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)]
    unseen = {id(below) for node in typing for below in ast.walk(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and id(node) not in unseen:
            within = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from (name if _module(name) is not None else node.module for name in within)
