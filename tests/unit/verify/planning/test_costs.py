from registry.types import Claim, Location, Quantity
from registry.verify.planning.costs import costs_of
from registry.verify.planning.plan import Cannot, Download, Plan, PlannedJob, PlannedModel
from registry.verify.planning.span import Span


def model(
    name: str, url: str, size: int | None, *, flops: Span | None = None, weights: int | None = None
) -> PlannedModel:
    source = "the card's file size" if size else "unknown" if size is None else "in the cache"
    return PlannedModel(
        name=name,
        claims=2,
        download=Download(url=url, size=size, source=source),
        flops=flops,
        flops_source="counted",
        weights=weights,
    )


def claim(name: str) -> Claim:
    reported = Quantity.parse("1", "count")
    return Claim(model=name, subject="s", label="S", kind="count", reported=reported, location=Location(file="c"))


def plan() -> Plan:
    first = (
        model("a", "https://x/a", 100, flops=Span(2.0, 4.0), weights=40),
        model("b", "https://x/b", 0, flops=Span(6.0, 6.0), weights=60),
    )
    second = (
        model("a2", "https://x/a", 100, flops=Span(1.0, 1.0), weights=40),
        model("c", "https://x/c", None, flops=None, weights=500),
    )
    return Plan(
        models=4,
        reused={},
        again=((claim("a"), "there is no evidence yet"), (claim("b"), "there is no evidence yet")),
        cannot=(Cannot(claim=claim("d"), reason="r"), Cannot(claim=claim("d"), reason="r")),
        jobs=(
            PlannedJob(kind="count", models=(PlannedModel(name="a", claims=3),)),
            PlannedJob(kind="evaluate", models=first, samples=10, dataset="one"),
            PlannedJob(kind="evaluate", models=second, samples=10, dataset="two"),
        ),
    )


def test_totals_count_each_file_once_and_say_what_is_unknown() -> None:
    costs = costs_of(plan())
    assert (costs.files, costs.here, costs.download, costs.unsized) == (3, 1, 100, 1)
    assert costs.sources == {"the card's file size": 100}
    # 10 samples of 2 to 4 and of 6; the second job's are not known.
    assert (costs.flops, costs.jobs_without_flops) == (Span(80.0, 100.0), 1)
    assert costs.largest == 540
    assert costs.again == {"there is no evidence yet": 2}
    assert costs.cannot == (("r", 2, 1),)
    assert costs.estimates == ()
