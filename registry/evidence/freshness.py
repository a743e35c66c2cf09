"""Whether evidence still says something about a claim."""

from __future__ import annotations

from collections.abc import Mapping

from registry.types import Claim, Evidence


def stale(evidence: Evidence, claim: Claim, digests: Mapping[str, str]) -> tuple[str, ...]:
    """Why the evidence no longer holds for the claim; empty while it does.

    Args:
        evidence: What was found earlier.
        claim: The claim as the card makes it today.
        digests: What can be said today of `weights`, `dataset`, `preprocessing` and `code`. What is not among them
            is not known here (the data is elsewhere, say) and is not held against the evidence.

    Returns:
        One sentence for each thing that changed.
    """
    reasons = []
    if evidence.digests.get("claim") != evidence.claim.digest:
        reasons.append("the record does not bear its own claim's digest: it was altered, or an older mir wrote it")
    if evidence.claim.digest != claim.digest:
        before, now = evidence.claim.reported.text, claim.reported.text
        reasons.append(
            f"the claim changed: the card says {now}, the evidence is about {before}"
            if before != now
            else "the claim changed: the card says the same number of something else"
        )
    for name, digest in sorted(digests.items()):
        known = evidence.digests.get(name)
        if name == "claim" or known == digest:
            continue
        if known is None:
            reasons.append(f"the evidence does not say which {name} it was measured with")
        else:
            reasons.append(f"the {name} changed: {_short(known)} then, {_short(digest)} now")
    return tuple(reasons)


def _short(digest: str) -> str:
    return digest.removeprefix("sha256:")[:12]
