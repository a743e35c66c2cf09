"""`mir evidence keygen`: a key pair to sign evidence with."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
def keygen(file: Path) -> None:
    """Make an Ed25519 key pair: FILE, to be kept secret, and FILE.pub, to be given away."""
    from registry.evidence.dsse import make_key

    click.echo(f"wrote {file} and {make_key(file)}")
