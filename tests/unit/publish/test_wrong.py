"""What was found wrong: own and published zoos, in one list; one network's numbers are those of the evidence."""

from typing import Any

from registry.evidence import Store
from registry.publish.pages.reference import findings
from registry.publish.ways import PRINTED
from registry.publish.wrong import DISAGREES, OWN, REFUTED, mistakes, studied
from registry.resources import resource


def test_the_page_of_published_zoos_is_read_in_whole() -> None:
    page = (resource("site") / "pages" / "wrong-numbers.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| [")]
    assert len(studied()) == len(rows) == 25
    assert {mistake.zoo for mistake in studied()} == {"timm", "mmpretrain"}
    slip = next(mistake for mistake in studied() if "resnet34_8xb32" in mistake.subject)
    assert (slip.kind, slip.claim, slip.measured) == ("decimal slip", "Parameters 2180000", "21797672")


def test_own_mistakes_stand_first_and_published_ones_where_the_site_shows_them(contents: Any) -> None:
    refuted = contents([contents.model("a", "99%")], {("a", "top-1-accuracy"): "refuted"})
    (first, *_) = mistakes(refuted)
    assert (first.kind, first.zoo, first.subject, first.measured) == (REFUTED, OWN, "a", "24.8%")
    assert {mistake.zoo for mistake in mistakes(refuted)} == {OWN}
    (page,) = findings(refuted)
    assert page.context["table"].rows[0].cells[0].text == "a"


def test_a_quantized_file_does_not_disagree_and_a_halved_one_does() -> None:
    from registry.checks import check
    from registry.loader import load
    from registry.publish.content import gather
    from registry.publish.material import Material

    models = resource("site").parent / "models"
    cards = [models / "torchvision" / f"{name}.md" for name in ("quantization-resnet", "resnet")]
    index = load(cards, root=models)
    problems = mistakes(
        gather(Material(index=index, findings=check(index), evidence=Store(models / "evidence").records()))
    )
    disagree = {mistake.subject for mistake in problems if mistake.kind == DISAGREES}
    assert "wide_resnet101_2.IMAGENET1K_V1" in disagree
    assert not any("quantized" in name for name in disagree)


def test_the_numbers_of_the_home_page_are_those_of_the_evidence() -> None:
    records = Store(resource("site").parent / "models" / "evidence").records()
    counted = next(
        record.measurement
        for record in records
        if record.claim.model == "resnet50.IMAGENET1K_V1" and record.claim.subject == "flops"
    )
    assert counted is not None
    counts = {name: value for name, value, _ in counted.details["conventions"]}
    assert [(row.convention, row.counted) for row in PRINTED] == [
        (row.convention, counts[row.convention]) for row in PRINTED
    ]
    for row in PRINTED:
        digits = len(row.text.partition(".")[2])
        assert f"{row.counted / 1e9:.{digits}f}" == row.text
