"""`mir explain`: what a rule finds, why it matters, and how the mended card looks."""

from __future__ import annotations

from difflib import get_close_matches

import click

from registry.checks import RULES
from registry.checks.rule import Rule
from registry.types import UsageError


def _known(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:  # noqa: ARG001
    return [rule for rule in RULES if rule.startswith(incomplete.upper())]


@click.command("explain")
@click.argument("ids", nargs=-1, required=True, metavar="RULE...", shell_complete=_known)
def command(ids: tuple[str, ...]) -> int:
    """Explain a rule, by its id (MIR101) or its name: what it finds, why, a bad example and a good one."""
    click.echo("\n\n".join(_page(_find(text)) for text in ids))
    return 0


def _find(text: str) -> Rule:
    by_name = {rule.name: rule for rule in RULES.values()}
    rule = RULES.get(text.upper()) or by_name.get(text.lower())
    if rule is not None:
        return rule
    # MIR2O2: the letter is no digit.
    mended = "MIR" + text.upper().removeprefix("MIR").replace("O", "0").replace("I", "1").replace("L", "1")
    close = [mended] if mended in RULES else get_close_matches(text.upper(), RULES, n=1)
    close = close or get_close_matches(text.lower(), by_name, n=1)
    hint = f"; did you mean {close[0]}?" if close else "; `mir rules` lists all"
    raise UsageError(f"there is no rule '{text}'{hint}")


def _page(rule: Rule) -> str:
    docs = rule.docs
    repair = "; --fix repairs it" if rule.fixable else ""
    parts = [f"{rule.id} {rule.name} ({rule.severity}{repair})", docs.what or rule.summary]
    parts += [f"{label}:\n\n{body}" for label, body in (("Why", docs.why),) if body]
    parts += [f"{label}:\n\n{_indented(body)}" for label, body in (("Bad", docs.bad), ("Good", docs.good)) if body]
    return "\n\n".join(parts)


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" if line else "" for line in text.split("\n"))
