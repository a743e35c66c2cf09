"""`mir evidence export`: evidence in a form that other tools store and check."""

from __future__ import annotations

from pathlib import Path

import click

from registry.cli.evidence.folder import complain, store_at
from registry.evidence.statement import dump, statement
from registry.files import write_atomic


@click.command(epilog="Exit codes: 0, or 1 where a file in the folder is no evidence and was left out.")
@click.argument("folder", default="models", type=click.Path(path_type=Path))
@click.option("--in-toto", is_flag=True, required=True, help="As in-toto Statements v1, one a line.")
@click.option("--sign", "key", type=click.Path(path_type=Path), help="Sign each with this Ed25519 private key.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="File to write; standard output without it.")
def export(folder: Path, in_toto: bool, key: Path | None, output: Path | None) -> int:  # noqa: ARG001
    """Export evidence as statements, and sign them.

    FOLDER holds evidence, or cards with their evidence beside them. Signed statements are DSSE envelopes, one a line,
    which is in-toto's bundle. A key is made with `mir evidence keygen`, openssl or ssh-keygen.
    """
    store = store_at(folder)
    lines = [dump(statement(each)) for each in store.all()]
    if key is not None:
        # Signing needs a package that exporting does not.
        from registry.evidence.dsse import private_key, seal

        secret = private_key(key)
        lines = [seal(line, secret) for line in lines]
    data = b"".join(line + b"\n" for line in lines)
    if output is None:
        click.echo(data, nl=False)
    else:
        write_atomic(output, data)
    return complain(store.problems())
