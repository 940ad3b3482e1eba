from dataclasses import replace

import pytest

from db.records import Evidence, Recording, RecordingId, TicketId
from db.store import tickets
from qa_app.ui.pages import PAGES
from qa_app.ui.widgets.recording import write_player
from qa_app.workflows.context import Installation
from tests.factories import fill
from tests.qa_app.ui.test_pages import start
from tests.qa_app.workflows.house import BO, CONVERSATIONS, T1, House

FIRST = Recording(RecordingId("one"), TicketId("t"), "a", "audio/wav", 1, "one.wav", duration_seconds=60.0)
SECOND = replace(FIRST, id=RecordingId("two"), content_hash="b")


@pytest.mark.parametrize(
    ("start", "end", "source"),
    [
        (7.25, 12.0, "/audio/one#t=7.2,12.0"),
        (7.0, None, "/audio/one#t=7.0"),
        (70.0, 75.5, "/audio/two#t=10.0,15.5"),
    ],
)
def test_stretch_plays_where_it_stands(start: float, end: float | None, source: str) -> None:
    assert f'src="{source}"' in write_player([FIRST, SECOND], start, end)


def test_without_a_recording_there_is_no_player() -> None:
    assert write_player([], 7.0, None) == ""


def test_review_page_plays_evidence_where_it_stands(house: House, installation: Installation) -> None:
    with house.store.write() as tx:
        heard = tuple(replace(each, ticket_id=T1.id) for each in (FIRST, SECOND))
        changed = replace(CONVERSATIONS[0], ticket=replace(T1, version=2), recordings=heard)
        tickets.replace_conversations(tx, [changed])
    filled = replace(fill(), evidence=(Evidence("empathy", "", start_seconds=70.0, end_seconds=75.5),))
    review = house.submit(BO, house.assign(BO, T1), filled)
    at = start(installation, BO)
    at.query_params["review"] = review.id

    at.switch_page(str(next(page for page in PAGES if page.name == "review").path)).run()

    assert not at.exception
    [player] = [body for body in (str(getattr(html, "body", "")) for html in at.get("html")) if "#t=" in body]
    assert 'src="/audio/two#t=10.0,15.5"' in player
    assert [text.value for text in at.markdown if "The recording" in text.value] == [
        ":material/format_quote: The recording :small[:gray[1\\:10–1\\:15]]"
    ]
