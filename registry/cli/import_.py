"""`mir import`: cards from what a library publishes about its own weights."""

from __future__ import annotations

from pathlib import Path

import click

ZOOS = ("mmpretrain", "mmseg", "mmdet", "mmpose", "mmaction")
NAMES = (*(f"openmmlab:{zoo}" for zoo in ZOOS), "timm", "torchvision")


@click.command("import")
@click.argument("library", type=click.Choice(NAMES))
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Folder of the cards; below models by default.")
@click.option(
    "--results",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    multiple=True,
    metavar="FILE.csv",
    help="A table of results that the library publishes, read as claims; may be repeated.",
)
@click.option("--dry-run", is_flag=True, help="Say what would change, and write nothing.")
def command(library: str, output: Path | None, results: tuple[Path, ...], dry_run: bool) -> int:
    """Write cards from the metadata of the installed LIBRARY, and say what changed since the last time."""
    from registry.files import write_atomic
    from registry.importers import IMPORTERS
    from registry.loader import load
    from registry.query import diff
    from registry.report.plain import plain

    folder = output or Path("models", *library.split(":"))
    cards = IMPORTERS[library](results)
    texts = {folder / card.file: card.text.encode() for card in cards}
    before = load([path for path in texts if path.is_file()])
    after = load(list(texts), contents={str(path.resolve()): text for path, text in texts.items()})
    changes = list(diff(before, after)) if before.models else []
    for change in changes:
        click.echo(plain(str(change)))
    changed = [path for path, text in texts.items() if not path.is_file() or path.read_bytes() != text]
    if not dry_run:
        for path in changed:
            write_atomic(path, texts[path])
    left = sorted(set(folder.glob("*.md")) - set(texts))
    for path in left:
        click.echo(plain(f"{path}: the installed {library} no longer publishes this family; the card stays"))
    written = "would be written" if dry_run else "written"
    click.echo(f"{len(after.models)} models on {len(cards)} cards in {folder}; {len(changed)} {written}")
    return 0
