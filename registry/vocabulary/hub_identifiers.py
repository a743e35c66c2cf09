"""Identifiers that the Hugging Face Hub knows, and what people write for them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal

from registry.lazy_regex import lazy_regex
from registry.vocabulary.metrics import fold
from registry.vocabulary.toml_files import own_table

Identifiers = Literal["licenses", "tasks", "subtasks", "libraries", "metrics", "frameworks"]

_AROUND = lazy_regex(
    r"\b(?:licen[sc]ed?|under|the|gnu|version|ver|rev|v|agreement|community|international|unported|generic|universal|"
    r"only|or later|foundation|software(?= licen))\b|[,()\"“”:;]"
)
"""Words around a licence's name that do not say which it is."""

_LATER = lazy_regex(r"(?:[- ]or[- ](?:later|newer|any later version)|\+)\s*$", re.IGNORECASE)


@cache
def _lists() -> dict[str, Any]:
    return own_table(Path(__file__).with_name("hub_lists.toml"))


@cache
def _words() -> dict[str, dict[str, str]]:
    return own_table(Path(__file__).with_name("hub.toml"))


def sources() -> Mapping[str, str]:
    """Where each list comes from, and of which day it is."""
    return {name: table["source"] for name, table in _lists().items()}


@cache
def hub_ids(kind: Identifiers) -> frozenset[str]:
    """The identifiers to the letter."""
    return frozenset(_lists()[kind]["ids"].split())


@cache
def hub_identifiers(kind: Identifiers) -> Mapping[str, str]:
    """The identifiers by their folded spelling, in which a hyphen is a space and case does not count."""
    return {fold(name): name for name in _lists()[kind]["ids"].split()}


def task_meant(text: str) -> str | None:
    """The Hub's task that a word for one means.

    >>> task_meant("ASR"), task_meant("text-gen"), task_meant("audio-to-video")
    ('automatic-speech-recognition', 'text-generation', None)
    """
    folded = fold(text)
    return hub_identifiers("tasks").get(folded) or _words()["tasks"].get(folded) or _shortened(folded)


def library_meant(text: str) -> str | None:
    """The library or format that another word for one means.

    >>> library_meant("scikit-learn"), library_meant("onnx"), library_meant("my-own")
    ('sklearn', 'onnx', None)
    """
    return _words()["libraries"].get(fold(text))


def _shortened(folded: str) -> str | None:
    """The one task whose words begin as these do."""
    words = folded.split()
    if any(len(word) < 2 for word in words):
        return None
    tasks = [
        name
        for spelling, name in hub_identifiers("tasks").items()
        if len(parts := spelling.split()) == len(words)
        and all(part.startswith(word) for part, word in zip(parts, words, strict=True))
    ]
    return tasks[0] if len(tasks) == 1 else None


def licence_meant(text: str) -> tuple[str | None, bool]:
    """The Hub's licence that a name of one means, and whether it is that very licence.

    `or later` is a wider licence than the Hub has a word for.

    >>> licence_meant("Apache License, Version 2.0"), licence_meant("GPLv3"), licence_meant("gpl-2.0-or-later")
    (('apache-2.0', True), ('gpl-3.0', True), ('gpl-2.0', False))
    >>> licence_meant("proprietary")
    (None, True)
    """
    later = _LATER.search(text)
    reduced = _reduced(text[: later.start()] if later else text)
    return _licences().get(reduced) or _words()["licenses"].get(reduced), later is None


@cache
def _licences() -> Mapping[str, str]:
    return {_reduced(name): name for name in _lists()["licenses"]["ids"].split()}


def _reduced(text: str) -> str:
    """A licence's name as lists of them are compared: `GPL-3.0-only` and `GNU GPL v3` are both `gpl 3`."""
    text = re.sub(r"[_\-/\s]+", " ", text.strip().casefold())
    text = re.sub(r"(?<=[a-z])v(?=\d)|(?<=[a-z])(?=\d)|(?<=\d)(?=[a-z])", " ", text)
    text = re.sub(r"\s+", " ", _AROUND.sub(" ", text)).strip()
    return re.sub(r"(?<=\d)(?<!\.0)(?:\.0)+(?=\s|$)", "", text)


SPECIAL_LANGUAGES = ("code", "multilingual")
"""What the Hub takes for a language beside ISO 639's codes."""

_LOCAL = lazy_regex(r"q[a-t][a-z]")
"""Codes that ISO 639 leaves to everybody's own use."""


@cache
def _languages() -> frozenset[str]:
    return frozenset(_lists()["languages"]["ids"].split())


def licences_of(family: str) -> list[str]:
    """The licences whose names begin with a name that lacks its version.

    >>> licences_of("cc-by-nc-sa")
    ['cc-by-nc-sa-2.0', 'cc-by-nc-sa-3.0', 'cc-by-nc-sa-4.0']
    """
    reduced = _reduced(family)
    return [name for spelling, name in _licences().items() if re.fullmatch(rf"{re.escape(reduced)} [\d.]+", spelling)]


def is_language(code: str) -> bool:
    """Whether the Hub takes a text for a language.

    >>> is_language("en"), is_language("yue"), is_language("code"), is_language("EN"), is_language("zh-CN")
    (True, True, True, False, False)
    """
    return code in _languages() or code in SPECIAL_LANGUAGES or _LOCAL.fullmatch(code) is not None


def withdrawn_language(code: str) -> str | None:
    """What ISO 639 has today for a code that it has withdrawn.

    >>> withdrawn_language("jw"), withdrawn_language("en")
    ('jv', None)
    """
    return _words()["withdrawn_languages"].get(code)


def language_meant(text: str) -> str | None:
    """The code that a word or another standard's code for a language means.

    >>> language_meant("English"), language_meant("zh-CN"), language_meant("jp"), language_meant("noinfo")
    ('en', 'zh', 'ja', None)
    """
    folded = text.strip().casefold()
    if is_language(folded):
        return folded
    code = _lists()["languages"]["names"].get(folded) or _words()["languages"].get(folded)
    if code:
        return str(code)
    tag = re.fullmatch(r"([a-z]{2,3})[-_][a-z0-9_-]+", folded)
    return tag[1] if tag and is_language(tag[1]) else None


def key_meant(key: str, documented: Mapping[str, str]) -> str | None:
    """The key of a card that another spelling or word means, `None` for those that mean none, and for the key itself.

    >>> key_meant("Licence", {}), key_meant("Tags", {"tags": "tags"}), key_meant("tags", {"tags": "tags"})
    ('license', 'tags', None)
    """
    folded = fold(key)
    name = documented.get(folded) or _words()["keys"].get(folded)
    return None if name == key else name


@cache
def _table() -> dict[str, Any]:
    return own_table(Path(__file__).with_name("hosts.toml"))


@cache
def https_hosts() -> frozenset[str]:
    """Hosts that are known to serve https."""
    return frozenset(_table()["https"])


def retired_hosts() -> Mapping[str, str]:
    """Hosts that are gone, with what to do instead."""
    hosts: dict[str, str] = _table()["retired"]
    return hosts
