"""Numbers printed by programs of other people, on tables that lie beside a developer's checkout."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.long

WRONG = [("rank_correlation/kendall_tau_b_ci", "ci.0"), ("rank_correlation/kendall_tau_b_ci", "ci.1")]
"""DescTools' interval of tau-b: its standard error changes from .106990 to .107155 when the two raters change places,
which that of a symmetric coefficient may not do. `test_ranks.py` holds ours to the delta method and to symmetry."""


def test_no_number_differs_from_other_programs(shared_data: Path, tmp_path: Path) -> None:
    runner = shared_data.parent / "oracle" / "check.py"
    if not runner.is_file():
        pytest.skip("the tables of other programs do not lie beside this checkout")
    written = tmp_path / "result.json"
    adapter = Path(__file__).with_name("adapter.py")
    run = [sys.executable, str(runner), str(adapter), "--quiet", "--strict", "--json", str(written)]
    subprocess.run(run, capture_output=True, text=True, check=False)
    result = json.loads(written.read_text(encoding="utf-8"))
    missed = [(number["id"].rsplit("/", 2)[0], number["path"]) for number in result["numbers"] if not number["ok"]]
    assert missed == WRONG
    assert result["total"] == {"pass": 4153, "fail": 2, "unsupported": 0, "no_table": 0}
