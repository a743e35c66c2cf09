"""What a run of `mir verify` printed, said again while nothing that it rests on has changed.

Where everything is settled, a second run reads thousands of cards and records to say the same again. What it printed
is kept in the user's cache, with a digest of all that it depends on: the cards, the evidence, weights and code beside
cards, the settings, this package, the libraries and plug-ins. Nothing is kept of a run in which anything was tried.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import click

from registry import cache_file
from registry.cache_file import cache_folder
from registry.cli.chosen_cards import ChosenCards
from registry.query.cache_key import Watched, facts_of
from registry.types import Index

_GROUPS = ("mir.builders", "mir.datasets", "mir.tasks")


@dataclass(kw_only=True)
class Settled:
    """What is kept of one way to call `mir verify`.

    Attributes:
        state: Digest of what the run depends on when it began; `None` where changes would not show.
    """

    cards: ChosenCards
    arguments: Any
    state: Watched | None = field(init=False)

    def __post_init__(self) -> None:
        self.state = Watched.now(self.cards.paths, self.cards.config) if not self._plugged_in() else None

    def said(self) -> tuple[str, int] | None:
        """What the last such run printed and its exit code, while they still hold."""
        data = None if self.state is None else cache_file.read(self._file)
        if data is None or self.state is None:
            return None
        try:
            content = json.loads(data)
            same = content["state"] == self._key(self.state)
            same = (
                same and [list(fact) for fact in facts_of([fact[0] for fact in content["beside"]])] == content["beside"]
            )
            return (str(content["text"]), int(content["code"])) if same else None
        except (ValueError, KeyError, TypeError, IndexError):
            return None  # another version's

    def keep(self, text: str, code: int, index: Index, beside: Sequence[str]) -> None:
        """Keep what a run printed in which nothing was tried, if nothing has changed since it began."""
        if self.state is None or not self.state.covers(index):
            return
        after = Watched.now(self.cards.paths, self.cards.config)
        if after is not None and after.state == self.state.state:
            content = {"state": self._key(self.state), "beside": list(facts_of(beside)), "text": text, "code": code}
            cache_file.write(self._file, json.dumps(content).encode())

    @property
    def _file(self) -> Path:
        assert self.state is not None
        name = hashlib.sha256(f"{self.state.name} {self.arguments}".encode()).hexdigest()[:32]
        return cache_folder() / "settled" / f"{name}.json"

    def _key(self, state: Watched) -> list[Any]:
        from registry.verify.environment import environment

        libraries = {name: text for name, text in environment("cpu").items() if name != "device"}
        return [state.state, sorted(map(list, libraries.items())), sys.version, os.environ.get("MIR_CACHE", "")]

    @staticmethod
    def _plugged_in() -> bool:
        return any(entry_points(group=group) for group in _GROUPS)


@contextmanager
def overheard() -> Iterator[io.StringIO]:
    """Collect what is printed, as it would be printed here: in colours and as wide where this is a terminal."""
    heard, before = io.StringIO(), dict(os.environ)
    if sys.stdout.isatty():
        os.environ.setdefault("FORCE_COLOR", "1")
        os.environ.setdefault("COLUMNS", str(os.get_terminal_size().columns))
    try:
        with redirect_stdout(heard):
            yield heard
    finally:
        os.environ.clear()
        os.environ.update(before)


def print_at_a_glance(settled: Settled) -> int | None:
    """Print the overview of a folder in which everything is settled, and keep it; give the run's exit code.

    Returns:
        `None` where only a run can tell; nothing is printed then.
    """
    from registry.report.verdicts import FEW, print_totals
    from registry.verify.glance import glance

    cards = settled.cards
    if settled.state is None or len(cards.paths) > 1:
        return None
    overview = glance(cards.paths[0], cards.store(), cards.config)
    if overview is None or len(overview.totals.models) <= FEW:
        return None
    with overheard() as heard:
        print_totals(overview.totals)
    click.echo(heard.getvalue(), nl=False)
    code = int(bool(overview.totals.wrong))
    settled.keep(heard.getvalue(), code, overview.index, overview.beside)
    return code
