"""`python -m qa_app.cli` is the `plumbline` command."""

from qa_app.cli import run

run()
