"""`mir evidence keygen`: a key pair to sign evidence with."""

from __future__ import annotations

from pathlib import Path

import click

from registry.cli.evidence.store_argument import store_at
from registry.cli.shared_options import PATH, READ_PLACE
from registry.report.output import plain
from registry.storage import Place


@click.command()
@click.argument("file", type=PATH)
def keygen(file: Path) -> None:
    """Make an Ed25519 key pair: FILE, to be kept secret, and FILE.pub, to be given away."""
    from registry.evidence.dsse import make_key

    click.echo(f"wrote {file} and {make_key(file)}")


@click.command(epilog="Exit codes: 0 all is signed and unchanged, 1 something is not.")
@click.argument("bundle", type=PATH)
@click.option("--key", required=True, type=PATH, help="The Ed25519 public key.")
@click.option("--evidence", "folder", type=READ_PLACE, help="Compare with this folder too.")
def verify(bundle: Path, key: Path, folder: Place | None) -> int:
    """Check the signatures of an exported file.

    BUNDLE holds DSSE envelopes as JSON, one after the other, of in-toto statements; each must bear a signature of the
    key, and no claim may stand in it twice. With --evidence, every record in the folder must be in the file, signed,
    exactly as it stands there.
    """
    from registry.evidence.bundle import check_bundle
    from registry.evidence.dsse import public_key

    store = None if folder is None else store_at(folder)
    checked = check_bundle(bundle, public_key(key), store)
    for envelope in checked:
        click.echo(plain(f"{'ok ' if envelope.good else 'BAD'} {envelope.message}"))
    bad = sum(not envelope.good for envelope in checked)
    click.echo(f"{len(checked) - bad} signed and unchanged, {bad} not")
    return int(bad > 0 or not checked)
