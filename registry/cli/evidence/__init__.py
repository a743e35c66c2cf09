"""`mir evidence`: look at what was found out earlier, and check it. One command per file."""

from __future__ import annotations

import click

from registry.cli.evidence.check_evidence import check
from registry.cli.evidence.diff_evidence import diff
from registry.cli.evidence.export import export
from registry.cli.evidence.fingerprint_dataset import fingerprint
from registry.cli.evidence.import_evidence import import_
from registry.cli.evidence.keygen import keygen, verify
from registry.cli.evidence.migrate_evidence import copy, migrate
from registry.cli.evidence.report_evidence import report
from registry.cli.evidence.show_evidence import show


@click.group("evidence")
def command() -> None:
    """Look at evidence, import it, check that it still holds, compare it, sign it, export it."""


for _each in (show, import_, check, diff, copy, fingerprint, export, verify, keygen, migrate, report):
    command.add_command(_each)
