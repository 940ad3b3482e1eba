"""Brings up the real server in a fork of a process that has imported everything, as often as it is asked to.

A start takes a fraction of the seconds that a new interpreter needs for its imports; all else is as in
`plumbline serve`: each server opens the database anew, listens anew and knows nothing of the one before. Each line on
the standard input asks for one server; its process id is the answer, and a second line follows when it is dead.
"""

import os
import sys
import threading

import altair as alt
import pandas as pd

from qa_app.settings import read_settings
from qa_app.ui.server import serve
from qa_app.workflows import agent_results, calibration_results, exporting, grading, importing

IMPORTED = (alt, pd, agent_results, calibration_results, exporting, grading, importing)
"""What `qa_app.ui.preload` takes long for; the desk's component needs a running Streamlit."""


def main() -> None:
    """Answer until the standard input closes."""
    for _line in sys.stdin:
        if threading.active_count() > 1:
            raise RuntimeError("a process with threads cannot be forked")
        child = os.fork()
        if child == 0:
            os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a server says is no answer of ours
            serve(read_settings())
            os._exit(0)
        _say(child)
        os.waitpid(child, 0)
        _say(0)


def _say(number: int) -> None:
    os.write(sys.stdout.fileno(), f"{number}\n".encode())


if __name__ == "__main__":
    main()
