"""The server: documents come from an editor, findings, pages, completions and repairs go back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lsprotocol import types as lsp
from pygls.lsp.server import LanguageServer
from pygls.uris import from_fs_path, to_fs_path
from pygls.workspace import PositionCodec, ServerTextPosition, ServerTextRange

from registry import __version__
from registry.checks import RULES
from registry.config import find_config
from registry.lsp.complete import complete
from registry.lsp.diagnostics import diagnose
from registry.report.output import rule_address
from registry.types import ConfigError, Finding, Index, Location
from registry.vocabulary import Vocabulary

_SEVERITIES = {
    "error": lsp.DiagnosticSeverity.Error,
    "warning": lsp.DiagnosticSeverity.Warning,
    "info": lsp.DiagnosticSeverity.Information,
}
_KINDS = {"key": lsp.CompletionItemKind.Property, "value": lsp.CompletionItemKind.Value}


_SUFFIXES = {"yaml": ".yml", "json": ".json", "markdown": ".md"}
"""Of documents that have no file yet, by their language."""


class CardServer(LanguageServer):
    """A language server that remembers what it said of each document.

    Attributes:
        found: For each open document what was read and found; positions hold for the text at that time.
    """

    def __init__(self) -> None:
        super().__init__("mir", __version__, text_document_sync_kind=lsp.TextDocumentSyncKind.Incremental)
        self.found: dict[str, tuple[Index | None, list[Finding]]] = {}

    @property
    def folder(self) -> Path:
        """The folder that the editor has open, whose configuration counts for every document."""
        return Path(self.workspace.root_path or ".")

    def look(self, uri: str) -> None:
        """Check a document and publish what is wrong with it."""
        document = self.workspace.get_text_document(uri)
        self.found[uri] = diagnose(self.path(uri), document.source, self.folder)
        diagnostics = [self._diagnostic(uri, finding) for finding in self.found[uri][1]]
        self.text_document_publish_diagnostics(
            lsp.PublishDiagnosticsParams(uri=uri, version=document.version, diagnostics=diagnostics)
        )

    def path(self, uri: str) -> Path:
        """The file of a document; one that was never saved is a file of its language in the open folder."""
        path = to_fs_path(uri) if uri.startswith("file:") else None
        language = self.workspace.get_text_document(uri).language_id or ""
        return Path(path) if path else self.folder / f"unsaved{_SUFFIXES.get(language, '.md')}"

    def forget(self, uri: str) -> None:
        """Take back what was said of a document that is closed."""
        self.found.pop(uri, None)
        self.text_document_publish_diagnostics(lsp.PublishDiagnosticsParams(uri=uri, diagnostics=[]))

    def at(self, uri: str, position: lsp.Position) -> list[Finding]:
        """The findings whose range holds a position, the narrowest first."""
        ranges = [(finding, self.range(uri, finding.location)) for finding in self.found.get(uri, (None, []))[1]]
        return [finding for finding, where in ranges if where.start <= position <= where.end]

    def range(self, uri: str, place: Location) -> lsp.Range:
        """A location in the units of the editor; the rest of the line where it has no end."""
        lines = self.workspace.get_text_document(uri).lines
        line = min(place.line - 1, max(len(lines) - 1, 0))
        length = len(lines[line].rstrip("\r\n")) if lines else 0
        start = ServerTextPosition(line, min(place.column - 1, length))
        end = ServerTextPosition(line, length)
        if place.end_line is not None and place.end_column is not None:
            end = ServerTextPosition(place.end_line - 1, place.end_column - 1)
        return self._codec(uri).range_to_client_units(lines, ServerTextRange(start, end))

    def edits(self, uri: str, finding: Finding) -> list[lsp.TextEdit]:
        """The edits that repair a finding, empty where they are not of this document alone."""
        index = self.found[uri][0]
        if finding.fix is None or index is None:
            return []
        edits = finding.fix.edits
        if any(edit.file != finding.location.file for edit in edits):
            return []
        source = index.sources[finding.location.file]
        return [
            lsp.TextEdit(range=self.range(uri, source.location(edit.start, edit.end)), new_text=edit.text)
            for edit in edits
        ]

    def _codec(self, uri: str) -> PositionCodec:
        return self.workspace.get_text_document(uri).position_codec

    def _diagnostic(self, uri: str, finding: Finding) -> lsp.Diagnostic:
        related = [
            lsp.DiagnosticRelatedInformation(
                location=lsp.Location(uri=from_fs_path(str(Path(place.file).resolve())) or uri, range=_outside(place)),
                message="see also",
            )
            for place in finding.related
        ]
        return lsp.Diagnostic(
            range=self.range(uri, finding.location),
            severity=_SEVERITIES[finding.severity],
            code=finding.rule,
            code_description=lsp.CodeDescription(href=rule_address(finding.rule)),
            source="mir",
            message=f"{finding.message}\n{finding.hint}" if finding.hint else finding.message,
            related_information=related or None,
        )


def _outside(place: Location) -> lsp.Range:
    at = lsp.Position(line=place.line - 1, character=place.column - 1)
    return lsp.Range(start=at, end=at)


def make_server() -> CardServer:
    """A server with everything that it answers."""
    server = CardServer()

    @server.feature(lsp.TEXT_DOCUMENT_DID_OPEN)
    @server.feature(lsp.TEXT_DOCUMENT_DID_CHANGE)
    @server.feature(lsp.TEXT_DOCUMENT_DID_SAVE)
    def written(
        params: lsp.DidOpenTextDocumentParams | lsp.DidChangeTextDocumentParams | lsp.DidSaveTextDocumentParams,
    ) -> None:
        server.look(params.text_document.uri)

    @server.feature(lsp.TEXT_DOCUMENT_DID_CLOSE)
    def closed(params: lsp.DidCloseTextDocumentParams) -> None:
        server.forget(params.text_document.uri)

    @server.feature(lsp.TEXT_DOCUMENT_HOVER)
    def hover(params: lsp.HoverParams) -> lsp.Hover | None:
        findings = server.at(params.text_document.uri, params.position)
        if not findings:
            return None
        text = "\n\n---\n\n".join(dict.fromkeys(page(finding) for finding in findings))
        return lsp.Hover(contents=lsp.MarkupContent(kind=lsp.MarkupKind.Markdown, value=text))

    @server.feature(lsp.TEXT_DOCUMENT_COMPLETION, lsp.CompletionOptions(trigger_characters=[":", " "]))
    def completion(params: lsp.CompletionParams) -> list[lsp.CompletionItem]:
        uri = params.text_document.uri
        document = server.workspace.get_text_document(uri)
        place = document.position_from_client_units(params.position)
        is_json = server.path(uri).suffix.lower() == ".json"
        words = _vocabulary(server.folder)
        completions = complete(document.source, place.line, place.character, words, json_text=is_json)
        return [
            lsp.CompletionItem(
                label=item.text.rstrip(": ").strip('"'),
                insert_text=item.text,
                kind=_KINDS[item.kind],
                detail=item.detail,
            )
            for item in completions
        ]

    @server.feature(
        lsp.TEXT_DOCUMENT_CODE_ACTION, lsp.CodeActionOptions(code_action_kinds=[lsp.CodeActionKind.QuickFix])
    )
    def actions(params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
        uri = params.text_document.uri
        answer: list[lsp.CodeAction] = []
        for finding in server.found.get(uri, (None, []))[1]:
            where = server.range(uri, finding.location)
            if finding.fix is None or where.end < params.range.start or where.start > params.range.end:
                continue
            edits = server.edits(uri, finding)
            if edits:
                change: dict[str, Any] = {uri: edits}
                answer.append(
                    lsp.CodeAction(
                        title=f"{finding.fix.description} ({finding.rule})",
                        kind=lsp.CodeActionKind.QuickFix,
                        edit=lsp.WorkspaceEdit(changes=change),
                        is_preferred=True,
                    )
                )
        return answer

    return server


def _vocabulary(folder: Path) -> Vocabulary:
    try:
        return find_config(folder).load_vocabulary()
    except ConfigError:
        return Vocabulary.load()


def page(finding: Finding) -> str:
    """The rule's page in Markdown."""
    rule = RULES[finding.rule]
    docs = rule.docs
    parts = [f"**{rule.id}** {rule.name} ({finding.severity})", docs.what or rule.summary, docs.why]
    parts += [f"{label}:\n\n```yaml\n{card}\n```" for label, card in (("Bad", docs.bad), ("Good", docs.good)) if card]
    return "\n\n".join(part for part in parts if part)
