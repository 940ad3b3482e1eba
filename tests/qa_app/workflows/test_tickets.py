from dataclasses import replace
from decimal import Decimal

import pytest

from db.records import Frame, Metric, Person, Recording, RecordingId, Role, TicketId
from db.store import people
from db.store import tickets as store
from qa_app.errors import NotAllowed, NotFound
from qa_app.workflows import tickets
from qa_app.workflows.tickets import TicketRow
from scorecards.model import Channel
from tests.factories import fill, make_conversation, make_person
from tests.qa_app.workflows.house import (
    ADMIN,
    BO,
    COACH,
    CONVERSATIONS,
    CY,
    DI,
    FACILITATOR,
    LEAD,
    MANAGER,
    NINA,
    NORTH,
    SAM,
    T1,
    T2,
    T3,
    T4,
    House,
)

HASH = "ab" * 32
SOUND = Recording(RecordingId("rec1"), T1.id, HASH, "audio/wav", 4, "call.wav")
SCOPED = replace(make_person("Eli", Role.REVIEWER), team_scope=frozenset({NORTH.id}))


def test_list_is_newest_first_and_says_what_was_reviewed(house: House) -> None:
    house.grade(BO, T2)
    page = tickets.list_tickets(house.act(MANAGER), frame=Frame())
    assert page.rows == (
        TicketRow(T4, SAM, reviewed=False),
        TicketRow(T3, NINA, reviewed=False),
        TicketRow(T2, NINA, reviewed=True),
        TicketRow(T1, NINA, reviewed=False),
    )
    assert page.before is None


def test_pages_follow_each_other_without_gap_or_overlap(house: House) -> None:
    context, seen, before = house.act(MANAGER), [], None
    for _ in range(3):
        page = tickets.list_tickets(context, frame=Frame(), before=before, limit=2)
        seen.append([row.ticket.id for row in page.rows])
        before = page.before
        if before is None:
            break
    assert seen == [[T4.id, T3.id], [T2.id, T1.id]]


def test_list_is_filtered_by_text_and_frame(house: House) -> None:
    context = house.act(MANAGER)
    for text, frame, found in (
        ("parcel 2", Frame(), [T2.id]),
        ("104", Frame(), [T4.id]),
        (None, Frame(agent_ids=(SAM.id,)), [T4.id]),
        (None, Frame(channels=(Channel.CALL,)), []),
    ):
        page = tickets.list_tickets(context, frame=frame, text=text)
        assert [row.ticket.id for row in page.rows] == found


def test_tickets_of_other_teams_are_out_of_reach(house: House) -> None:
    assert {row.ticket.id for row in tickets.list_tickets(house.act(LEAD), frame=Frame()).rows} == {
        T1.id, T2.id, T3.id,
    }  # fmt: skip
    assert tickets.view_ticket(house.act(LEAD), T1.id) == CONVERSATIONS[0]
    for wanted in (T4.id, TicketId("none")):
        with pytest.raises(NotFound):
            tickets.view_ticket(house.act(LEAD), wanted)
    with pytest.raises(NotAllowed):
        tickets.list_tickets(house.act(NINA), frame=Frame())


def test_list_names_no_agent_to_who_grades_the_ticket_blind(house: House) -> None:
    house.open_session(T1.id, T2.id)
    named = {
        reader.name: {row.ticket.id: row.agent for row in tickets.list_tickets(house.act(reader), frame=Frame()).rows}
        for reader in (BO, MANAGER)
    }
    assert named == {
        BO.name: {T1.id: None, T2.id: None, T3.id: NINA, T4.id: SAM},
        MANAGER.name: {T1.id: NINA, T2.id: NINA, T3.id: NINA, T4.id: SAM},
    }


def test_conversation_names_no_agent_to_who_grades_it_blind(house: House) -> None:
    asked, answered = make_conversation(7, agent=NINA).messages
    named = (replace(asked, author_name="Kim"), replace(answered, author_name="Nina North", author_ref="nina-7"))
    with house.store.write() as tx:
        store.add_conversations(tx, [replace(make_conversation(7, agent=NINA), messages=named)])
    house.open_session(TicketId("t7"))
    masked = (named[0], replace(answered, author_name="Agent"))
    assert tickets.view_ticket(house.act(BO), TicketId("t7")).messages == masked
    assert tickets.view_ticket(house.act(MANAGER), TicketId("t7")).messages == named


@pytest.mark.parametrize("actor", [ADMIN, MANAGER, FACILITATOR, BO, COACH], ids=lambda person: person.name)
def test_everybody_but_agents_reads_all_tickets_unless_scoped(sqlite_house: House, actor: Person) -> None:
    assert tickets.view_ticket(sqlite_house.act(actor), T4.id) == CONVERSATIONS[3]


def test_agents_read_their_tickets_once_a_review_was_released(house: House) -> None:
    review = house.grade(BO, T1)
    with pytest.raises(NotFound):
        tickets.view_ticket(house.act(NINA), T1.id)
    house.release(review)
    assert tickets.view_ticket(house.act(NINA), T1.id).ticket == T1
    for person, ticket_id in ((NINA, T2.id), (SAM, T1.id)):
        with pytest.raises(NotFound):
            tickets.view_ticket(house.act(person), ticket_id)


def test_scoped_reviewer_reads_a_ticket_of_another_team_while_grading_it(house: House) -> None:
    with house.store.write() as tx:
        people.add_person(tx, SCOPED)
    with pytest.raises(NotFound):
        tickets.view_ticket(house.act(SCOPED), T4.id)
    house.assign(SCOPED, T4)
    assert tickets.view_ticket(house.act(SCOPED), T4.id).ticket == T4


def test_ticket_without_team_is_found_by_the_team_of_its_agent(house: House) -> None:
    loose = make_conversation(7, agent=NINA)
    loose = replace(loose, ticket=replace(loose.ticket, team_id=None))
    with house.store.write() as tx:
        store.add_conversations(tx, [loose])
    assert tickets.view_ticket(house.act(LEAD), loose.ticket.id) == loose


def test_facets_offer_what_tickets_have(house: House) -> None:
    facets = tickets.read_facets(house.act(BO))
    assert (facets.channels, facets.languages, facets.sources) == ((Channel.CHAT,), ("en",), ("desk",))


@pytest.fixture
def recorded(house: House) -> House:
    """The first ticket has a recording."""
    with house.store.write() as tx:
        changed = replace(CONVERSATIONS[0], ticket=replace(T1, version=2), recordings=(SOUND,))
        store.replace_conversations(tx, [changed])
    path = house.recordings_dir / HASH[:2] / HASH
    path.parent.mkdir(parents=True)
    path.write_bytes(b"RIFF")
    return house


def test_recording_is_for_those_who_read_its_ticket(recorded: House) -> None:
    path, recording = tickets.find_recording(recorded.act(BO), SOUND.id)
    assert (path.read_bytes(), recording) == (b"RIFF", SOUND)
    for person in (NINA, SAM):
        with pytest.raises(NotFound) as refusal:
            tickets.find_recording(recorded.act(person), SOUND.id)
        assert refusal.value.code == "no-recording"
    recorded.release(recorded.grade(BO, T1))
    assert tickets.find_recording(recorded.act(NINA), SOUND.id)[1] == SOUND


def test_recordings_of_a_review_are_for_those_who_may_hear_them(recorded: House) -> None:
    conversation = replace(CONVERSATIONS[0], recordings=(SOUND,))
    assert tickets.list_hearable(recorded.act(BO), conversation) == (SOUND,)
    assert tickets.list_hearable(recorded.act(SAM), conversation) == ()
    assert tickets.list_hearable(recorded.act(BO), CONVERSATIONS[1]) == ()


def test_recording_whose_file_is_gone_says_so(recorded: House) -> None:
    (recorded.recordings_dir / HASH[:2] / HASH).unlink()
    with pytest.raises(NotFound) as refusal:
        tickets.find_recording(recorded.act(BO), SOUND.id)
    assert refusal.value.code == "recording-file-gone"
    with pytest.raises(NotFound) as unknown:
        tickets.find_recording(recorded.act(BO), RecordingId("none"))
    assert unknown.value.code == "no-recording"


UNHAPPY = Metric("csat", Decimal(1), "points", scale="1..5")
PLAIN = make_conversation(9, agent=NINA)
SURVEYED = replace(PLAIN, ticket=replace(PLAIN.ticket, metrics=(UNHAPPY,)))


def test_outcomes_are_out_of_sight_until_the_own_review_is_submitted(house: House) -> None:
    ticket = SURVEYED.ticket
    with house.store.write() as tx:
        store.add_conversations(tx, [SURVEYED])
    assignment_id = house.assign(BO, ticket)
    house.open_session(ticket.id, graders=(CY, DI))

    def seen_by(person: Person) -> tuple[Metric, ...]:
        return tickets.view_ticket(house.act(person), ticket.id).ticket.metrics

    assert {person.name: seen_by(person) for person in (BO, CY, MANAGER)} == {
        BO.name: (),
        CY.name: (),
        MANAGER.name: (UNHAPPY,),
    }
    house.submit(BO, assignment_id, fill())
    assert seen_by(BO) == ()  # the submit can still be undone
    house.tick(seconds=31)
    assert seen_by(BO) == (UNHAPPY,)
