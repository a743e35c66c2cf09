"""All rules, by id. A rule is a module of `registry.checks.rules` whose `check` was made by `@rule`."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from registry.checks import rules as package
from registry.checks.rule import Rule
from registry.read.ids import READING_RULES
from registry.types import ConfigError


class Rules(Mapping[str, Rule]):
    """Every rule by its id, in the order of the ids.

    Attributes:
        checking: Those that check; the others are found elsewhere, and their pages are opened when asked for.
    """

    def __init__(self) -> None:
        self.checking: dict[str, Rule] = {}
        for module in pkgutil.iter_modules(package.__path__):
            if not module.ispkg:
                rule: Rule = importlib.import_module(f"{package.__name__}.{module.name}").check
                assert rule.id not in self.checking, f"{rule.id} is the id of two rules"
                self.checking[rule.id] = rule
        assert self.checking.keys().isdisjoint(READING_RULES), "a rule of reading has the id of one that checks"
        self._ids = sorted((*self.checking, *READING_RULES))
        self._reading: dict[str, Rule] = {}

    def __getitem__(self, name: str) -> Rule:
        if name in self.checking:
            return self.checking[name]
        if not self._reading:
            self._reading = dict(_reading_rules())
        return self._reading[name]

    def __contains__(self, name: object) -> bool:
        return name in self.checking or name in READING_RULES

    def __iter__(self) -> Iterator[str]:
        return iter(self._ids)

    def __len__(self) -> int:
        return len(self._ids)


def _reading_rules() -> Iterator[tuple[str, Rule]]:
    """The rules that are found elsewhere, each with its page."""
    from importlib import resources  # what only pages need

    text = resources.files(package).joinpath("reading.md").read_text(encoding="utf-8")
    pages = re.split(r"^# (MIR\d+)\n", text, flags=re.MULTILINE)[1:]
    for name, page in zip(pages[::2], pages[1::2], strict=True):
        rule = READING_RULES[name]
        yield name, Rule(name, rule.name, rule.severity, "reading", check=None, text=page, fixable=rule.fixable)


RULES = Rules()


def selector(select: Iterable[str], ignore: Iterable[str]) -> Callable[[str], bool]:
    """Whether a rule id is wanted.

    Args:
        select: Ids, prefixes or names to run; all where it is empty.
        ignore: Ids, prefixes or names to leave out. Where both fit, the longer one decides.

    Raises:
        ConfigError: One of them fits no rule.
    """
    wanted, unwanted = (tuple(map(rule_id, patterns)) for patterns in (select, ignore))
    for pattern in (*wanted, *unwanted):
        if not matching(pattern):
            raise ConfigError(f"'{pattern}' is neither a rule nor the beginning of one; {_meant(pattern)}")

    def chosen(rule: str) -> bool:
        yes = max((len(item) for item in wanted if rule.startswith(item)), default=-1 if wanted else 0)
        no = max((len(item) for item in unwanted if rule.startswith(item)), default=-1)
        return yes > no

    return chosen


def rule_id(text: str) -> str:
    """The id of a rule that is named in words, such as `not-positive`; anything else as it is."""
    key = text.lower()
    ids = {rule.name: rule.id for rule in RULES.checking.values()}
    ids |= {rule.name: name for name, rule in READING_RULES.items()}
    return ids.get(key, text)


def _meant(pattern: str) -> str:
    import difflib  # only for who mistypes

    # A wrong number may be any other one; a name is misspelt.
    names = [] if pattern.startswith("MIR") else [rule.name for rule in RULES.values()]
    near = difflib.get_close_matches(pattern.lower(), names, n=1, cutoff=0.7)
    return f"did you mean '{near[0]}'?" if near else "`mir rules` lists them"


def matching(pattern: str) -> tuple[str, ...]:
    """The rule ids that an id or prefix stands for."""
    return tuple(name for name in RULES if name.startswith(pattern)) if pattern.startswith("MIR") else ()
