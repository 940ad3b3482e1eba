from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import pytest

from db.records import (
    AssignmentId,
    Conversation,
    Evidence,
    Message,
    MessageRole,
    Metric,
    Person,
    PersonId,
    Purpose,
    Rating,
    RecordingId,
    Review,
    ReviewId,
    ReviewState,
    ScorecardVersion,
    Selection,
)
from qa_app.ui.desk.case import (
    BLIND,
    DeskAck,
    DeskDraft,
    Hidden,
    ack_json,
    build_case,
    draft_json,
    open_draft,
    read_review,
)
from scorecards.answers import MISSING, NOT_APPLICABLE, Answer
from scorecards.model import Channel
from tests.qa_app.ui.desk.samples import CALL, CHAT, NOON, SCORECARD, VERSION

NOTHING_HIDDEN = Hidden()
JON = Person(PersonId("jon"), "Jon Bell", external_id="7")


def case_of(
    conversation: Conversation,
    *,
    version: ScorecardVersion = VERSION,
    hidden: Hidden = NOTHING_HIDDEN,
    audio_urls: Mapping[RecordingId, str] = MappingProxyType({}),
) -> dict[str, Any]:
    case = build_case(
        conversation,
        version,
        case_id="assignment-1",
        agent=JON,
        hidden=hidden,
        audio_urls=audio_urls,
    )
    return dict(case)


def test_case_has_the_facts_of_the_ticket() -> None:
    case = case_of(CHAT)
    assert case["id"] == "assignment-1"
    assert case["ticket"] == {
        "channel": "Chat",
        "subject": "Parcel marked delivered, not here",
        "created": "12 Nov 2026, 12:00",
        "language": "en",
        "tags": ["delivery"],
        "agent": "Jon Bell",
        "outcomes": [],
    }


def test_outcomes_are_there_only_where_the_scorecard_shows_them_and_the_case_is_not_blind() -> None:
    metrics = (Metric("csat", Decimal("4.0"), "points", scale="1..5"), Metric("first_reply", Decimal(185), "seconds"))
    surveyed = replace(CHAT, ticket=replace(CHAT.ticket, metrics=metrics))
    shown = replace(VERSION, scorecard=SCORECARD.model_copy(update={"outcomes": "shown"}))
    assert case_of(surveyed, version=shown)["ticket"]["outcomes"] == [
        ["CSAT", "4 (1 to 5)"],
        ["First reply", "3 min 5 s"],
    ]
    assert case_of(surveyed)["ticket"]["outcomes"] == []
    assert case_of(surveyed, version=shown, hidden=BLIND)["ticket"]["outcomes"] == []


def test_messages_are_texts_as_they_came() -> None:
    assert case_of(CHAT)["messages"][1] == {
        "seq": 2,
        "role": "customer",
        "author": "Mina",
        "text": "<b>hello?</b> parcel says DELIVERED 😡😡 but there's nothing here",
        "at": "2026-11-12T12:02:00+00:00",
        "time": "12:02",
        "moment": "12 Nov 2026, 12:02",
        "attachments": ["door.jpg"],
    }
    assert case_of(CHAT)["messages"][4]["internal"] is True


def test_first_second_of_a_recording_is_a_second_like_any_other() -> None:
    first, *_ = case_of(CALL)["messages"]
    assert (first["start"], first["end"]) == (0.0, 4.0)


def test_recordings_without_an_address_are_left_out() -> None:
    heard = case_of(CALL, audio_urls={RecordingId("recording-1"): "/audio/recording-1"})
    assert heard["recordings"] == [
        {"url": "/audio/recording-1", "name": "call.wav", "seconds": 45.0, "channels": 2, "voices": []}
    ]
    assert case_of(CALL)["recordings"] == []


@pytest.mark.parametrize(
    ("channels", "voices"),
    [
        ((1, 0, 1), ["customer", "agent"]),
        ((0, 1, 1), []),  # one channel has two roles
        ((0, None, 0), ["agent"]),
        ((1, None, 1), []),  # nothing is known of the first
    ],
)
def test_channels_have_a_voice_where_one_role_has_them_alone(
    channels: tuple[int | None, ...], voices: list[str]
) -> None:
    roles = (MessageRole.AGENT, MessageRole.CUSTOMER, MessageRole.AGENT)
    spoken = [Message(place, role, "Yes", channel_no=channels[place]) for place, role in enumerate(roles)]
    case = case_of(replace(CALL, messages=tuple(spoken)), audio_urls={RecordingId("recording-1"): "/audio/1"})
    assert case["recordings"][0]["voices"] == voices


def test_blind_case_names_no_agent() -> None:
    two_agents = replace(
        CHAT,
        messages=(
            Message(1, MessageRole.AGENT, "a", author_name="Jon Bell", author_ref="7"),
            Message(2, MessageRole.CUSTOMER, "b", author_name="Mina"),
            Message(3, MessageRole.AGENT, "c", author_name="Ida Nowak", author_ref="9"),
            Message(4, MessageRole.AGENT, "d", author_name="J. Bell", author_ref="7"),
        ),
    )
    case = case_of(two_agents, hidden=BLIND)
    assert [message["author"] for message in case["messages"]] == ["Agent 1", "Mina", "Agent 2", "Agent 1"]
    assert case["ticket"]["agent"] is None
    assert [message.get("reviewed", False) for message in case["messages"]] == [True, False, False, True]
    assert {message["author"] for message in case_of(CHAT, hidden=BLIND)["messages"]} == {
        "Helper bot",
        "Mina",
        "System",
        "Agent",
    }


def test_decimals_travel_as_exact_text() -> None:
    tenth = SCORECARD.sections[0].model_copy(update={"weight": Decimal("1E+1")})
    version = replace(VERSION, scorecard=SCORECARD.model_copy(update={"sections": (tenth, *SCORECARD.sections[1:])}))
    case = case_of(CHAT, version=version)
    assert case["scorecard"]["sections"][0]["weight"] == "10"
    assert case["scorecard"]["pass_mark"] == "80"
    assert case["scorecard"]["bands"] == [{"label": "Practise", "from": "0"}, {"label": "Sound", "from": "80"}]


@pytest.mark.parametrize(("conversation", "anchor"), [(CALL, "Asks for two details before naming any."), (CHAT, "")])
def test_anchors_are_those_of_the_channel(conversation: Conversation, anchor: str) -> None:
    sections = case_of(conversation)["scorecard"]["sections"]
    assert sections[2]["criteria"][0]["options"][0]["anchor"] == anchor


def test_anchor_for_any_channel_serves_where_the_channel_has_none() -> None:
    assert CHAT.ticket.channel is Channel.CHAT
    empathy = case_of(CHAT)["scorecard"]["sections"][0]["criteria"][1]
    assert empathy["options"][1]["anchor"] == "Apologises in words that would fit any ticket, once, and moves on."


def test_criterion_carries_all_that_the_form_asks_by() -> None:
    criterion = case_of(CALL)["scorecard"]["sections"][1]["criteria"][2]
    assert criterion["show_if"] == {"all_of": [{"criterion": "refund", "is_one_of": ["yes"]}], "any_of": []}
    hold = case_of(CALL)["scorecard"]["sections"][1]["criteria"][3]
    assert hold["number"] == {
        "low": "0",
        "high": "60",
        "step": "5",
        "unit": "s",
        "better": "low",
        "anchor": "Longest gap, rounded.",
    }


def test_draft_keeps_the_three_kinds_of_answer_apart() -> None:
    draft = DeskDraft(
        revision=4,
        ratings=(
            Rating("empathy", Answer.choose("3"), "Names it", ("knowledge",)),
            Rating("hold", Answer.measure(Decimal(15))),
            Rating("words", Answer.write("")),
            Rating("greeting", NOT_APPLICABLE),
            Rating("answer", MISSING, "Ask the depot"),
        ),
        evidence=(Evidence("empathy", "rent is due", 2, 10, 21, 4.2, 9.5),),
        comment="Warm",
        active_seconds=61,
        saved_at=NOON,
    )
    assert draft_json(draft) == {
        "revision": 4,
        "ratings": [
            {"criterion": "empathy", "state": "chosen", "option": "3", "comment": "Names it", "reasons": ["knowledge"]},
            {"criterion": "hold", "state": "chosen", "number": "15", "comment": "", "reasons": []},
            {"criterion": "words", "state": "chosen", "text": "", "comment": "", "reasons": []},
            {"criterion": "greeting", "state": "not_applicable", "comment": "", "reasons": []},
            {"criterion": "answer", "state": "missing", "comment": "Ask the depot", "reasons": []},
        ],
        "evidence": [
            {
                "criterion": "empathy",
                "quote": "rent is due",
                "message_seq": 2,
                "start_char": 10,
                "end_char": 21,
                "start_seconds": 4.2,
                "end_seconds": 9.5,
            }
        ],
        "comment": "Warm",
        "active_seconds": 61,
        "saved_at": "2026-11-12T12:00:00+00:00",
    }


def test_acknowledgement_carries_refusal_other_version_and_what_was_dropped() -> None:
    other = DeskDraft(revision=7, saved_at=NOON)
    ack = DeskAck("key-12345", 7, NOON, error=("gone", "Withdrawn."), conflict=other, dropped=("Too long.",))
    assert ack_json(ack) == {
        "key": "key-12345",
        "revision": 7,
        "saved_at": "2026-11-12T12:00:00+00:00",
        "submitted": False,
        "error": {"code": "gone", "message": "Withdrawn.", "ways": []},
        "conflict": draft_json(other),
        "dropped": ["Too long."],
    }


def test_stored_review_opens_as_its_draft() -> None:
    review = Review(
        id=ReviewId("r"),
        ticket_id=CHAT.ticket.id,
        ticket_version=1,
        scorecard_version_id=VERSION.id,
        reviewer_id=PersonId("ada"),
        agent_id=None,
        purpose=Purpose.QUALITY,
        selection=Selection.RANDOM,
        state=ReviewState.DRAFT,
        revision=3,
        started_at=NOON,
        saved_at=NOON + timedelta(minutes=5),
        ratings=(Rating("greeting", Answer.choose("yes")),),
        comment="So far",
        assignment_id=AssignmentId("a"),
        active_seconds=300,
    )
    assert read_review(review) == DeskDraft(
        3, (Rating("greeting", Answer.choose("yes")),), (), "So far", 300, NOON + timedelta(minutes=5)
    )


def test_review_opens_empty_or_with_the_best_answers() -> None:
    assert open_draft(SCORECARD) == DeskDraft()
    filled = open_draft(SCORECARD.model_copy(update={"default_answer": "best"}))
    assert {rating.criterion_id: rating.answer.option_id or rating.answer.number for rating in filled.ratings} == {
        "greeting": "yes",
        "empathy": "4",
        "listening": "3",
        "answer": "right",
        "refund": "yes",
        "refund-date": "3",
        "hold": Decimal(0),
        "identity": "yes",
        "extra": "yes",
    }
