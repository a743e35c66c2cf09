"""Stand-ins for lm-evaluation-harness and mteb: their command lines, and files of the form that they write.

The forms are those of the recorded logs of `tests/unit/harness/recorded`, which the real ones wrote.
"""

LM_EVAL = """#!{python}
import argparse, json, os, pathlib, sys, time
parser = argparse.ArgumentParser()
for name in ("--model", "--model_args", "--tasks", "--device", "--batch_size", "--output_path"):
    parser.add_argument(name)
parser.add_argument("--num_fewshot", type=int)
parser.add_argument("--confirm_run_unsafe_code", action="store_true")
given = parser.parse_args()
pathlib.Path({seen!r}).open("a").write(json.dumps(sys.argv[1:]) + "\\n")
model = dict(part.split("=") for part in given.model_args.split(","))["pretrained"]
scores = json.loads(pathlib.Path({scores!r}).read_text())
if scores.get("sleep"):
    time.sleep(scores["sleep"])
if scores.get("fails"):
    print("Traceback (most recent call last):", "ValueError: no such data set", sep="\\n", file=sys.stderr)
    sys.exit(1)
tasks = given.tasks.split(",")
log = {{
    "results": {{task: {{"alias": task, "acc,none": scores[task], "acc_stderr,none": 0.01}} for task in tasks}},
    "versions": {{task: 1.0 for task in tasks}},
    "configs": {{task: {{"task": task, "test_split": "test"}} for task in tasks}},
    "n-shot": {{task: given.num_fewshot for task in tasks}},
    "n-samples": {{task: {{"original": 1000, "effective": 1000}} for task in tasks}},
    "config": {{"model": given.model, "model_args": given.model_args, "limit": None}},
    "lm_eval_version": "0.4.13", "transformers_version": "5.24.0", "git_hash": None, "date": 1795750109.5,
    "model_source": given.model, "model_name": model,
}}
folder = pathlib.Path(given.output_path) / model.replace("/", "__")
folder.mkdir(parents=True)
(folder / "results_2026-11-27T03-28-29.000000.json").write_text(json.dumps(log))
"""

MTEB = "#!{python}\n"
"""mteb's program is asked only which Python it is run by: a model in a folder is evaluated from Python."""

MTEB_PACKAGE = """
import json, pathlib, sys

def get_tasks(tasks):
    return tasks

def evaluate(model, tasks, cache):
    with pathlib.Path({seen!r}).open("a") as file:
        file.write(json.dumps([model.folder, *tasks]) + chr(10))
    scores = json.loads(pathlib.Path({scores!r}).read_text())
    folder = cache.path / "results" / "no_model_name__available" / "no_revision_available"
    folder.mkdir(parents=True)
    (folder / "model_meta.json").write_text(json.dumps({{"name": "no_model_name/available", "revision": None}}))
    for task in tasks:
        score = {{"main_score": scores[task], "cosine_spearman": scores[task], "hf_subset": "default", "languages": []}}
        result = {{"dataset_revision": "x", "task_name": task, "mteb_version": "2.26.24", "evaluation_time": 1.0}}
        (folder / f"{{task}}.json").write_text(json.dumps({{**result, "scores": {{"test": [score]}}}}))
"""

MTEB_CACHE = """
import pathlib

class ResultCache:
    def __init__(self, path):
        self.path = pathlib.Path(path)
"""

SENTENCES = """
class SentenceTransformer:
    def __init__(self, folder, device=None):
        self.folder = folder
"""
