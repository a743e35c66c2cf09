"""Weights that are a folder or a page.

What:
    The address of the weights ends in a slash: it names a folder, or a site, and no file. Or it is the page about a
    file of the Hugging Face Hub or of GitHub (`/blob/`, `/tree/`), and not the file itself; or a log, a script or a
    text; or it lacks its ending.

Why:
    There is nothing to download but HTML. The file's name was to be filled in when the training ended, or the address
    was copied from the browser.

Bad:
    Models:
    - Name: tsn_rn101_kinetics400
      Weights: https://download.openmmlab.com/mmaction/v1.0/recognition/tsn/

Good:
    Models:
    - Name: tsn_r50_kinetics400
      Weights: https://download.openmmlab.com/mmaction/v1.0/recognition/tsn/tsn_r50_20220906-cd10898e.pth
"""

from __future__ import annotations

from collections.abc import Iterator

from registry.checks.document_texts import Document, Leaf
from registry.checks.fixes import replace_value
from registry.checks.message_text import short
from registry.checks.rule import Context, Problem, rule
from registry.lazy_regex import lazy_regex
from registry.vocabulary import fold

_BLOB = lazy_regex(r"(https?://(?:www\.)?(?:huggingface\.co|hf\.co)/(?:datasets/)?[^/]+/[^/]+)/blob/(.+)")
_CODE = lazy_regex(r"(https?://(?:www\.)?github\.com/[^/]+/[^/]+)/blob/(.+)")
_OTHER_FILES = (".log", ".log.json", ".py", ".md", ".txt", ".yml", ".yaml", ".html", ".ipynb", ".pdf", ".png", ".jpg")
"""What no file of weights ends in; that of sharded weights may be `.json`."""

_ENDING = lazy_regex(r"(?i)\.[a-z][a-z0-9]{1,11}$")
_FOLDER = lazy_regex(r"/[^/]+/[^/]+/tree/[^/]+")


@rule("MIR411", "weights-folder", "warning", "document", fixable=True)
def check(document: Document, context: Context) -> Iterator[Problem]:
    for leaf, url in document.urls:
        if not _is_weights(leaf):
            continue
        if (not url.path or url.path.endswith("/")) and not url.query:
            yield Problem(f"{short(leaf.value)} names no file", leaf.location)
        elif url.path.lower().endswith(_OTHER_FILES) and not url.query:
            yield Problem(f"{short(leaf.value)} is a log, a script or a text, not weights", leaf.location)
        elif url.host == "download.openmmlab.com" and not _ENDING.search(url.path):
            yield Problem(f"{short(leaf.value)} lacks the ending of a file of weights", leaf.location)
        elif url.host.removeprefix("www.") in ("huggingface.co", "hf.co", "github.com"):
            yield from _page(leaf, url.path)


def _page(leaf: Leaf, path: str) -> Iterator[Problem]:
    for pattern, raw in ((_BLOB, "resolve"), (_CODE, "raw")):
        match = pattern.fullmatch(leaf.value.strip())
        if match is not None and not match[2].endswith((".md", ".py", ".ipynb", ".rst")):
            fix = replace_value(leaf, f"{match[1]}/{raw}/{match[2]}", "Name the file itself")
            yield Problem(f"{short(leaf.value)} is the page about the weights, not their file", leaf.location, fix=fix)
            return
    if _FOLDER.match(path):
        yield Problem(f"{short(leaf.value)} is a folder, not a file of weights", leaf.location)


def _is_weights(leaf: Leaf) -> bool:
    """Whether an address stands under `Weights` of a model itself, not under what it was converted from."""
    if leaf.under == "weights":
        return "converted from" not in fold(leaf.base)
    above = fold(leaf.base.rpartition(".")[2].partition("[")[0])
    return leaf.under == "url" and above == "weights"
