"""Measures agreement in a process of its own that may be stopped: `python -m qa_app.workflows.ratings_child IN OUT`.

Both files are pickles that the two halves of one server write for each other, in a folder that only they can read.
"""

import pickle  # between our own processes, never from outside
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from qa_app.reports import RatingsReport
from qa_app.workflows.ratings_file import RatingsFile, find_rater
from qa_app.workflows.ratings_report import report_file

RESAMPLES, SEED = 2000, 1
"""As `plumbline agreement` has them where nothing else is said."""
_MEMORY_BYTES = 4 * 2**30


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be measured."""

    found: RatingsFile
    name: str
    reference: str
    """The rater whose answers are the agreed ones; empty where there is none."""
    made_at: datetime

    def report(self) -> RatingsReport:
        """The report, here and now; raises NotFound where the reference rated nothing."""
        return report_file(
            self.found,
            self.name,
            reference=find_rater(self.found.tables, self.reference) if self.reference else None,
            critical=frozenset(),
            n_resamples=RESAMPLES,
            seed=SEED,
            interval="bootstrap",
            made_at=self.made_at,
        )


def keep(value: Request | RatingsReport, path: Path) -> None:
    """Write it for the other process."""
    path.write_bytes(pickle.dumps(value))


def take_report(path: Path) -> RatingsReport:
    """What the child has measured."""
    report: RatingsReport = pickle.loads(path.read_bytes())  # noqa: S301 - written by our own child
    return report


def main(asked: str, answered: str) -> None:
    """Measure what the one file asks for and write it to the other."""
    if sys.platform != "win32":
        import resource  # noqa: PLC0415 - Windows has no such limits; the time limit of the parent holds there

        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    request: Request = pickle.loads(Path(asked).read_bytes())  # noqa: S301 - written by our own parent
    keep(request.report(), Path(answered))


if __name__ == "__main__":
    main(*sys.argv[1:])
