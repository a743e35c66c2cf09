"""Rules of what reading and loading find, and comments and baselines: ids, names and severities.

Their pages are in `registry/checks/rules/reading.md`.
"""

from typing import Final, NamedTuple

from registry.types import Severity

UNREADABLE: Final = "MIR001"  # missing, not permitted, not a plain file, gone while reading
TOO_LARGE: Final = "MIR002"  # more bytes than a card can sensibly have
ENCODING: Final = "MIR003"  # not UTF-8, or characters that text files do not have, such as NUL
YAML_SYNTAX: Final = "MIR004"
JSON_SYNTAX: Final = "MIR005"
TOO_DEEP: Final = "MIR006"  # nested deeper than any card
ALIAS: Final = "MIR007"  # an alias that is unknown, contains itself, or expands without measure; a wrong merge
DUPLICATE_KEY: Final = "MIR008"  # also two spellings of one key
KEY: Final = "MIR009"  # a mapping or list used as a key
UNCLOSED: Final = "MIR010"  # a comment or front matter that never ends
DOCUMENTS: Final = "MIR011"  # more than one YAML document in a file
TAG: Final = "MIR012"  # a YAML tag that cards cannot have

UNPARSED: Final = frozenset(
    {ENCODING, YAML_SYNTAX, JSON_SYNTAX, TOO_DEEP, ALIAS, DUPLICATE_KEY, KEY, UNCLOSED, DOCUMENTS, TAG}
)
"""What may be wrong with a file so that there is no card in it."""

BOOLEAN: Final = "MIR013"  # `no` read as False
EXPONENT: Final = "MIR014"  # `1e5` read as text
DATE: Final = "MIR015"  # `2021-05-28` read as a date, or one that does not exist
OCTAL: Final = "MIR016"  # `0123` read as 83
SEXAGESIMAL: Final = "MIR017"  # `12:30` read as 750

NO_CARD: Final = "MIR020"  # a folder or file without metadata, or in no known dialect
EMPTY: Final = "MIR021"  # a metadata file or block with nothing in it
NOT_FOUND: Final = "MIR022"  # an import or path that leads to no file
OUTSIDE: Final = "MIR023"  # an import or path that leaves the root
CYCLE: Final = "MIR024"  # a file that imports itself, by itself or through others
PATH: Final = "MIR025"  # an import that is no path to a file of a kind that can hold metadata
CONTENT: Final = "MIR026"  # a file that holds something else than what it is imported as
TOO_MANY: Final = "MIR027"  # more files than an index can sensibly have
CARD_CONFIG: Final = (
    "MIR029"  # a configuration beside cards that is wrong, says what it may not, or leaves findings out
)
FAULT: Final = "MIR028"  # an error of our own while one file was worked on

UNKNOWN_IGNORE: Final = "MIR107"  # an ignore comment that names no rule
UNUSED_IGNORE: Final = "MIR108"  # an ignore comment that nothing needs
STALE_BASELINE: Final = "MIR109"  # a baseline's entry whose finding is gone


class ReadingRule(NamedTuple):
    """A rule that no function of `registry/checks/rules` checks.

    Attributes:
        name: Stable name in words.
        severity: How sure and how bad it is; a single finding may say otherwise.
        fixable: Whether it ever offers a repair.
    """

    name: str
    severity: Severity
    fixable: bool = False


READING_RULES: Final[dict[str, ReadingRule]] = {
    UNREADABLE: ReadingRule("unreadable-file", "error"),
    TOO_LARGE: ReadingRule("file-too-large", "error"),
    ENCODING: ReadingRule("encoding", "error"),
    YAML_SYNTAX: ReadingRule("yaml-syntax", "error"),
    JSON_SYNTAX: ReadingRule("json-syntax", "error"),
    TOO_DEEP: ReadingRule("too-deep", "error"),
    ALIAS: ReadingRule("alias", "error"),
    DUPLICATE_KEY: ReadingRule("duplicate-key", "error"),
    KEY: ReadingRule("key-no-text", "error"),
    UNCLOSED: ReadingRule("unclosed-block", "error"),
    DOCUMENTS: ReadingRule("many-documents", "error"),
    TAG: ReadingRule("tag", "error"),
    BOOLEAN: ReadingRule("yaml-boolean", "warning"),
    EXPONENT: ReadingRule("yaml-exponent", "info", fixable=True),
    DATE: ReadingRule("yaml-date", "info"),
    OCTAL: ReadingRule("yaml-octal", "warning"),
    SEXAGESIMAL: ReadingRule("yaml-sexagesimal", "warning"),
    NO_CARD: ReadingRule("no-card", "error"),
    EMPTY: ReadingRule("empty-file", "error"),
    NOT_FOUND: ReadingRule("import-not-found", "error"),
    OUTSIDE: ReadingRule("import-outside", "error"),
    CYCLE: ReadingRule("import-cycle", "error"),
    PATH: ReadingRule("import-kind", "error"),
    CONTENT: ReadingRule("import-content", "error"),
    TOO_MANY: ReadingRule("too-many-files", "error"),
    FAULT: ReadingRule("fault-of-mir", "error"),
    CARD_CONFIG: ReadingRule("card-configuration", "error"),
    UNKNOWN_IGNORE: ReadingRule("unknown-ignore", "warning"),
    UNUSED_IGNORE: ReadingRule("unused-ignore", "info"),
    STALE_BASELINE: ReadingRule("stale-baseline", "info"),
}
