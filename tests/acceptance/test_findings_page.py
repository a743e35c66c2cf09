"""The page about all models says what the evidence says; `mir evidence report models` makes it anew."""

import json
import re
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_page_counts_what_the_evidence_holds() -> None:
    files = [json.loads(file.read_bytes()) for file in (ROOT / "models" / "evidence").glob("*.json")]
    records = [record for file in files for record in file["records"].values() if record["measurement"] is not None]
    page = (ROOT / "site" / "pages" / "models-findings.md").read_text(encoding="utf-8")

    def number(text: str) -> int:
        return int(re.sub(r"\s", "", text))

    hint = "make it anew: mir evidence report models -o site/pages/models-findings.md"
    (measured,) = re.findall(r"of which ([\d ]+) were measured", page)
    assert number(measured) == len(records), hint
    table = page.partition("## How the claims stand")[2].partition("\n## ")[0].splitlines()
    rows = [row.split("|")[1:-1] for row in table if re.match(r"\| \w+ \| [\w-]+ \| [\d\s]+ \|", row)]
    counts = {verdict: sum(number(row[at]) for row in rows) for at, verdict in ((3, "reproduced"), (4, "refuted"))}
    verdicts = Counter(record["verdict"] for record in records)
    assert counts == {verdict: verdicts[verdict] for verdict in counts}, hint
    refuted = {record["reason"] for record in records if record["verdict"] == "refuted"}
    assert all(reason[:60] in page for reason in refuted), hint
