import os
import subprocess
import sys

import pytest
from click.testing import CliRunner

from registry.cli.main import COMMANDS, group


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_prints_a_script_that_asks_mir(shell):
    result = CliRunner().invoke(group, ["completion", shell], standalone_mode=False)
    assert f"_MIR_COMPLETE={shell}_complete" in result.output


def test_completes_commands_without_importing_them():
    """Those of verify import torch, which takes seconds, or is not there."""
    script = (
        "import sys; sys.argv[0] = 'mir'\n"
        "from registry.cli import main\n"
        "try: main()\n"
        "finally: print([name for name in sys.modules if name.startswith('registry.cli.')], file=sys.stderr)\n"
    )
    environment = os.environ | {"_MIR_COMPLETE": "bash_complete", "COMP_WORDS": "mir ", "COMP_CWORD": "1"}
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=False)
    assert done.stdout.split() == [f"plain,{name}" for name in COMMANDS]
    assert "registry.cli.main" in done.stderr
    assert not any(f"'registry.cli.{name}'" in done.stderr for name in COMMANDS)


@pytest.mark.parametrize("words", ["mir explain mir10", "mir check --select mir10"])
def test_completes_rule_ids(words):
    environment = os.environ | {
        "_MIR_COMPLETE": "bash_complete",
        "COMP_WORDS": words,
        "COMP_CWORD": str(len(words.split()) - 1),
    }
    script = "import sys; sys.argv[0] = 'mir'; from registry.cli import main; main()"
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
    assert "plain,MIR101" in done.stdout.split()


def test_completes_names_of_models(tmp_path):
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "a.yml").write_text("Models:\n- Name: AlexNet\n  Metadata: {FLOPs: 3000000}\n- Name: VGG\n")
    environment = os.environ | {
        "MIR_CACHE": str(tmp_path / "cache"),
        "_MIR_COMPLETE": "bash_complete",
        "COMP_WORDS": "mir show al",
        "COMP_CWORD": "2",
    }
    script = "import sys; sys.argv[0] = 'mir'; from registry.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.stdout.split() == ["plain,AlexNet"]
