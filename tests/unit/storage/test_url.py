"""What is a path, what is a URL, and what is neither."""

from pathlib import Path

import pytest

from registry.storage import StoreUrl, place
from registry.types import UsageError


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("models/evidence", Path("models/evidence")),
        ("C:\\evidence", Path("C:\\evidence")),
        ("file:///data/my%20evidence", Path("/data/my evidence")),
        ("s3://bucket", StoreUrl("s3://bucket")),
        ("S3://bucket/a/b/", StoreUrl("s3://bucket/a/b")),
        ("gs://bucket/a", StoreUrl("gs://bucket/a")),
    ],
)
def test_paths_and_urls(text: str, expected: object) -> None:
    assert place(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "https://example.org/evidence",
        "simplecache::s3://bucket/a",
        "s3://",
        "s3:///folder",
        "s3://bucket/../other",
        "s3://bucket/a//b",
        "s3://bucket/a?versionId=1",
        "s3://bucket/a*",
        "s3://bucket/a\x1b[2J",
        "s3://buck et/a",
        "s3://buc\nket/a",
        "s3://[::1/a",
    ],
)
def test_what_is_neither_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        place(text)


@pytest.mark.parametrize(
    "text",
    [
        "s3://AKIDEXAMPLE:hunter2@bucket/evidence",
        "s3://AKIDEXAMPLE:hun/ter2@bucket/evidence",
        "https://AKIDEXAMPLE@example.org/evidence",
        "s3://bucket/evidence?X-Amz-Credential=AKIDEXAMPLE&X-Amz-Signature=hunter2",
    ],
)
def test_credentials_in_a_url_are_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(UsageError) as refused:
        place(text)
    assert "AKID" not in str(refused.value)
    assert "ter2" not in str(refused.value)


def test_a_url_is_joined_like_a_path() -> None:
    file = StoreUrl("s3://bucket/evidence") / "alexnet" / "flops.json"
    assert (str(file), file.scheme) == ("s3://bucket/evidence/alexnet/flops.json", "s3")
