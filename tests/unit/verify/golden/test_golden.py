"""When evidence of counts is stale: not when code is rewritten, and exactly when what it counts is another."""

from __future__ import annotations

import shutil
import subprocess
import sys
import types
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import registry
from registry.types import Measurement
from registry.verify import conventions
from registry.verify.conventions import variants
from registry.verify.golden import golden_counts
from registry.verify.golden.golden_counts import FILE, dumped, loaded
from registry.verify.golden.networks import golden

DIGESTS = """
import json, sys
from registry.types import Measurement
from registry.verify.conventions import variants
from registry.verify.golden import counting_digest
labels = [*(each.label for each in variants()), "all parameters"]
found = {label: counting_digest(Measurement(value=1, method="count", convention=label)) for label in labels}
json.dump(found, sys.stdout)
"""


def digests_of(package: Path) -> dict[str, str]:
    """What a copy of the package says, by convention."""
    run = subprocess.run(
        [sys.executable, "-c", DIGESTS], cwd=package.parent, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    digests: dict[str, str] = __import__("json").loads(run.stdout)
    return digests


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A copy of the package that may be changed."""
    source = Path(registry.__file__).parent
    copy = tmp_path / "registry"
    shutil.copytree(source, copy, ignore=shutil.ignore_patterns("__pycache__"))
    return copy


def rewrite(package: Path, old: str, new: str, files: str = "**/*.py") -> int:
    """Put a text for another everywhere below `verify`; how many files that changed."""
    changed = [file for file in (package / "verify").glob(files) if old in file.read_text(encoding="utf-8")]
    for file in changed:
        file.write_text(file.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    return len(changed)


def test_a_function_with_another_name_leaves_all_evidence_fresh(package: Path) -> None:
    before = digests_of(package)
    assert rewrite(package, "one_sample_out", "first_sample_out") >= 3
    assert rewrite(package, "def first_name", "def first_name") == 0
    assert digests_of(package) == before


def test_another_formula_makes_the_records_of_its_convention_stale_and_no_others(package: Path) -> None:
    before = digests_of(package)
    assert rewrite(package, "2 * ", "3 * ", "conventions/thop_0_0_31.py") == 1
    after = digests_of(package)
    stale = {label for label in before if before[label] != after[label]}
    assert stale == {label for label in before if label.startswith("thop 0.0.31")}


def test_other_ways_to_add_up_make_the_records_of_parameters_stale_and_no_others(package: Path) -> None:
    before = digests_of(package)
    assert rewrite(package, "total + counted.buffers", "total - counted.buffers", "parameters.py") == 1
    after = digests_of(package)
    assert {label for label in before if before[label] != after[label]} == {"all parameters"}


def test_a_record_depends_on_every_convention_that_was_tried() -> None:
    def digest(convention: str, *rules: str) -> str:
        details = {"tried": dict.fromkeys(rules, 1)}
        return golden_counts.counting_digest(
            Measurement(value=1, method="count", convention=convention, details=details)
        )

    alone = digest("MACs, 224x224", "MACs, 224x224")
    assert alone == digest("MACs, 299x299") == digest("MACs, 224x224, in deploy mode")
    assert alone != digest("MACs, 224x224", "MACs, 224x224", "2 x thop 0.0.31, without head, 224x224")
    assert digest("2 x thop 0.0.31, 224x224") != digest("thop 0.0.31, without head, 224x224")
    assert digest("2 x thop 0.0.31, 224x224") == digest("thop 0.0.31, 224x224")


def test_every_convention_is_found_by_its_rule() -> None:
    for variant in variants():
        for rule in (variant.label, f"{variant.label}, 3x224x224", f"2 x {variant.label}, 224x224, in deploy mode"):
            assert golden_counts._convention(rule) == variant.label


def test_the_golden_traces_are_what_a_trace_holds_today() -> None:
    expected, now = loaded(FILE.read_text(encoding="utf-8")), golden()
    assert expected.keys() == now.keys()
    hint = "a trace holds something else: python -m registry.verify.golden, and mir verify models"
    assert dumped(now) == dumped(expected) == FILE.read_text(encoding="utf-8"), hint


def test_the_golden_traces_run_nearly_every_line_of_every_formula() -> None:
    ran: dict[str, set[int]] = defaultdict(set)

    def local(frame: types.FrameType, event: str, arg: Any) -> Any:
        ran[frame.f_code.co_filename].add(frame.f_lineno)
        return local

    golden_counts._counted.cache_clear()
    for name, module in list(sys.modules.items()):
        if name.startswith(f"{conventions.__name__}."):
            for member in vars(module).values():
                getattr(member, "cache_clear", bool)()  # what another test has counted would not run again
    before = sys.gettrace()
    sys.settrace(
        lambda frame, event, arg: local(frame, event, arg) if "conventions" in frame.f_code.co_filename else None
    )
    try:
        for variant in variants():
            golden_counts._counted(variant.label)
    finally:
        sys.settrace(before)
    for file in sorted(Path(conventions.__file__).parent.glob("*.py")):
        lines = set(_lines_of_functions(compile(file.read_text(encoding="utf-8"), str(file), "exec")))
        if file.stem not in ("__init__", "names") and lines:  # tables are made of names at import
            assert len(lines & ran[str(file)]) / len(lines) > 0.85, file.name


def _lines_of_functions(code: types.CodeType) -> Iterator[int]:
    for inner in code.co_consts:
        if isinstance(inner, types.CodeType):
            if not inner.co_flags & 0x2 or inner.co_name == "<module>":  # a class, whose lines run at import
                yield from _lines_of_functions(inner)
                continue
            yield from (line for _, _, line in inner.co_lines() if line and line != inner.co_firstlineno)
            yield from _lines_of_functions(inner)
