import pytest

from db.records import MessageRole
from qa_app.intake.labelled import Turn, find_labels, split_turns
from qa_app.intake.model import Speaker
from qa_app.intake.speakers import Voice, ask_about, labels_hash, read_literal, read_role_word, resolve


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("Agent", Voice(MessageRole.AGENT)),
        ("AGENT 2", Voice(MessageRole.AGENT)),
        ("Agent (Tomáš)", Voice(MessageRole.AGENT, "Tomáš")),
        ("Kundin", Voice(MessageRole.CUSTOMER)),
        ("SYSTEM", Voice(MessageRole.SYSTEM)),
        # The caller of an outbound call is the agent.
        ("CALLER", None),
        ("Priya Nair", None),
        ("SPEAKER_00", None),
        ("Agent Smith", None),
    ],
)
def test_only_a_label_that_says_it_itself_is_taken_at_its_word(label: str, expected: Voice | None) -> None:
    assert read_literal(label) == expected


def test_an_answer_comes_before_the_label_and_a_star_after_it() -> None:
    answers = {"Agent": "bot", "Dana": "customer", "Priya": "agent: Priya Nair", "*": "system"}
    assert [resolve(label, answers) for label in ("Agent", "Dana", "Priya", "Customer", "Somebody")] == [
        Voice(MessageRole.BOT),
        Voice(MessageRole.CUSTOMER),
        Voice(MessageRole.AGENT, "Priya Nair"),
        Voice(MessageRole.CUSTOMER),
        Voice(MessageRole.SYSTEM),
    ]


def test_who_nobody_told_is_asked_with_the_share_of_the_talk() -> None:
    speakers = [Speaker("A", 4, 30.0), Speaker("B", 1, 10.0), Speaker("Customer", 2, 0.0), Speaker("Note", 2, 0.0)]
    questions = ask_about(speakers, {"B": "agent", "Note": "text"})
    assert [(question.name, question.text.partition(" Say ")[0]) for question in questions] == [
        ("speakers.A", "Who is 'A'? Spoke 75% of the talk in 4 turns."),
    ]
    assert ask_about(speakers, {"*": "text"}) == ()


def test_words_of_a_role_column_come_from_many_systems() -> None:
    words = ["end-user", "AGENT", "Automated_Agent", "note", "Kunde", "???"]
    assert [read_role_word(word) for word in words] == [
        MessageRole.CUSTOMER,
        MessageRole.AGENT,
        MessageRole.BOT,
        MessageRole.AGENT,
        MessageRole.CUSTOMER,
        None,
    ]


def test_answers_are_remembered_for_the_same_labels_of_the_same_source() -> None:
    assert labels_hash(["A", "B"], source="zoom") == labels_hash(["B", "A", "A"], source="zoom")
    assert labels_hash(["A", "B"], source="zoom") != labels_hash(["A", "B"], source="teams")


def test_a_talk_in_one_text_becomes_turns() -> None:
    text = (
        "[00:00:00] Agent: Thank you for calling.\n"
        "[00:01:04] Customer: I was charged twice.\nSee here\nOrder number: 5\n"
        "**Agent (Tomáš):** Sorry: I can refund it.\n"
        "- SYSTEM: Call transferred"
    )
    assert split_turns(text, find_labels([text])) == (
        Turn("Agent", "Thank you for calling.", 0.0),
        Turn("Customer", "I was charged twice.\nSee here\nOrder number: 5", 64.0),
        Turn("Agent (Tomáš)", "Sorry: I can refund it."),
        Turn("SYSTEM", "Call transferred"),
    )


def test_a_beginning_of_a_line_is_a_label_only_with_good_reason() -> None:
    texts = [
        "Priya: hi\nDana: hello",  # every line has one
        "Ben: hi\nis it late?\nBen: yes",  # comes twice
        "Agent: hi\nNote: it is late",  # every line has one
        "We saw this.\nNote: it is late",  # once, in a text that is not labelled throughout
        "Tomáš Dvořák: hello\nand more",  # a name that the file itself gives
    ]
    assert dict(find_labels(texts, names={"Tomáš Dvořák"})) == {
        "Priya": 1,
        "Dana": 1,
        "Ben": 2,
        "Agent": 1,
        "Note": 1,
        "Tomáš Dvořák": 1,
    }


def test_a_text_without_labels_is_one_turn() -> None:
    assert split_turns("no labels at all,\njust text", ()) == (Turn(None, "no labels at all,\njust text"),)
