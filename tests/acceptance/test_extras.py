"""Each extra brings what its commands need: the pages of a site need nothing of the extra `verify`."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
IMPORTED_AS = {"pillow": "PIL", "scikit-learn": "sklearn"}
"""Packages whose modules have another name."""


def test_a_site_is_built_without_the_packages_that_verifying_needs(tmp_path: Path) -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    packages = [requirement.partition(">=")[0] for requirement in extras["verify"]]
    assert {"torch", "numpy", "pillow"} <= set(packages)
    for package in packages:
        module = IMPORTED_AS.get(package, package)
        (tmp_path / f"{module}.py").write_text(
            f"raise ModuleNotFoundError(\"No module named '{module}'\", name='{module}')\n", encoding="utf-8"
        )
    cards = tmp_path / "models"
    cards.mkdir()
    (cards / "alexnet.md").write_bytes((ROOT / "models" / "alexnet.md").read_bytes())
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)])}
    process = subprocess.run(
        [sys.executable, "-m", "registry", "site", "build", "models"],
        cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert (process.returncode, process.stderr) == (0, "")
    assert (tmp_path / "build" / "html" / "models" / "alexnet.html").is_file()
