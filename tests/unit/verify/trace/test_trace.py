"""What building and tracing promise: no weights, no values, the model left alone, everything seen, a reason."""

import pickle
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from registry.types import BuildError
from registry.verify.arguments import read_inputs
from registry.verify.conventions import CONVENTIONS
from registry.verify.torchvision_ops import import_torchvision
from registry.verify.trace import build, trace
from registry.verify.trace.device_checks import checks_device
from registry.verify.trace.shapes import RULES


class Stubborn(nn.Module):
    """Computes with tensors' values in its constructor, as RegNet does, and keeps one as a plain attribute."""

    def __init__(self) -> None:
        super().__init__()
        widths = (torch.arange(3) * 4 + 8).tolist()
        self.register_buffer("scale", torch.ones(8))
        self.conv = nn.Conv2d(3, int(widths[0] * self.scale.max().item()), 3)
        self.grid = torch.linspace(0, 1, 8)[:, None, None]

    def forward(self, x):
        count = int(torch.tensor([2, 3]).prod())  # needs a value while it runs
        return (self.conv(x) * self.grid).reshape(x.shape[0], count, -1)


def test_layers_of_other_threads_are_filled_while_one_builds() -> None:
    before = nn.LayerNorm.reset_parameters
    norms: list[nn.Module] = []

    def factory() -> nn.Module:
        threads = [threading.Thread(target=lambda: norms.append(nn.LayerNorm(4))) for _ in range(3)]
        threads.append(threading.Thread(target=lambda: build(lambda: nn.LayerNorm(8))))
        for thread in threads:
            thread.start()
        for thread in threads[:3]:
            thread.join()
        waiting.append(threads[3])
        return nn.LayerNorm(4)

    waiting: list[threading.Thread] = []
    build(factory)
    waiting[0].join()
    assert [norm.weight.tolist() for norm in norms] == [[1.0] * 4] * 3
    assert nn.LayerNorm.reset_parameters is before


def test_a_model_that_computes_in_its_constructor_builds_and_runs() -> None:
    model = build(Stubborn)
    assert all(tensor.is_meta for tensor in (*model.parameters(), *model.buffers()))
    assert trace(model, (3, 8, 8)).outputs == ((1, 6, 48),)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak of one process is read from Linux's /proc")
def test_building_and_tracing_take_no_memory_for_weights() -> None:
    # Not getrusage, whose peak is inherited from the process that started this one.
    code = (
        "import re; from registry.verify.torchvision_ops import import_torchvision;"
        "from registry.verify.trace import build, trace;"
        "models = import_torchvision().models; found = trace(build(models.vit_h_14), (3, 224, 224));"
        "print(int(re.search(r'VmHWM:\\s+(\\d+)', open('/proc/self/status').read())[1]) // 1024)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 600  # its weights alone are 2400 MiB; torch itself takes about 300


def test_a_model_with_weights_keeps_them_and_its_mode() -> None:
    model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.Dropout())
    model[2].eval()
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    recording = trace(model, (3, 8, 8))
    assert all(torch.equal(tensor, before[name]) for name, tensor in model.state_dict().items())
    assert all(isinstance(parameter, nn.Parameter) for parameter in model.parameters())
    assert [module.training for module in model] == [True, True, False]
    assert model(torch.zeros(2, 3, 8, 8)).shape == (2, 4, 6, 6)
    assert sum(p.shape[0] for p in recording.modules[1].parameters) == 8


def test_a_failed_run_leaves_torch_as_it_was() -> None:
    call, registering = nn.Module.__call__, nn.Module.register_parameter
    for attempt in (lambda: trace(nn.Linear(2, 2), (3, 8, 8)), lambda: build(lambda: nn.Linear("x", 2))):
        with pytest.raises(BuildError) as caught:
            attempt()
        assert "\n" not in caught.value.message
    assert nn.Module.__call__ is call
    assert nn.Module.register_parameter is registering
    assert torch.relu(torch.tensor([-1.0, 2.0])).tolist() == [0.0, 2.0]


class NeedsValues(nn.Module):
    def forward(self, x):
        return x if x.sum().item() > 0 else -x


def test_a_model_that_needs_its_inputs_values_is_reported_in_one_line() -> None:
    with pytest.raises(BuildError, match="does not run on 1x3x8x8: ") as caught:
        trace(build(NeedsValues), (3, 8, 8))
    assert len(caught.value.message) < 300


def test_what_is_no_module_is_reported() -> None:
    with pytest.raises(BuildError, match="gave dict"):
        build(dict)  # type: ignore[arg-type]


class Spellings(nn.Module):
    def forward(self, x):
        y = x * 2 + 1
        y = y.mul(2).add(1)
        return (y @ y.transpose(-1, -2)).matmul(y), F.relu(x), torch.relu(x), x.relu()


def test_functions_are_told_apart_as_the_code_spells_them() -> None:
    names = [call.name for call in trace(Spellings(), (4, 4)).functions]
    assert names == [
        *("torch.Tensor.__mul__", "torch.Tensor.__add__", "torch.Tensor.mul", "torch.Tensor.add"),
        *("torch.Tensor.transpose", "torch.Tensor.__matmul__", "torch.Tensor.matmul"),
        *("torch.nn.functional.relu", "torch.relu", "torch.Tensor.relu"),
    ]


class Sums(nn.Module):
    def forward(self, x):
        return sum([x, x])


def test_sum_adds_as_the_operator_does() -> None:
    names = [call.name for call in trace(Sums(), (4, 4)).functions]
    assert set(names) <= {"torch.Tensor.__add__", "torch.Tensor.__radd__"}


def test_the_three_levels_are_linked() -> None:
    model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.MultiheadAttention(36, 2, batch_first=True))
    model.forward = lambda x: model[1](*[model[0](x).flatten(2)] * 3)[0]
    recording = trace(model, (3, 8, 8))
    assert [recording.module(index).path for index in range(len(recording.calls))] == ["", "0", "1"]
    attention = next(index for index, call in enumerate(recording.functions) if call.name.endswith("attention_forward"))
    inside = [call.name.rpartition(".")[2] for call in recording.functions if call.caller == attention]
    assert inside.count("linear") == 2
    assert "baddbmm" in inside or "bmm" in inside
    for op in recording.operators:
        assert op.function < 0 or recording.functions[op.function].call == op.call
    convolution = next(op for op in recording.operators if op.name == "aten.convolution")
    assert recording.module(convolution.call).type == "torch.nn.Conv2d"
    assert recording.functions[convolution.function].name == "torch.nn.functional.conv2d"


def test_the_fast_path_of_torchs_transformer_hides_nothing() -> None:
    layer = nn.TransformerEncoderLayer(32, 4, 64, batch_first=True)
    recording = trace(build(lambda: layer), (5, 32))
    macs = 5 * (4 * 32 * 32 + 2 * 32 * 64) + 2 * 5 * 5 * 32
    assert CONVENTIONS["MACs"].count(recording).total == macs


class Scripted(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Linear(4, 4)
        self.inner = torch.jit.script(nn.Sequential(nn.Linear(4, 8), nn.ReLU()))

    def forward(self, x):
        return self.inner(self.first(x))


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_scripted_parts_are_named_and_their_operators_counted() -> None:
    model = Scripted()
    recording = trace(model, (4,))
    assert recording.opaque[0] == "inner"
    assert model(torch.zeros(1, 4)).device.type == "cpu"
    assert CONVENTIONS["MACs"].count(recording).total == 4 * 4 + 4 * 8


def swish(x: torch.Tensor) -> torch.Tensor:
    return x * torch.sigmoid(x)


class CallsScripted(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.plain = nn.Sequential(nn.Linear(4, 4), nn.ReLU())
        self.swish = torch.jit.script(swish)

    def forward(self, x):
        return self.swish(self.plain(x))


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_scripted_functions_are_reported() -> None:
    recording = trace(CallsScripted(), (4,))
    assert recording.opaque == ("",)
    assert {op.name for op in recording.operators} >= {"aten.mul", "aten.sigmoid"}
    assert trace(nn.Sequential(nn.Linear(4, 4), nn.ReLU()), (4,)).opaque == ()


class Tokens(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(10, 6)
        self.linear = nn.Linear(6, 10, bias=False)
        self.linear.weight = self.embedding.weight

    def forward(self, ids, mask):
        return self.linear(self.embedding(ids).masked_fill(mask[..., None], 0))


def test_other_inputs_than_a_picture_and_tied_weights() -> None:
    ids = torch.zeros(2, 7, dtype=torch.long)
    recording = trace(build(Tokens), arguments=read_inputs([ids, "2x7:bool"]))
    assert recording.inputs == ((2, 7), (2, 7))
    assert recording.batch == 2
    assert [parameter.shared for module in recording.modules for parameter in module.parameters] == [False, True]
    assert CONVENTIONS["MACs"].count(recording).total == 2 * 7 * 6 * 10


def test_training_mode_runs_what_evaluation_does_not() -> None:
    models = import_torchvision().models
    model = build(lambda: models.googlenet(aux_logits=True, init_weights=False))
    evaluation, training = trace(model, (3, 224, 224)), trace(model, (3, 224, 224), batch=2, train=True)
    assert len(evaluation.outputs) == 1
    assert len(training.outputs) == 3
    assert training.train


@pytest.mark.parametrize("name", ["resnet18", "swin_v2_t", "maxvit_t", "regnet_y_400mf", "efficientnet_v2_s"])
def test_shortcuts_change_nothing(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    model = build(lambda: getattr(import_torchvision().models, name)(weights=None))
    quick = trace(model, (3, 224, 224))
    monkeypatch.setattr("registry.verify.trace.recorder.RULES", {})
    slow = trace(model, (3, 224, 224))
    assert RULES
    assert (quick.calls, quick.functions, quick.outputs) == (slow.calls, slow.functions, slow.outputs)
    operators = [
        [op[:2] + op[3:] for op in recording.operators if op.name != "aten.native_batch_norm"]
        for recording in (quick, slow)
    ]
    assert [op[0] for op in operators[0]] == [op[0] for op in operators[1]]
    for name in ("MACs", "ptflops 0.7.5 (aten)"):
        assert CONVENTIONS[name].count(quick).total == CONVENTIONS[name].count(slow).total


def test_a_trace_is_the_same_every_time_and_survives_pickling() -> None:
    first, second = (trace(build(Tokens), arguments=read_inputs(["1x3:int64"] * 2)) for _ in range(2))
    copy = pickle.loads(pickle.dumps(first))
    for field in ("modules", "types", "calls", "functions", "operators", "head", "versions"):
        assert getattr(first, field) == getattr(second, field) == getattr(copy, field), field


def test_torchs_own_code_is_not_asked_where_it_runs() -> None:
    def looks(x: torch.Tensor) -> bool:
        return x.device.type == "cpu"

    code = looks.__code__
    assert checks_device(code, {})
    assert not checks_device(code.replace(co_filename=F.__file__), {})
