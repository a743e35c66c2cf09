"""All rules, by id. A rule is a module of `registry.checks.rules` whose `check` was made by `@rule`."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable

from registry.checks import rules as package
from registry.checks.rule import Rule
from registry.types import ConfigError


def _load() -> dict[str, Rule]:
    found: dict[str, Rule] = {}
    for module in pkgutil.iter_modules(package.__path__):
        entry: Rule = importlib.import_module(f"{package.__name__}.{module.name}").check
        assert entry.id not in found, f"{entry.id} is the id of two rules"
        found[entry.id] = entry
    return dict(sorted(found.items()))


RULES: dict[str, Rule] = _load()


def selector(select: Iterable[str], ignore: Iterable[str]) -> Callable[[str], bool]:
    """Whether a rule id is wanted.

    Args:
        select: Ids or prefixes to run; all where it is empty.
        ignore: Ids or prefixes to leave out. Where both fit, the longer one decides.

    Raises:
        ConfigError: One of them fits no rule.
    """
    wanted, unwanted = tuple(select), tuple(ignore)
    for pattern in (*wanted, *unwanted):
        if not matching(pattern):
            raise ConfigError(f"'{pattern}' is neither a rule nor the beginning of one; `mir rules` lists them")

    def chosen(rule: str) -> bool:
        yes = max((len(item) for item in wanted if rule.startswith(item)), default=-1 if wanted else 0)
        no = max((len(item) for item in unwanted if rule.startswith(item)), default=-1)
        return yes > no

    return chosen


def matching(pattern: str) -> tuple[str, ...]:
    """The rule ids that an id or prefix stands for."""
    return tuple(name for name in RULES if name.startswith(pattern)) if pattern.startswith("MIR") else ()
