"""Which architectures of transformers are counted with the configuration that the library gives them by default.

Run it by hand: `python tests/bench/bench_architectures.py [NAME...]`. Configurations are as they are, none is shrunk:
models are built without values. What is not counted stands there with the reason. Architectures that are named replace
their own figures alone. The figures go to `tests/bench/results/architectures.json`.
"""

from __future__ import annotations

import json
import sys
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

from registry.types import BuildError
from registry.verify.builders import target
from registry.verify.counts.model import count_module
from registry.verify.trace import build

OUTPUT = Path(__file__).parent / "results" / "architectures.json"
NAMES = """
albert audio-spectrogram-transformer bart beit bert big_bird biogpt blenderbot blip bloom camembert clap clip
codegen cohere convnext convnextv2 cvt data2vec-audio deberta deberta-v2 deepseek_v3 deit detr dinov2 distilbert dpt
efficientnet electra encodec esm falcon focalnet funnel gemma gemma2 gemma3 glpn gpt2 gpt_neo gpt_neox gpt_oss gptj
granite granitemoe hiera hubert jamba layoutlm layoutlmv3 led levit llama llava longformer m2m_100 mamba mamba2
marian mask2former mbart mistral mixtral mobilenet_v2 mobilevit mpnet mpt mt5 olmo olmo2 olmoe opt pegasus phi phi3
phimoe poolformer prophetnet pvt qwen2 qwen2_moe qwen2_vl qwen3 qwen3_moe reformer regnet resnet roberta sam
seamless_m4t segformer sew siglip speech_to_text speecht5 stablelm starcoder2 swin swinv2 t5 timesformer umt5
unispeech videomae vilt vit vivit wav2vec2 wavlm whisper xglm xlm-roberta xlnet yolos
"""


def counted(name: str) -> dict[str, Any]:
    """What an architecture counts, or why it is not counted."""
    started = time.perf_counter()
    try:
        model = target(f"transformers:{name}")
        counts = count_module(build(model.build), model.arguments, real=lambda: model.build().eval()).as_dict()
    except BuildError as error:
        return {"reason": error.message}
    return {
        "parameters": counts["parameters"]["all parameters"],
        "macs": counts["counts"]["MACs"]["total"],
        "input": counts["input"],
        "run": counts["run"],
        "seconds": round(time.perf_counter() - started, 1),
    }


def main(names: list[str]) -> None:
    """Count them, print a line for each, and keep the figures."""
    results = json.loads(OUTPUT.read_text(encoding="utf-8"))["architectures"] if OUTPUT.is_file() and names else {}
    for name in names or NAMES.split():
        results[name] = counted(name)
        print(f"{name:30} {results[name]}", flush=True)
    done = sum("macs" in result for result in results.values())
    print(f"{done} of {len(results)} counted")
    versions = {package: version(package).partition("+")[0] for package in ("transformers", "torch")}
    data = {"versions": versions, "counted": done, "of": len(results), "architectures": dict(sorted(results.items()))}
    OUTPUT.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
