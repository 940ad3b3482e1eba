"""From what somebody types to the record that is meant; a near miss is asked about, never taken."""

from collections.abc import Mapping, Sequence

from db.records import PersonId, SampleId, ScorecardVersionId, SeriesId, SessionId, VersionState
from qa_app.errors import NotFound
from qa_app.workflows import access, calibration, calibration_series, sampling, scorecards
from qa_app.workflows.context import Context
from qa_app.workflows.wording import ask_back
from scorecards.problems import near_miss

LARGEST_SEED = 2**53 - 1
"""What every database, every file format and every browser holds as a whole number."""


def find_people(context: Context, emails: Sequence[str]) -> tuple[PersonId, ...]:
    """People by e-mail, in the order given."""
    return tuple(person.id for person in access.find_by_emails(context, emails))


def find_published(context: Context, typed: str) -> ScorecardVersionId:
    """A version by its id, or the one in force of a scorecard by name."""
    versions = scorecards.list_versions(context, state=VersionState.PUBLISHED)
    for version in versions:
        if typed in {version.id, version.scorecard_id}:
            return version.id
    hint = ask_back(typed, (version.scorecard_id for version in versions))
    raise NotFound(
        "no-scorecard", f"No published scorecard is called {typed!r}.{hint} `plumbline scorecard list` shows them."
    )


def find_session(context: Context, typed: str) -> SessionId:
    """A calibration session that the actor runs or takes part in."""
    known = {str(row.session.id): row.session.name for row in calibration.list_sessions(context)}
    return SessionId(_find(typed, known, code="no-session", what="calibration session", lister="calibration status"))


def find_series(context: Context, typed: str) -> SeriesId:
    """A series of calibrations."""
    known = {str(row.series.id): row.series.name for row in calibration_series.list_series(context)}
    return SeriesId(_find(typed, known, code="no-series", what="series", lister="calibration series list"))


def find_sample(context: Context, typed: str) -> SampleId:
    """A sample within the actor's reach."""
    known = {str(sample.id): sample.plan.name for sample in sampling.list_samples(context)}
    return SampleId(_find(typed, known, code="no-sample", what="sample", lister="sample list"))


def _find(typed: str, known: Mapping[str, str], *, code: str, what: str, lister: str) -> str:
    if typed in known:
        return typed
    by_words = {name: key for key, name in known.items()} | {key: key for key in known}
    near = near_miss(typed, by_words)
    hint = f" Did you mean {by_words[near]} ({known[by_words[near]]})?" if near else ""
    raise NotFound(code, f"There is no {what} {typed!r} for you.{hint} `plumbline {lister}` shows them.")
