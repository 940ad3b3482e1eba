from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.records import Conversation, Evidence, Rating
from qa_app.errors import Refused
from qa_app.ui.desk.case import DeskAck, DeskDraft, draft_json
from qa_app.ui.desk.payload import DraftIn, read_draft, read_held, read_key, read_submit
from qa_app.workflows.grading import EVIDENCE_LIMIT, TEXT_LIMIT
from scorecards.answers import MISSING, NOT_APPLICABLE, Answer
from tests.qa_app.ui.desk.samples import CALL, CHAT, PARTS, SCORECARD

KEY = "8f0c1d9e-1111-4222-8333-444455556666"


def payload(**changes: object) -> dict[str, object]:
    """A save as the desk sends it."""
    plain: dict[str, object] = {
        "case": "c1",
        "key": KEY,
        "revision": 2,
        "ratings": [],
        "evidence": [],
        "comment": "",
        "active_seconds": 9,
    }
    return plain | changes


def rating(criterion: str, state: str = "chosen", **parts: object) -> dict[str, object]:
    return {"criterion": criterion, "state": state, "comment": "", "reasons": [], **parts}


def quote(criterion: str = "empathy", **parts: object) -> dict[str, object]:
    """The customer's angry words in the chat: characters 14 to 20 of message 2."""
    plain: dict[str, object] = {
        "criterion": criterion,
        "quote": "parcel",
        "message_seq": 2,
        "start_char": 14,
        "end_char": 20,
    }
    return plain | {"start_seconds": None, "end_seconds": None} | parts


def read(sent: object, conversation: Conversation = CHAT) -> DraftIn:
    return read_draft(sent, case_id="c1", scorecard=SCORECARD, conversation=conversation)


def codes(read_in: DraftIn) -> list[str]:
    return [dropped.code for dropped in read_in.dropped]


def test_save_is_read_whole() -> None:
    sent = payload(
        ratings=[
            rating("greeting", option="yes"),
            rating("empathy", "not_applicable", comment="No trouble told"),
            rating("answer", option="partly", reasons=["haste", "knowledge"]),
            rating("hold", number="15"),
            rating("words", text="I put that straight today"),
            rating("listening", "missing", comment="Listen again"),
            rating("identity", "missing"),
        ],
        evidence=[quote()],
        comment="Quick",
    )
    assert read(sent) == DraftIn(
        key=KEY,
        revision=2,
        ratings=(
            Rating("greeting", Answer.choose("yes")),
            Rating("empathy", NOT_APPLICABLE, "No trouble told"),
            Rating("answer", Answer.choose("partly"), "", ("knowledge", "haste")),
            Rating("hold", Answer.measure(Decimal(15))),
            Rating("words", Answer.write("I put that straight today")),
            Rating("listening", MISSING, "Listen again"),
        ),
        evidence=(Evidence("empathy", "parcel", 2, 14, 20),),
        comment="Quick",
        active_seconds=9,
    )


def test_what_the_desk_was_given_comes_back_the_same() -> None:
    ratings = (Rating("empathy", Answer.choose("2"), "Why"), Rating("hold", Answer.measure(Decimal(5))))
    evidence = (Evidence("empathy", "parcel", 2, 14, 20),)
    draft = draft_json(DeskDraft(2, ratings, evidence, "Warm", 9))
    found = read(payload(**draft))
    assert (found.ratings, found.evidence, found.comment) == (ratings, evidence, "Warm")


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        (rating("nonsense", option="yes"), "unknown-criterion"),
        (rating("greeting", option="maybe"), "unknown-option"),
        (rating("greeting", number="1"), "unknown-option"),
        (rating("greeting", "not_applicable"), "na-not-allowed"),
        (rating("hold", number="61"), "number-range"),
        (rating("hold", number="-5"), "number-range"),
        (rating("hold", number="7"), "number-range"),
        (rating("hold", number="NaN"), "number-range"),
        (rating("hold", number="1e1"), "number-range"),
        (rating("hold", number="٥"), "number-range"),
        (rating("greeting", "missing", reasons=["haste"]), "unknown-reason"),
    ],
)
def test_rating_that_does_not_fit_is_dropped_and_named(entry: dict[str, object], code: str) -> None:
    found = read(payload(ratings=[entry, rating("refund", option="no")]))
    assert found.ratings == (Rating("refund", Answer.choose("no")),)
    assert codes(found) == [code]


def test_second_rating_of_a_criterion_is_dropped() -> None:
    found = read(payload(ratings=[rating("refund", option="no"), rating("refund", option="yes")]))
    assert found.ratings == (Rating("refund", Answer.choose("no")),)
    assert codes(found) == ["rating-twice"]


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        (quote("nonsense"), "unknown-criterion"),
        (quote(message_seq=99), "evidence-place"),
        (quote(end_char=14), "evidence-place"),
        (quote(end_char=1000), "evidence-place"),
        (quote(quote="refund"), "evidence-quote"),
        (quote(message_seq=None), "evidence-place"),
        (quote(start_seconds=3.0, end_seconds=4.0), "evidence-seconds"),
    ],
)
def test_evidence_that_does_not_stand_there_is_dropped_and_named(entry: dict[str, object], code: str) -> None:
    found = read(payload(evidence=[entry, quote()]))
    assert found.evidence == (Evidence("empathy", "parcel", 2, 14, 20),)
    assert codes(found) == [code]


def test_second_of_a_call_is_evidence_without_words() -> None:
    sent = quote(message_seq=None, start_char=None, end_char=None, quote="spoofed", start_seconds=44.9)
    found = read(payload(evidence=[sent]), CALL)
    assert found.evidence == (Evidence("empathy", "", start_seconds=44.9),)


@pytest.mark.parametrize("seconds", [(-1.0, None), (60.0, None), (9.0, 4.0), (1.0, 60.0)])
def test_seconds_outside_the_recording_are_dropped(seconds: tuple[float, float | None]) -> None:
    start, end = seconds
    found = read(payload(evidence=[quote(message_seq=None, start_seconds=start, end_seconds=end)]), CALL)
    assert codes(found) == ["evidence-seconds"]


def test_seconds_count_on_over_the_recordings_of_a_ticket() -> None:
    # 45 seconds and then 12: second 50 is the fifth of the second recording, second 60 is none.
    sent = [quote(message_seq=None, start_seconds=second) for second in (50.0, 60.0)]
    found = read(payload(evidence=sent), PARTS)
    assert [piece.start_seconds for piece in found.evidence] == [50.0]
    assert codes(found) == ["evidence-seconds"]


def test_offsets_count_characters_and_not_the_units_of_the_browser() -> None:
    # The two angry faces are characters 36 and 37; a browser counts four units there.
    found = read(payload(evidence=[quote(quote="😡😡", start_char=36, end_char=38)]))
    assert found.evidence == (Evidence("empathy", "😡😡", 2, 36, 38),)


def test_too_much_evidence_is_cut_and_named() -> None:
    found = read(payload(evidence=[quote()] * (EVIDENCE_LIMIT + 1)))
    assert len(found.evidence) == EVIDENCE_LIMIT
    assert codes(found) == ["evidence-limit"]


def test_long_text_is_cut_and_named() -> None:
    found = read(payload(comment="x" * (TEXT_LIMIT + 1)))
    assert found.comment == "x" * TEXT_LIMIT
    assert [(dropped.code, dropped.message) for dropped in found.dropped] == [
        ("text-cut", "the overall comment has 20001 characters; the first 20000 were kept.")
    ]


def test_text_that_no_database_keeps_is_mended() -> None:
    assert read(payload(comment="a\x00b \ud83d c")).comment == "ab ? c"


@pytest.mark.parametrize(
    "sent",
    [
        None,
        [],
        payload(key=7),
        payload(key="short"),
        payload(key=KEY + "'; drop"),
        payload(revision=-1),
        payload(revision=True),
        payload(revision="2"),
        payload(active_seconds=1.5),
        payload(comment=["x"]),
        payload(ratings={}),
        payload(ratings=["yes"]),
        payload(ratings=[rating("greeting", "guessed")]),
        payload(ratings=[rating("greeting", option=1)]),
        payload(ratings=[rating("answer", option="partly", reasons="haste")]),
        payload(evidence=[quote(start_char=1.5)]),
        payload(evidence=[quote(message_seq=-1)]),
        payload(evidence=[quote(start_seconds="0")]),
        payload(evidence=[quote(start_seconds=float("nan"))]),
        payload(ratings=[rating("greeting", option="yes")] * 2001),
    ],
)
def test_payload_of_another_shape_is_refused(sent: object) -> None:
    with pytest.raises(Refused) as refusal:
        read(sent)
    assert refusal.value.code == "desk-payload"


def test_save_for_another_case_is_refused() -> None:
    with pytest.raises(Refused) as refusal:
        read(payload(case="c2"))
    assert refusal.value.code == "desk-case"


def test_submit_with_anything_dropped_is_refused() -> None:
    sent = payload(ratings=[rating("greeting", option="maybe")])
    with pytest.raises(Refused) as refusal:
        read_submit(sent, case_id="c1", scorecard=SCORECARD, conversation=CHAT)
    assert refusal.value.code == "desk-entry"
    assert refusal.value.message.startswith("Not submitted: Criterion 'greeting' has no option 'maybe', only yes, no.")


def test_submit_is_read_like_a_save() -> None:
    sent = payload(ratings=[rating("greeting", option="yes")])
    assert read_submit(sent, case_id="c1", scorecard=SCORECARD, conversation=CHAT) == read(sent)


def test_submit_follows_the_save_that_it_names_once_that_is_taken() -> None:
    save = "0f8b1a5e-save"
    sent = replace(read(payload(revision=3)), after=save)
    saved = DeskAck(save, 4, datetime(2026, 11, 20, 9, tzinfo=UTC))
    assert sent.follow(saved).revision == 4
    for other in (
        None,
        replace(saved, key=KEY),
        replace(saved, conflict=DeskDraft(4)),
        replace(saved, error=("a", "b")),
    ):
        assert sent.follow(other) == sent
    assert read(payload(revision=3)).follow(replace(saved, key="")).revision == 3


@pytest.mark.parametrize(("sent", "key"), [(payload(), KEY), ({"key": 7}, ""), ({"key": "no"}, ""), ("x", "")])
def test_key_is_found_even_in_what_is_refused(sent: object, key: str) -> None:
    assert read_key(sent) == key


@pytest.mark.parametrize(
    ("sent", "held"),
    [({"held": ["a", 7, "b"]}, {"a", "b"}), ({"held": "ab"}, set()), ({}, set()), ([["held", ["a"]]], set())],
)
def test_browser_holds_what_it_says_readably(sent: object, held: set[str]) -> None:
    assert read_held(sent) == held


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(
    ratings=st.lists(
        st.dictionaries(
            st.sampled_from(["criterion", "state", "option", "number", "text", "comment", "reasons"]),
            json_values | st.sampled_from(["greeting", "hold", "words", "chosen", "missing", "yes"]),
        ),
        max_size=3,
    ),
    evidence=st.lists(
        st.dictionaries(
            st.sampled_from(["criterion", "quote", "message_seq", "start_char", "end_char", "start_seconds"]),
            json_values | st.sampled_from(["empathy", 1, 2]),
        ),
        max_size=3,
    ),
    comment=json_values,
)
def test_whatever_comes_is_read_or_refused(ratings: list[Any], evidence: list[Any], comment: object) -> None:
    try:
        found = read(payload(ratings=ratings, evidence=evidence, comment=comment), CALL)
    except Refused:
        return
    assert len(found.comment) <= TEXT_LIMIT
    found.comment.encode()
