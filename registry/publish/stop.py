"""What no site is built of: cards that hold a secret."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from registry.checks import check
from registry.checks.catalogue import selector
from registry.checks.secrets import SECRET_RULE
from registry.config import Config
from registry.types import Finding, Index, SecretError


def secrets_in(index: Index, config: Config) -> list[Finding]:
    """The secrets in cards that the configuration of whoever publishes does not let pass.

    Comments in the cards, and configurations beside them, are by those who wrote the secret.
    """
    if not selector(config.select, config.ignore)(SECRET_RULE):
        return []
    found = check(index, config=replace(config, select=(SECRET_RULE,), ignore=()), comments=False)
    return [finding for finding in found if finding.rule == SECRET_RULE]


def refuse_secrets(findings: Sequence[Finding]) -> None:
    """Publish nothing where there are such findings.

    Raises:
        SecretError: There are.
    """
    if findings:
        raise SecretError(
            "nothing is published: cards hold what looks like a secret; `ignore`, `per-file-ignores` or a baseline of "
            f"the folder that mir runs in lets {SECRET_RULE} pass"
        )
