"""`mir import`: cards from what a library publishes about its own weights."""

from __future__ import annotations

from pathlib import Path

import click

ZOOS = ("mmpretrain", "mmseg", "mmdet", "mmpose", "mmaction")
NAMES = (*(f"openmmlab:{zoo}" for zoo in ZOOS), "timm", "torchvision")


@click.command("import")
@click.argument("library", type=click.Choice(NAMES), metavar="LIBRARY")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Folder of the cards; below models by default.")
@click.option(
    "--results",
    type=click.Path(path_type=Path, exists=True),
    multiple=True,
    metavar="FILE.csv|FOLDER",
    help="A table of results that the library publishes, or a folder of them, read as claims; may be repeated.",
)
@click.option("--source", metavar="TEXT", help="Where the tables are from and of which version; each card names it.")
@click.option("--measured", is_flag=True, help="Leave out models that no table has.")
@click.option("--dry-run", is_flag=True, help="Print what would change, and write nothing.")
def command(
    library: str, output: Path | None, results: tuple[Path, ...], source: str | None, measured: bool, dry_run: bool
) -> int:
    """Write cards from the metadata of the installed LIBRARY, and say what changed since the last time.

    LIBRARY is timm, torchvision, openmmlab:mmpretrain, openmmlab:mmseg, openmmlab:mmdet, openmmlab:mmpose or
    openmmlab:mmaction.

    timm's tables are those of results/ in its repository: accuracy on each test set, and parameters, GMACs and
    throughput on each machine. Where two tables disagree, the card has both numbers, each with its table.
    """
    from registry.files import write_atomic
    from registry.importers import IMPORTERS
    from registry.loader import load
    from registry.query import Side, diff
    from registry.report.output import plain
    from registry.report.progress import begun
    from registry.types import UsageError

    folder = output or Path("models", *library.split(":"))
    options = {"source": source or "", "measured": measured} if source or measured else {}
    if options and library != "timm":
        raise UsageError("--source and --measured are for timm, whose tables lie beside its code")
    begun(f"reading what {library} publishes of its weights")
    cards = IMPORTERS[library](results, **options)
    texts = {folder / card.file: card.text.encode() for card in cards}
    before = load([path for path in texts if path.is_file()])
    after = load(list(texts), contents={str(path.resolve()): text for path, text in texts.items()})
    changes = list(diff(Side(index=before), Side(index=after))) if before.models else []
    for change in changes:
        click.echo(plain(str(change)))
    changed = [path for path, text in texts.items() if not path.is_file() or path.read_bytes() != text]
    if not dry_run:
        for path in changed:
            write_atomic(path, texts[path])
    left = sorted(set(folder.glob("*.md")) - set(texts))
    for path in left:
        click.echo(plain(f"{path}: the installed {library} no longer publishes this family; the card stays"))
    outcome = "would be written" if dry_run else "written"
    click.echo(f"{len(after.models)} models on {len(cards)} cards in {folder}; {len(changed)} {outcome}")
    return 0
