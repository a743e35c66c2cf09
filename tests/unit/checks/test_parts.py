"""The small parts that rules are made of."""

import datetime

import pytest

from registry.checks.addresses import parse_url
from registry.checks.document_texts import Document
from registry.checks.message_text import short, size
from registry.checks.rules.arxiv_id import wrong
from registry.checks.rules.private_address import _private
from registry.checks.rules.weights_without_digest import _has_digest
from registry.checks.siblings import architecture
from registry.vocabulary.slips import distance

TODAY = datetime.date(2026, 3, 15)


@pytest.mark.parametrize(
    "identifier",
    [
        "1404.5997",
        "1512.03385",
        "0704.0001",
        "1412.9999",
        "1501.00001v12",
        "2603.00001",
        "cs/0112017",
        "math.GT/0309136",
    ],
)
def test_arxiv_ids_that_exist(identifier):
    assert wrong(identifier, TODAY) == ""


@pytest.mark.parametrize(
    ("identifier", "why"),
    [
        ("1513.03385", "no month"),
        ("1500.03385", "no month"),
        ("1512.3385", "5 digits"),
        ("1412.12345", "4 digits"),
        ("0703.0001", "April 2007"),
        ("2605.00001", "future"),
        ("cs/0113017", "no month"),
        ("1512.03385v0", "form"),
        ("xxxx.xxxxx", "form"),
    ],
)
def test_arxiv_ids_that_cannot_exist(identifier, why):
    assert why in wrong(identifier, TODAY)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("resnet34_8xb16_cifar10", "resnet34"),
        ("resnet34_8xb32_in1k", "resnet34"),
        ("tresnet_l_448", "tresnet-l"),
        ("tresnet_m", "tresnet-m"),
        ("resnetv2_101x3_bitm", "resnetv2-101x3-bitm"),
        ("regnetx_032", "regnetx-032"),
        ("vit-base-p16_3rdparty_in21k-384px", "vit-base-p16"),
        ("vit-base-p32_3rdparty_in21k-384px", "vit-base-p32"),
        ("xcit-nano-12-p8_3rdparty-dist_in1k-384px", "xcit-nano-12-p8"),
    ],
)
def test_an_architecture_is_the_name_without_how_it_was_trained(name, expected):
    assert architecture(name) == expected


@pytest.mark.parametrize(
    ("one", "other", "steps"),
    [
        ("weights", "weights", 0),
        ("weigths", "weights", 1),
        ("weghts", "weights", 1),
        ("abcd", "efgh", 3),
        ("a", "abcd", 3),
    ],
)
def test_distance_counts_a_swap_as_one_and_stops_past_its_limit(one, other, steps):
    assert distance(one, other, 2) == steps
    assert distance(other, one, 2) == steps


@pytest.mark.parametrize(
    ("text", "host", "rest"),
    [
        ("https://Example.org", "example.org", ""),
        ("http://u:p@h.io:80/x?q=1#L2", "h.io", "/x"),
        ("https://[::1]:8000/x", "[::1]", "/x"),
        ("https:///x", "", "/x"),
        ("https://example.org?x", "example.org", ""),
    ],
)
def test_urls_are_taken_apart(text, host, rest):
    url = parse_url(text)
    assert url is not None
    assert (url.host, url.path) == (host, rest)


@pytest.mark.parametrize("text", ["httpx://a", "ftp://a", "https:/a", "http", "https://a:port/"])
def test_what_is_no_url(text):
    assert parse_url(text) is None


@pytest.mark.parametrize("host", ["127.0.0.1", "10.1.2.3", "192.168.0.1", "169.254.1.1", "::1"])
def test_private_addresses(host):
    assert _private(host)


@pytest.mark.parametrize("host", ["8.8.8.8", "example.org", "10.example.org", "1e100.net", ""])
def test_public_addresses(host):
    assert not _private(host)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://download.pytorch.org/models/alexnet-owt-7be5be79.pth", True),
        ("https://x.org/resnet18_b16x8_cifar10_20210528-bd6371c8.pth", True),
        ("https://huggingface.co/a/b/resolve/5a315453da5089d66de94604ea49334a66552524/model.safetensors", True),
        ("https://huggingface.co/a/b/resolve/main/model.safetensors", False),
        ("https://storage.googleapis.com/bit_models/BiT-M-R50x1-ILSVRC2012.npz", False),
        ("https://x.org/defaced.pth", False),
        ("https://x.org/resnet18_cifar10_20210528.pth", False),
        ("https://x.org/resnet18-20210528.pth", False),
        ("https://zenodo.org/record/1234567/files/step_1000000.pth", False),
        ("https://x.org/resnet18_cifar10_20210528-31415926.pth", True),
        ("https://x.org/v0.1-effaced/model.pth", False),
    ],
)
def test_a_digest_in_a_name(url, expected):
    assert _has_digest(url) is expected


def test_texts_are_in_the_order_of_the_file_and_aliases_are_walked_once(index_of):
    text = "Models:\n- Name: a\n  Metadata: &m {Architecture: [], ID: x}\n  Code: {URL: b}\n"
    text += "- Name: c\n  Metadata: *m\n"
    card = index_of(text).cards[0]
    document = Document(card, card.documents[0])
    paths = ["Models[0].Name", "Models[0].Metadata.ID", "Models[0].Code.URL", "Models[1].Name"]
    assert [leaf.path for leaf in document.texts] == paths
    assert [leaf.path for leaf in document.empty] == ["Models[0].Metadata.Architecture"]
    assert document.texts[2].under == "url"


def test_words():
    assert short("a\n  b") == "'a b'"
    assert len(short("x" * 100)) == 62
    assert [size(number) for number in (0.5, 999, 21_800_000, 4.1e9, 2e15)] == [
        "0.5",
        "999",
        "21.8 M",
        "4.1 G",
        "2000 T",
    ]
