"""A real client talks to `mir lsp` over standard input and output."""

import asyncio
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from lsprotocol import types as lsp
from pygls.lsp.client import LanguageClient

CARD = """\
Models:
- Name: 'é𝄞'
  Metadata:
    FLOPs: -3
    Paramters: 12
"""


class Editor:
    """A client that keeps the diagnostics it was sent."""

    def __init__(self, client: LanguageClient, uri: str) -> None:
        self.client, self.uri = client, uri
        self.diagnostics: asyncio.Queue[list[lsp.Diagnostic]] = asyncio.Queue()

        @client.feature(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        def published(params: lsp.PublishDiagnosticsParams) -> None:
            self.diagnostics.put_nowait(list(params.diagnostics))

    async def open(self, text: str) -> list[lsp.Diagnostic]:
        item = lsp.TextDocumentItem(uri=self.uri, language_id="yaml", version=1, text=text)
        self.client.text_document_did_open(lsp.DidOpenTextDocumentParams(text_document=item))
        return await asyncio.wait_for(self.diagnostics.get(), 60)

    async def type(self, text: str, start: lsp.Position, end: lsp.Position) -> list[lsp.Diagnostic]:
        change = lsp.TextDocumentContentChangePartial(range=lsp.Range(start=start, end=end), text=text)
        document = lsp.VersionedTextDocumentIdentifier(uri=self.uri, version=2)
        self.client.text_document_did_change(
            lsp.DidChangeTextDocumentParams(text_document=document, content_changes=[change])
        )
        return await asyncio.wait_for(self.diagnostics.get(), 60)


async def talk(folder: Path) -> None:
    client = LanguageClient("test", "1")
    await client.start_io(sys.executable, "-m", "registry", "lsp")
    path = folder / "card.yml"
    editor = Editor(client, path.as_uri())
    await client.initialize_async(
        lsp.InitializeParams(capabilities=lsp.ClientCapabilities(), process_id=None, root_uri=folder.as_uri())
    )
    client.initialized(lsp.InitializedParams())

    diagnostics = await editor.open(CARD)
    assert [
        (diagnostic.code, diagnostic.range.start.line, diagnostic.range.start.character) for diagnostic in diagnostics
    ] == [
        ("MIR202", 3, 11),
        ("MIR102", 4, 4),
    ]
    assert diagnostics[1].range.end == lsp.Position(line=4, character=13)

    document = lsp.TextDocumentIdentifier(uri=editor.uri)
    hover = await client.text_document_hover_async(
        lsp.HoverParams(text_document=document, position=lsp.Position(line=3, character=12))
    )
    assert hover is not None
    assert isinstance(hover.contents, lsp.MarkupContent)
    assert hover.contents.value.startswith("**MIR202** not-positive (error)")

    completions = await client.text_document_completion_async(
        lsp.CompletionParams(text_document=document, position=lsp.Position(line=4, character=4))
    )
    assert isinstance(completions, list)
    assert "Parameters" in {item.label for item in completions}

    trap = "    Epochs: 1e5\n"
    end = lsp.Position(line=5, character=0)
    diagnostics = await editor.type(trap, end, end)
    assert "MIR014" in {diagnostic.code for diagnostic in diagnostics}
    actions = await client.text_document_code_action_async(
        lsp.CodeActionParams(
            text_document=document,
            range=lsp.Range(start=lsp.Position(line=5, character=14), end=lsp.Position(line=5, character=14)),
            context=lsp.CodeActionContext(diagnostics=[]),
        )
    )
    (action,) = actions or []
    assert isinstance(action, lsp.CodeAction)
    assert action.edit is not None
    assert action.edit.changes is not None
    assert [edit.new_text for edit in action.edit.changes[editor.uri]] == ["1.0e+5"]

    diagnostics = await editor.type("3", lsp.Position(line=3, character=11), lsp.Position(line=3, character=13))
    assert "MIR202" not in {diagnostic.code for diagnostic in diagnostics}
    # A document that was never saved, with line ends of Windows.
    unsaved = lsp.TextDocumentItem(
        uri="untitled:Untitled-1", language_id="yaml", version=1, text=CARD.replace("\n", "\r\n")
    )
    client.text_document_did_open(lsp.DidOpenTextDocumentParams(text_document=unsaved))
    diagnostics = await asyncio.wait_for(editor.diagnostics.get(), 60)
    assert [
        (diagnostic.code, diagnostic.range.start.line, diagnostic.range.start.character) for diagnostic in diagnostics
    ] == [
        ("MIR202", 3, 11),
        ("MIR102", 4, 4),
    ]
    assert diagnostics[1].range.end == lsp.Position(line=4, character=13)
    client.text_document_did_close(lsp.DidCloseTextDocumentParams(text_document=document))
    assert await asyncio.wait_for(editor.diagnostics.get(), 60) == []
    await client.shutdown_async(None)
    client.exit(None)
    await client.stop()


def test_an_editor_is_served_while_one_types(tmp_path):
    # In a thread of its own, since a browser's test may have left a running loop in this one.
    with ThreadPoolExecutor(1) as threads:
        threads.submit(asyncio.run, talk(tmp_path)).result(120)


@pytest.mark.parametrize(
    ("name", "text"), [("notes.md", "# Notes\n"), ("compose.yml", "services:\n  web: {}\n"), ("a.json", "[1]")]
)
def test_files_that_are_no_cards_have_no_findings(tmp_path, name, text):
    from registry.lsp.diagnostics import diagnose

    assert diagnose(tmp_path / name, text, tmp_path) == (None, [])
