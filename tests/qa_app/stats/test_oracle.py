"""Numbers printed by programs of other people on tables that lie beside a developer's checkout."""

import csv
import json
from pathlib import Path

import pytest

from qa_app.estimate import Estimate, Undefined
from qa_app.stats.alpha import krippendorff_alpha
from qa_app.stats.kappa import conger_kappa
from qa_app.stats.percent import percent_agreement
from qa_app.stats.ratings import Level
from qa_app.stats.resampling import Resampling
from tests.qa_app.stats.tables import make_table

COEFFICIENTS = {
    "percent_agreement": percent_agreement,
    "mean_pairwise_agreement": percent_agreement,
    "conger_kappa": conger_kappa,
    "krippendorff_alpha": krippendorff_alpha,
    "cohen_kappa": conger_kappa,
}
LEVELS = {"unweighted": Level.NOMINAL, "quadratic": Level.INTERVAL}
FAST = Resampling(seed=1, n_resamples=2)


def level_of(case: dict[str, object]) -> Level | None:
    """The level that means what the case asks for; None where we offer no such thing."""
    options = case["options"]
    assert isinstance(options, dict)
    if "level" in options:
        return Level(options["level"]) if options["level"] in set(Level) else None
    weights = options.get("weights", "unweighted")
    level = LEVELS.get(weights) if isinstance(weights, str) else None
    if case["coefficient"] in {"percent_agreement", "mean_pairwise_agreement"} and level is not Level.NOMINAL:
        return None
    return level


def offered(case: dict[str, object]) -> bool:
    options, expected = case["options"], case["expected"]
    assert isinstance(options, dict)
    assert isinstance(expected, dict)
    return (
        case["coefficient"] in COEFFICIENTS
        and options.get("layout") == "ratings"
        and options.get("missing", "none") in {"available", "none"}
        and options.get("categories_from", "declared") == "declared"
        and "disagreement_weights" not in options
        and "value" in expected
        and level_of(case) is not None
    )


def test_values_of_other_programs(shared_data: Path) -> None:
    folder = shared_data.parent / "oracle" / "public"
    if not folder.is_dir():
        pytest.skip("the tables of other programs do not lie beside this checkout")
    cases = json.loads((folder / "expected.json").read_text(encoding="utf-8"))["cases"]
    checked, wrong = 0, []
    for case in filter(offered, cases):
        with (folder / "datasets" / f"{case['dataset']}.csv").open(encoding="utf-8", newline="") as file:
            table = list(csv.DictReader(file))
        columns = case.get("columns") or list(table[0])
        rows = [[float(row[column]) if row[column] else None for column in columns] for row in table]
        level = level_of(case)
        assert level is not None
        measured = COEFFICIENTS[case["coefficient"]](make_table(rows, level, categories=()), FAST)
        stated = case.get("tol", {})
        tolerance = stated.get("value", stated.get("default", {"rtol": 1e-8, "atol": 1e-10}))
        allowed = (
            0.5 * 10.0 ** -tolerance["digits"]
            if "digits" in tolerance
            else max(tolerance.get("atol", 0), tolerance.get("rtol", 0) * abs(case["expected"]["value"] or 0))
        )
        checked += 1
        if isinstance(measured, Undefined) or abs(measured.value - case["expected"]["value"]) > allowed:
            wrong.append((case["id"], case["expected"]["value"], measured))
        assert isinstance(measured, Estimate | Undefined)
    assert wrong == []
    assert checked >= 60
