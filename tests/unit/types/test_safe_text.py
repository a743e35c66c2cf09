"""Words of others in sentences of ours."""

import unicodedata

import pytest

from registry.report.output import plain
from registry.types import Claim, Evidence, Finding, Location, Quantity, WeightsError
from registry.types.safe_text import LONGEST_SENTENCE, safe_text

RAW = "a\ufe0f\x1b[31m\x00\u200b\u202e\u2066\ufeff\u00ad\U000e0041\u3164\u2800\ufe01b"


def is_seen(text: str) -> bool:
    return not any(
        unicodedata.category(sign) in ("Cc", "Cs", "Zl", "Zp")
        or sign in "\u200b\u202e\u2066\ufeff\u00ad\U000e0041\u3164\u2800\ufe01\ufe0f"
        for sign in text
    )


def test_every_character_of_no_width_is_shown() -> None:
    for code in range(0x110000):
        category = unicodedata.category(chr(code))
        if category in ("Cc", "Zl", "Zp", "Cs") or (category == "Cf" and not 0x600 <= code <= 0x8E2 and code < 0x110BD):
            text = safe_text(chr(code))
            assert text != chr(code), f"U+{code:04X}"


def test_letters_of_every_script_stay() -> None:
    for text in ("naïve 模型", "مدل", "मॉडल", "👍🏽", "⚠️", "한국어"):
        assert safe_text(text) == text


@pytest.mark.parametrize("make", [lambda text: str(WeightsError(text)), plain])
def test_a_sentence_quotes_no_character_that_acts(make) -> None:
    assert is_seen(make(RAW))


def test_a_finding_quotes_no_character_that_acts_and_no_book() -> None:
    finding = Finding(rule="MIR102", severity="error", message=RAW + "x" * 10**6, hint=RAW, location=Location(file="a"))
    assert is_seen(finding.message + finding.hint)
    assert len(finding.message) < 20 * LONGEST_SENTENCE


def test_the_reason_of_evidence_quotes_none_wherever_it_comes_from() -> None:
    quantity = Quantity.parse("3", "count")
    claim = Claim(
        model="m", subject="flops", label="FLOPs", kind="count", reported=quantity, location=Location(file="a")
    )
    assert is_seen(Evidence(claim=claim, verdict="unverifiable", reason=RAW).reason)
