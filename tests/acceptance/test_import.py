"""`mir import`: cards are written once, the same again, and what changed is told."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def folder(mir, tmp_path: Path) -> Path:
    folder = tmp_path / "models" / "torchvision"
    code, out, err = mir("import", "torchvision", "--out", folder)
    assert (code, err) == (0, "")
    assert " models on " in out
    return folder


def state(folder: Path) -> dict[str, tuple[int, bytes]]:
    return {path.name: (path.stat().st_mtime_ns, path.read_bytes()) for path in folder.iterdir()}


def test_a_second_run_changes_nothing(mir, folder: Path) -> None:
    before = state(folder)
    code, out, _ = mir("import", "torchvision", "--out", folder)
    assert code == 0
    assert out.endswith("; 0 written\n")
    assert out.count("\n") == 1
    assert state(folder) == before


def test_a_changed_number_is_shown_and_put_right(mir, folder: Path) -> None:
    card = folder / "resnet.md"
    good = card.read_text(encoding="utf-8")
    card.write_text(good.replace("Parameters: 11689512", "Parameters: 11689513", 1), encoding="utf-8")
    changed = "~ resnet18.IMAGENET1K_V1: Parameters 11689513 -> 11689512\n"
    code, out, _ = mir("import", "torchvision", "--out", folder, "--dry-run")
    assert code == 0
    assert out.startswith(changed)
    assert out.endswith("; 1 would be written\n")
    assert card.read_text(encoding="utf-8") != good
    assert mir("import", "torchvision", "--out", folder)[1].startswith(changed)
    assert card.read_text(encoding="utf-8") == good


def test_a_family_that_is_gone_is_told_and_kept(mir, folder: Path) -> None:
    (folder / "old-net.md").write_text("a card of an older release\n")
    assert (
        "old-net.md: the installed torchvision no longer publishes this family"
        in (mir("import", "torchvision", "--out", folder)[1])
    )
    assert (folder / "old-net.md").is_file()


def test_the_check_finds_nothing_in_the_cards(mir, folder: Path) -> None:
    assert mir("check", folder, "--format", "json")[:2] == (0, "[]\n")


def test_timms_tables_become_claims(mir, tmp_path: Path) -> None:
    table = tmp_path / "results-imagenet.csv"
    head = "model,top1,top1_err,top5,top5_err,param_count,img_size,crop_pct,interpolation\n"
    line = "resnet50.a1_in1k,80.216,19.784,94.634,5.366,25.56,288,1.000,bicubic\n"
    table.write_text(head + line)
    cards = tmp_path / "timm"
    assert mir("import", "timm", "--out", cards)[0] == 0
    code, out, _ = mir("import", "timm", "--results", table, "--out", cards)
    assert code == 0
    assert out.splitlines()[:3] == [
        "+ resnet50.a1_in1k: Parameters 25.56M",
        "+ resnet50.a1_in1k: Top 1 Accuracy (ImageNet) 80.216%",
        "+ resnet50.a1_in1k: Top 5 Accuracy (ImageNet) 94.634%",
    ]
    assert out.endswith("; 1 written\n")
    table.write_text(head + line.replace("80.216", "?"))
    code, _, err = mir("import", "timm", "--results", table, "--out", cards)
    assert code == 2
    assert err.endswith("results-imagenet.csv:2: top1 is '?', which is no number\n")
