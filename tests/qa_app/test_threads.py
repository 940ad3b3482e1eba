"""Linear algebra runs in one thread: many small products on a busy server wait for each other otherwise."""

import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.long

# The first import of the `plumbline` command, then whatever the agreement engine loads.
COUNT_THREADS = """
from qa_app.cli import run
import os, psutil
import qa_app.stats.registry, scipy.linalg, numpy
numpy.ones((300, 300)) @ numpy.ones((300, 300))
print(os.environ["OPENBLAS_NUM_THREADS"], psutil.Process().num_threads())
"""
READ_SETTING = """
import qa_app, os
print(os.environ["OPENBLAS_NUM_THREADS"])
"""


def run(code: str, environment: dict[str, str]) -> list[int]:
    ran = subprocess.run([sys.executable, "-c", code], env=environment, check=True, capture_output=True, text=True)
    return [int(number) for number in ran.stdout.split()]


@pytest.fixture
def unset() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}


def test_linear_algebra_has_one_thread_unless_told_otherwise(unset: dict[str, str]) -> None:
    assert run(COUNT_THREADS, unset) == [1, 1]


def test_a_number_of_threads_that_was_set_stays(unset: dict[str, str]) -> None:
    assert run(READ_SETTING, {**unset, "OPENBLAS_NUM_THREADS": "2"}) == [2]
