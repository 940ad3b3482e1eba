"""Other packages, by the calls that their users write; a package that is not installed is named and left out."""

import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Callable
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import numpy as np

from benchmarks.tables import SCALE, Floats

PACKAGES = {"krippendorff": "krippendorff", "irrCAC": "irrCAC", "pingouin": "pingouin", "statsmodels": "statsmodels",
            "scikit-learn": "sklearn"}  # fmt: skip
"""Distributions of the dependency group `benchmarks`, and their modules."""

Call = Callable[[], object]


def missing_peers() -> list[str]:
    """What cannot be measured here."""
    found = [name for name, module in PACKAGES.items() if find_spec(module) is None]
    return found if shutil.which("Rscript") else [*found, "R (lme4, irr)"]


@cache
def _module(name: str) -> ModuleType | None:
    if find_spec(name.partition(".")[0]) is None:
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return import_module(name)


def krippendorff_alpha(values: Floats, level: str) -> Call | None:
    """krippendorff.alpha of raters in rows."""
    package, data = _module("krippendorff"), values.T.copy()
    if package is None:
        return None
    return lambda: package.alpha(reliability_data=data, level_of_measurement=level, value_domain=list(SCALE))


def irrcac(values: Floats, method: str) -> Call | None:
    """A method of irrCAC's CAC: value, standard error, interval, p."""
    raw, pandas = _module("irrCAC.raw"), import_module("pandas")
    if raw is None:
        return None
    frame = pandas.DataFrame(values)

    def call() -> object:
        return getattr(raw.CAC(frame, categories=list(SCALE)), method)()

    return call


def statsmodels_fleiss(values: Floats) -> Call | None:
    """fleiss_kappa of complete ratings, counted by its own aggregate_raters."""
    package = _module("statsmodels.stats.inter_rater")
    return None if package is None else lambda: package.fleiss_kappa(package.aggregate_raters(values)[0])


def sklearn_kappa(values: Floats) -> Call | None:
    """cohen_kappa_score of the first two raters."""
    package, pair = _module("sklearn.metrics"), values[:, :2].astype(np.int64)
    return None if package is None else lambda: package.cohen_kappa_score(pair[:, 0], pair[:, 1])


def pingouin_icc(values: Floats) -> Call | None:
    """intraclass_corr of a long frame."""
    package, pandas = _module("pingouin"), import_module("pandas")
    if package is None:
        return None
    frame = pandas.DataFrame(values).melt(ignore_index=False, var_name="rater", value_name="value")
    long = frame.reset_index(names="unit")

    def call() -> object:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return package.intraclass_corr(data=long, targets="unit", raters="rater", ratings="value")

    return call


R_CALLS = {
    "lme4": "suppressMessages(library(lme4)); f <- function() lmer(value ~ 1 + (1 | unit) + (1 | rater), data = x)",
    "irr": "library(irr); w <- reshape(x, idvar = 'unit', timevar = 'rater', direction = 'wide')[, -1];"
    "f <- function() icc(w, model = 'twoway', type = 'agreement')",
}


_MEASURE = (
    "before <- sum(gc(reset = TRUE)[, 6]); took <- sum(system.time(f())[1:2]); cat(took, sum(gc()[, 6]) - before)"
)


class Taken(NamedTuple):
    """What one call in R took, as R itself measures it."""

    seconds: float
    """Of the processor, user and system, as our own are."""
    memory: float
    """Bytes at the peak, beyond what was there before the call."""


def run_r(values: Floats, package: str) -> Taken | None:
    """One call of a package; None where R or the package is not there."""
    program = shutil.which("Rscript")
    if program is None:
        return None
    units, raters = np.nonzero(~np.isnan(values))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ratings.csv"
        rows = np.column_stack([units, raters, values[units, raters]])
        np.savetxt(path, rows, fmt="%d", delimiter=",", header="unit,rater,value", comments="")
        script = f"x <- read.csv('{path}'); {R_CALLS[package]}; {_MEASURE}"
        ran = subprocess.run([program, "-e", script], capture_output=True, text=True, check=False)  # noqa: S603
    if ran.returncode:
        return None
    seconds, mebibytes = map(float, ran.stdout.split())
    return Taken(seconds, mebibytes * 2**20)
