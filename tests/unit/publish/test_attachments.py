"""What a card may bring along, and what it may not reach."""

from pathlib import Path

import pytest

from registry.publish.attachments import Attachments, Resolve, card_pages
from registry.publish.texts import Text

STILL = '<svg xmlns="http://www.w3.org/2000/svg"><rect width="1" height="1" fill="url(#a)"/></svg>'


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "root"
    (folder / "cards").mkdir(parents=True)
    (tmp_path / "secret.png").write_bytes(b"secret")
    (folder / "cards" / "a.png").write_bytes(b"picture")
    (folder / "cards" / "notes.txt").write_text("notes")
    (folder / "cards" / "page.html").write_text("<script>")
    (folder / "cards" / "other.md").write_text("# Other")
    (folder / "cards" / "link.png").symlink_to(tmp_path / "secret.png")
    return folder.resolve()


def attachments(root: Path) -> Attachments:
    return Attachments(root, card_pages([(str(root / "cards" / "other.md"), "models/other.md")]))


def resolvers(attachments: Attachments, root: Path) -> tuple[Resolve, Resolve]:
    return attachments.resolvers(Text(key="", text="", base=root / "cards"), str)


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("a.png", "a.png"),
        ("./a.png?raw=true#x", "a.png"),
        ("/cards/a.png", "a.png"),
        ("%61.png", "a.png"),
        ("../../secret.png", None),
        ("/../secret.png", None),
        ("link.png", None),
        ("notes.txt", None),
        ("missing.png", None),
        ("", None),
        ("a\0.png", None),
    ],
)
def test_pictures_come_from_inside_the_root(root: Path, url: str, name: str | None) -> None:
    store = attachments(root)
    path = resolvers(store, root)[1](url)
    assert (path and path.partition("-")[2]) == name
    assert b"secret" not in store.files.values()


def test_links_lead_to_pages_of_cards_and_to_files_that_run_nothing(root: Path) -> None:
    link = resolvers(attachments(root), root)[0]
    assert link("other.md#x") == "models/other.md"
    assert str(link("notes.txt")).endswith("-notes.txt")
    assert link("page.html") is None
    assert link("../cards") is None


@pytest.mark.parametrize(
    ("drawing", "copied"),
    [
        (STILL, True),
        (STILL.replace("<rect", "<script>1</script><rect"), False),
        (STILL.replace("<rect", "<rect onload='1'"), False),
        (STILL.replace("<rect", "<a href='javascript:1'><rect"), False),
        (STILL.replace("<rect", "<a href='&#106;avascript:1'><rect"), False),
        (STILL.replace("<rect", "<image href='https://evil.example/x.png'/><rect"), False),
        (STILL.replace("url(#a)", "url(https://evil.example/)"), False),
        ("<!DOCTYPE svg [<!ENTITY x 'y'>]>" + STILL, False),
        ("<?xml version='1.0' encoding='utf-16'?>" + STILL, False),
        ("<?xml version='1.0' encoding='utf-8'?>" + STILL, True),
        ("", False),
        (STILL[:-1], False),
        ("<svg/>", False),
        (STILL.replace("<rect", "<x:script xmlns:x='http://www.w3.org/2000/svg'>1</x:script><rect"), False),
        (STILL.replace("<rect", "<script xmlns='http://www.w3.org/1999/xhtml'>1</script><rect"), False),
        (
            STILL.replace("<rect", "<metadata><b xmlns='http://www.w3.org/1999/xhtml' onclick='1'/></metadata><rect"),
            False,
        ),
        (STILL.replace("<rect", "<foreignObject><rect"), False),
        (STILL.replace("<rect", "<a href='#x'><rect/></a><rect"), False),
        (STILL.replace("<rect", "<set attributeName='href' to='javascript:1'/><rect"), False),
        (STILL.replace("<rect", "<use href='other.svg#x'/><rect"), False),
        (STILL.replace("<rect", "<use href='#x'/><rect"), True),
        (STILL.replace("<rect", "<image href='data:image/svg+xml;base64,AAAA'/><rect"), False),
        (STILL.replace("<rect", "<image href='data:image/png;base64,AAAA'/><rect"), True),
        (
            STILL.replace(
                "<rect",
                "<x:use xmlns:x='http://www.w3.org/2000/svg' y:href='x' xmlns:y='http://www.w3.org/1999/xlink'/><rect",
            ),
            False,
        ),
        (STILL.replace("<rect", "<style>@import 'x'</style><rect"), False),
        (STILL.replace("<rect", "<style>.a{fill:u\\72l(x)}</style><rect"), False),
        (STILL.replace("<rect", "<style>.a{fill:url(&#x68;ttps://e)}</style><rect"), False),
        (STILL.replace("<rect", "<style>*{stroke-linejoin: round}</style><rect"), True),
        (STILL.replace("<rect", "<rect style='fill:url(x)'/><rect"), False),
        ("<?xml-stylesheet href='x'?>" + STILL, False),
        ("<!DOCTYPE svg>" + STILL, False),
        (STILL.replace("<rect", "<g>" * 200 + "</g>" * 200 + "<rect"), False),
    ],
)
def test_a_drawing_only_draws(root: Path, drawing: str, copied: bool) -> None:
    (root / "cards" / "d.svg").write_text(drawing)
    assert (resolvers(attachments(root), root)[1]("d.svg") is not None) == copied
