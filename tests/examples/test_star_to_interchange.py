import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

from db.records import MessageRole
from qa_app.intake.jsonl import read_jsonl

SCRIPT = Path(__file__).parents[2] / "examples" / "star_to_interchange.py"
# One chat in the shape of the source, shortened.
CHAT = {
    "AnonymizedUserWorkerID": "user-1",
    "AnonymizedWizardWorkerID": "6b581a55-ef03",
    "CompletionLevel": "Complete",
    "DialogueID": 5,
    "Scenario": {"Domains": ["trip", None], "Happy": False},
    "UserQuestionnaire": [{"Question": "Did the assistant stay calm and helpful?", "Answer": False}],
    "Events": [
        {"Agent": "UserGuide", "Action": "instruct", "Text": "secret stage direction", "UnixTime": 1589376426},
        {"Agent": "User", "Action": "utter", "Text": "I am lost", "UnixTime": 1589376446},
        {"Agent": "Wizard", "Action": "request_suggestions", "Text": "a search", "UnixTime": 1589376463},
        {"Agent": "KnowledgeBase", "Action": "return_item", "Item": {}},
        {"Agent": "Wizard", "Action": "pick_suggestion", "Text": "Where are you?", "UnixTime": 1589376471},
    ],
}


def convert(source: Path, target: Path) -> None:
    done = subprocess.run([sys.executable, SCRIPT, source], capture_output=True, check=True)
    target.write_bytes(done.stdout)


def test_a_chat_becomes_a_ticket_without_what_nobody_said(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text(json.dumps(CHAT), encoding="utf-8")
    convert(tmp_path / "in.jsonl", tmp_path / "out.jsonl")
    result = read_jsonl(tmp_path / "out.jsonl", file_name="out.jsonl", folder=tmp_path)
    assert result.issues == ()
    (ticket,) = result.tickets
    assert [(turn.role, turn.text) for turn in ticket.messages] == [
        (MessageRole.CUSTOMER, "I am lost"),
        (MessageRole.AGENT, "Where are you?"),
    ]
    assert (ticket.external_id, ticket.tags, [str(metric.value) for metric in ticket.metrics]) == (
        "5",
        ("trip", "unhappy", "Complete"),
        ["0"],
    )


def test_all_300_real_chats_are_read(tmp_path: Path, shared_data: Path) -> None:
    convert(shared_data / "star" / "star_chats_300.jsonl.gz", tmp_path / "star.jsonl")
    result = read_jsonl(tmp_path / "star.jsonl", file_name="star.jsonl", folder=tmp_path)
    # 19 chats were broken off before anything happened at all, so nothing says when they began.
    assert Counter(issue.code for issue in result.issues) == {"field-missing": 19}
    assert (result.rows_read, len(result.tickets)) == (300, 281)
    # The set's own documentation counts 2,009 agent and 2,038 customer turns.
    roles = Counter(turn.role for ticket in result.tickets for turn in ticket.messages)
    assert roles == {MessageRole.AGENT: 2009, MessageRole.CUSTOMER: 2038}
