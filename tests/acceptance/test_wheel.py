"""The wheel works on its own: outside the repository, in a clean environment, without torch."""

import email
import os
import re
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from registry import __version__

ROOT = Path(__file__).resolve().parents[2]
CARD = ROOT / "models" / "alexnet.md"


def _run(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "VIRTUAL_ENV"))}
    return subprocess.run(
        [str(part) for part in command], cwd=cwd, env=environment, text=True, capture_output=True, check=False
    )


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of executables of a new environment that holds nothing but the wheel and what it requires."""
    folder = tmp_path_factory.mktemp("wheel")
    process = _run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT, cwd=folder)
    assert process.returncode == 0, process.stdout + process.stderr
    (wheel,) = folder.glob("*.whl")
    venv.create(folder / "env", with_pip=True)
    executables = folder / "env" / "bin"
    pip = _run(executables / "python", "-m", "pip", "install", "--quiet", wheel, cwd=folder)
    assert pip.returncode == 0, pip.stdout + pip.stderr
    return executables


def test_checks_a_card_without_torch(installed: Path, tmp_path: Path) -> None:
    torch = _run(installed / "python", "-c", "import torch", cwd=tmp_path)
    assert "No module named 'torch'" in torch.stderr
    (tmp_path / "good.md").write_bytes(CARD.read_bytes())
    good = _run(installed / "mir", "check", "-q", "good.md", cwd=tmp_path)
    assert (good.returncode, good.stdout, good.stderr) == (0, "", "")
    (tmp_path / "bad.md").write_text(CARD.read_text().replace("FLOPs: 1429383808", "FLOPs: -3"), encoding="utf-8")
    bad = _run(installed / "mir", "check", "bad.md", cwd=tmp_path)
    assert bad.returncode == 1
    assert "bad.md:21:12" in bad.stdout


def test_carries_schemas_and_templates(installed: Path, tmp_path: Path) -> None:
    listing = _run(
        installed / "python",
        "-c",
        "from registry.resources import resource; print(resource('schemas'), resource('site'))",
        cwd=tmp_path,
    )
    schemas, site = map(Path, listing.stdout.split())
    assert str(installed.parent) in str(schemas)
    assert sorted(file.name for file in schemas.glob("*.json")) == sorted(
        file.name for file in (ROOT / "schemas").glob("*.json")
    )
    assert (site / "templates").is_dir()


def test_its_page_on_an_index_has_no_path_of_the_repository(installed: Path) -> None:
    (wheel,) = installed.parents[1].glob("*.whl")
    with zipfile.ZipFile(wheel) as files:
        (metadata,) = (name for name in files.namelist() if name.endswith(".dist-info/METADATA"))
        described = email.message_from_bytes(files.read(metadata))
        text = str(described.get_payload())
        links = re.findall(r"(!?)\[[^\]]*\]\(([^)]+)\)", text)
        pictures = [address for is_picture, address in links if is_picture]
        assert (described["Description-Content-Type"], len(pictures)) == ("text/markdown", 2)
        assert all(address.startswith("https://") for _, address in links)
        # A site that is built by this wheel has them at these addresses.
        for address in pictures:
            assert f"registry/_data/site/pages/{address.partition('/guide/')[2]}" in files.namelist()
    assert "the package; CONTRIBUTING has the way through it" in text


def test_says_its_version(installed: Path, tmp_path: Path) -> None:
    assert _run(installed / "mir", "--version", cwd=tmp_path).stdout == f"mir, version {__version__}\n"


def test_a_command_that_needs_more_says_which_extra(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "good.md").write_bytes(CARD.read_bytes())
    verify = _run(installed / "mir", "verify", "good.md", cwd=tmp_path)
    assert verify.returncode == 2
    assert "pip install 'model-index-registry[verify]'" in verify.stderr
    site = _run(installed / "mir", "site", "build", "--cards", ".", cwd=tmp_path)
    assert site.returncode == 2
    assert "pip install 'model-index-registry[site]'" in site.stderr
