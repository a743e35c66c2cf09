from dataclasses import replace

from registry.report.fingerprint import fingerprints

CARD = "Models:\n- Name: AlexNet\n  FLOPs: -3\n"


def only(report) -> str:
    (fingerprint,) = fingerprints(report)
    return fingerprint


def test_survives_lines_that_move(report, finding):
    moved = f"# a comment\n\n{CARD}"
    assert only(report([finding(text=CARD)], text=CARD)) == only(report([finding(text=moved)], text=moved))


def test_survives_another_message(report, finding):
    assert only(report([finding()])) == only(report([finding(message="else")]))


def test_goes_by_the_model_s_name_and_not_its_number(report, finding):
    first = report([finding(path="Models[0].FLOPs")])
    (card,) = first.index.cards
    (model,) = card.models
    moved = replace(model, location=model.location._replace(path="Models[7]"))
    second = report([finding(path="Models[7].FLOPs")])
    second = replace(second, index=replace(second.index, cards=(replace(card, models=(moved,)),)))
    assert only(first) == only(second)
    assert only(first) != only(replace(second, index=first.index))


def test_dies_with_the_value(report, finding):
    changed = CARD.replace("-3", "-4")
    assert only(report([finding(text=CARD)], text=CARD)) != only(report([finding("-4", text=changed)], text=changed))


def test_the_same_again_gets_a_number(report, finding):
    first, second = fingerprints(report([finding(), finding()]))
    assert second == f"{first}:2"
