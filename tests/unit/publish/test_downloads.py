"""Card and weights to take home."""

import io
import zipfile
from pathlib import Path
from typing import Any

from registry.publish.downloads import download, files_of


def test_card_and_weights_that_lie_beside_it_come_as_one_file(contents: Any, tmp_path: Path) -> None:
    model = contents.model("a", "70%")
    (tmp_path / "cards" / "w").mkdir(parents=True)
    (tmp_path / "cards" / "w" / "a.safetensors").write_bytes(b"weights")
    (tmp_path / "outside.safetensors").write_bytes(b"secret")

    def offered(weights: str) -> list[str]:
        content = contents([model.replace("  Metadata:", f"  Weights: {weights}\n  Metadata:")])
        files = files_of(content.catalog.entries[0], content.attachments)
        if not files:
            return []
        data = download(files)
        assert data == download(files)
        return zipfile.ZipFile(io.BytesIO(data)).namelist()

    assert offered("w/a.safetensors") == ["card.md", "w/a.safetensors"]
    for name, text in {"config.json": "{}", "model.py": "import os", "merges 1.txt": "a b"}.items():
        (tmp_path / "cards" / "w" / name).write_text(text)
    assert offered("w/a.safetensors") == ["card.md", "w/a.safetensors", "w/config.json", "w/merges 1.txt"]
    assert offered("../outside.safetensors") == []
    assert offered("https://example.org/a.safetensors") == []
    assert offered("w/none.safetensors") == []
