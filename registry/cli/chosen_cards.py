"""The cards that a command is about: those that it names, or those of the project, with the caller's settings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from registry.cli.configuration import caller_config, is_offline, named_config
from registry.cli.messages import tell, warn
from registry.config import Config
from registry.evidence import Store
from registry.evidence.claim_key import evidence_folder
from registry.files import relative
from registry.loader.project import fetched_from_hub, first_of, load_project, with_dialect
from registry.storage import Place
from registry.types import Index


@dataclass(frozen=True, kw_only=True, slots=True)
class ChosenCards:
    """Cards, and how they are to be read.

    Attributes:
        paths: Files and folders; those that are named by addresses on the Hub are fetched.
        config: The caller's settings, with the dialect that the cards' own give where his give none.
        beside: The first of what was named, beside which evidence is looked for; this folder for an address.
    """

    paths: tuple[Path, ...]
    config: Config
    beside: Path

    def load(self) -> Index:
        """Read them."""
        return load_project(self.paths, self.config)[0]

    def evidence(self, option: Place | None = None) -> Place:
        """Where their evidence is, unless an option says so."""
        return option or evidence_folder(self.beside, self.config)

    def store(self, option: Place | None = None) -> Store:
        """The same, opened."""
        return Store(self.evidence(option))


def chosen_cards(arguments: Sequence[Path] = ()) -> ChosenCards:
    """The cards that a command's arguments name, or those of the project.

    Raises:
        ConfigError: The settings cannot be read.
        UsageError: An address is none, or the Hub does not give what it leads to.
    """
    config = caller_config()
    arguments = tuple(arguments) or usual_cards(config)
    paths = fetched_from_hub(arguments, config, offline=is_offline(), tell=warn)
    if named_config() is None:
        config = with_dialect(paths, config, lambda message: tell(f"mir: {message}"))
    return ChosenCards(paths=paths, config=config, beside=first_of(arguments))


def usual_cards(config: Config) -> tuple[Path, ...]:
    """What a command reads that names no cards: the configured `paths`, else the folder models, else this folder."""
    configured = tuple(Path(relative(config.folder / path)) for path in config.paths)
    return configured or ((Path("models"),) if Path("models").is_dir() else (Path(),))


def usual_folder() -> Path:
    """The folder of cards, or of their evidence, of a command that takes one and is given none."""
    first = usual_cards(caller_config())[0]
    return first.parent if first.is_file() else first
