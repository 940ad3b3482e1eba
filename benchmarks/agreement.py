"""The agreement engine beside other packages on the same tables in the same run: ratios, not absolute times.

Run `python -m benchmarks.agreement --quick` (under a minute) or `--full`; `--only single bootstrap` picks sections. The
peers are the dependency group `benchmarks`. Times are the fastest CPU time of several runs.
"""

import os

# Before numpy is imported: all sides have one thread.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from benchmarks import baseline, peers
from benchmarks.tables import LARGE, MEDIUM, SMALL, Floats, Size, make_facets, make_table, make_values, name_cells
from benchmarks.timing import Line, peak_memory, show, tell, time_call
from qa_app.estimate import Measured
from qa_app.stats.chance.alpha import krippendorff_alpha
from qa_app.stats.chance.bootstrap import KINDS, Asked, Wanted, resample
from qa_app.stats.chance.coefficients import brennan_prediger, conger_kappa, fleiss_kappa, gwet_ac, percent_agreement
from qa_app.stats.chance.counting import count
from qa_app.stats.chance.inference import Inference
from qa_app.stats.chance.measuring import measure_each
from qa_app.stats.chance.two_raters import cohen_kappa
from qa_app.stats.components import ratings_as_long, variance_components
from qa_app.stats.metric.icc import all_iccs
from qa_app.stats.ratings import Level, RatingsTable
from qa_app.stats.resampling import Resampling
from qa_app.stats.severity.calibration import report_severity

Lines = Iterator[Line]
VALUE = Inference(variance=None)
SEED = 1
EVERY = (percent_agreement, brennan_prediger, fleiss_kappa, conger_kappa, gwet_ac, krippendorff_alpha)


def read(values: Floats) -> Callable[[], RatingsTable]:
    """From the array that peers take too; names are made beforehand."""
    ids = name_cells(Size(*values.shape))
    return lambda: make_table(values, ids)


def measure_all(table: RatingsTable) -> list[Measured]:
    """All coefficients for any number of raters, each with standard error, interval and p."""
    counts = count(table)
    return [function(counts) for function in EVERY]


def compare_single(size: Size) -> Lines:
    """One coefficient from an array of ratings; peers that give no standard error meet ours without one."""
    holes, complete = make_values(size), make_values(size, holes=0.0)
    table, whole, pair = read(holes), read(complete), read(complete[:, :2].copy())
    calls: list[tuple[str, Callable[[], object], str, peers.Call | None]] = [
        ("alpha", lambda: krippendorff_alpha(count(table()), inference=VALUE), "krippendorff",
         peers.krippendorff_alpha(holes, "nominal")),
        ("ordinal alpha", lambda: krippendorff_alpha(count(table()), metric=Level.ORDINAL, inference=VALUE),
         "krippendorff", peers.krippendorff_alpha(holes, "ordinal")),
        ("alpha with SE", lambda: krippendorff_alpha(count(table())), "irrCAC", peers.irrcac(holes, "krippendorff")),
        ("Fleiss with SE", lambda: fleiss_kappa(count(table())), "irrCAC", peers.irrcac(holes, "fleiss")),
        ("AC1 with SE", lambda: gwet_ac(count(table())), "irrCAC", peers.irrcac(holes, "gwet")),
        ("Conger with SE", lambda: conger_kappa(count(table())), "irrCAC", peers.irrcac(holes, "conger")),
        ("Fleiss, complete", lambda: fleiss_kappa(count(whole()), inference=VALUE), "statsmodels",
         peers.statsmodels_fleiss(complete)),
        ("Cohen, two raters", lambda: cohen_kappa(count(pair()), inference=VALUE), "scikit-learn",
         peers.sklearn_kappa(complete)),
    ]  # fmt: skip
    for what, ours, name, theirs in calls:
        if theirs is not None:
            yield Line("single", str(size), what, time_call(ours).cpu, name, time_call(theirs).cpu)


def compare_every(size: Size) -> Lines:
    """All coefficients with standard errors beside a bare alpha in numpy."""
    values = make_values(size)
    yield _beside_numpy("every", size, "all coefficients with SE", time_call(lambda: measure_all(read(values)())).cpu)


def compare_bootstrap(size: Size) -> Lines:
    """1,000 resamples of all coefficients beside 1,000 of one alpha from item sums in numpy."""
    wanted = [Wanted(kind) for kind in KINDS]
    values = make_values(size)
    ours = time_call(lambda: resample(count(read(values)()), wanted, Resampling(SEED, 1000)))
    theirs = time_call(lambda: baseline.bootstrap_alpha(values, 1000, SEED))
    yield Line("bootstrap", str(size), "1,000 resamples of all", ours.cpu, "numpy item sums, one alpha", theirs.cpu)


def compare_session(size: Size) -> Lines:
    """15 criteria with 2,000 resamples of seven coefficients beside one alpha's bootstrap in numpy."""
    wanted = [*(Wanted(kind, "quadratic") for kind in KINDS), Wanted("krippendorff_alpha", "mid_ranks")]
    tables = [read(make_values(size, seed=seed))() for seed in range(15)]
    asked = [Asked(count(table), wanted) for table in tables]
    ours = time_call(lambda: measure_each(asked, Resampling(SEED, 2000)))
    theirs = time_call(lambda: baseline.bootstrap_alpha(tables[0].values, 2000, SEED))
    yield Line("session", str(size), "15 criteria, 2,000 resamples", ours.cpu, "numpy, one alpha", theirs.cpu)


def compare_icc(size: Size) -> Lines:
    """All six ICCs with intervals."""
    values = make_values(size, holes=0.0)
    ours, theirs = time_call(lambda: all_iccs(values)), peers.pingouin_icc(values)
    if theirs is not None:
        yield Line("icc", str(size), "six ICCs", ours.cpu, "pingouin", time_call(theirs).cpu)
    taken = peers.run_r(values, "irr")
    if taken is not None:
        yield Line("icc", str(size), "six ICCs", ours.cpu, "irr, one ICC", taken.seconds)


def compare_reml(size: Size) -> Lines:
    """Variance components of units and raters by REML, 30 % holes."""
    values = make_values(size)
    ours = time_call(lambda: variance_components(ratings_as_long(values), ("unit", "rater")))
    yield _beside_numpy("reml", size, "REML, units x raters", ours.cpu)
    taken = peers.run_r(values, "lme4")
    if taken is not None:
        yield Line("reml", str(size), "REML, units x raters", ours.cpu, "lme4", taken.seconds)


def compare_severity(size: Size) -> Lines:
    """Many-facet Rasch measures with their report, five criteria, 30 % holes."""
    facets = make_facets(size, 5)
    marginal = time_call(lambda: report_severity(facets, estimation="mml"))
    yield _beside_numpy("severity", size, "MML with report", marginal.cpu)
    joint = time_call(lambda: report_severity(facets, estimation="jmle"))
    yield _beside_numpy("severity", size, "JMLE with report", joint.cpu)


def compare_growth(size: Size) -> Lines:
    """Time per rating, which should not grow with the table."""
    values = make_values(size)
    n_values = np.count_nonzero(~np.isnan(values))
    ours = time_call(lambda: measure_all(read(values)())).cpu / n_values
    theirs = time_call(lambda: baseline.nominal_alpha(values)).cpu / n_values
    yield Line("growth", str(size), "all coefficients with SE", ours, "numpy, alpha alone", theirs)


def compare_memory(size: Size) -> Lines:
    """Peak memory of one call, beyond the array of ratings, beside that of every peer."""
    values, complete = make_values(size), make_values(size, holes=0.0)
    table, whole, pair = read(values), read(complete), read(complete[:, :2].copy())
    small = size.n_units <= MEDIUM.n_units  # beyond, pingouin takes gigabytes and minutes
    calls: list[tuple[str, Callable[[], object], str, peers.Call | None]] = [
        ("alpha", lambda: krippendorff_alpha(count(table()), inference=VALUE), "krippendorff",
         peers.krippendorff_alpha(values, "nominal")),
        ("alpha with SE", lambda: krippendorff_alpha(count(table())), "irrCAC", peers.irrcac(values, "krippendorff")),
        ("Conger with SE", lambda: conger_kappa(count(table())), "irrCAC", peers.irrcac(values, "conger")),
        ("Fleiss, complete", lambda: fleiss_kappa(count(whole()), inference=VALUE), "statsmodels",
         peers.statsmodels_fleiss(complete)),
        ("Cohen, two raters", lambda: cohen_kappa(count(pair()), inference=VALUE), "scikit-learn",
         peers.sklearn_kappa(complete)),
        ("six ICCs", lambda: all_iccs(complete), "pingouin", peers.pingouin_icc(complete) if small else None),
    ]  # fmt: skip
    for what, ours, name, theirs in calls:
        if theirs is not None:
            yield Line("memory", str(size), what, peak_memory(ours), name, peak_memory(theirs))
    taken = peers.run_r(values, "lme4")
    if taken is not None:
        mine = peak_memory(lambda: variance_components(ratings_as_long(values), ("unit", "rater")))
        yield Line("memory", str(size), "REML, units x raters", mine, "lme4", taken.memory)


def _beside_numpy(section: str, size: Size, what: str, ours: float) -> Line:
    values = make_values(size)
    theirs = time_call(lambda: baseline.nominal_alpha(values)).cpu
    return Line(section, str(size), what, ours, "numpy, alpha alone", theirs)


QUICK, FULL = (SMALL, MEDIUM), (SMALL, MEDIUM, LARGE)
GROWING = (MEDIUM, Size(10_000, 10), Size(100_000, 10))
SECTIONS: dict[str, tuple[Callable[[Size], Lines], Sequence[Size], Sequence[Size]]] = {
    "single": (compare_single, QUICK, FULL),
    "every": (compare_every, QUICK, FULL),
    "bootstrap": (compare_bootstrap, QUICK, FULL),
    "session": (compare_session, [MEDIUM], [MEDIUM]),
    "icc": (compare_icc, QUICK, FULL),
    "reml": (compare_reml, QUICK, FULL),
    "severity": (compare_severity, [SMALL], QUICK),
    "growth": (compare_growth, GROWING[:2], GROWING),
    "memory": (compare_memory, QUICK, FULL),
}
"""What compares, at which sizes quickly and in full."""


def compare(names: Sequence[str], *, full: bool) -> list[Line]:
    """The lines of the sections named, in order."""
    lines: list[Line] = []
    for name in names:
        section, quick, whole = SECTIONS[name]
        tell(f"{name} ...")
        lines += [line for size in (whole if full else quick) for line in section(size)]
    return lines


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    how = parser.add_mutually_exclusive_group(required=True)
    how.add_argument("--quick", action="store_true", help="50 x 6 and 1,000 x 10")
    how.add_argument("--full", action="store_true", help="100,000 x 20 too; pingouin alone takes minutes there")
    parser.add_argument("--only", nargs="+", choices=SECTIONS, default=list(SECTIONS), metavar="SECTION")
    chosen = parser.parse_args(arguments)
    missing = peers.missing_peers()
    if missing:
        tell(f"Not here and so not compared: {', '.join(missing)}.")
    print(show(compare(chosen.only, full=chosen.full)))


if __name__ == "__main__":
    main()
