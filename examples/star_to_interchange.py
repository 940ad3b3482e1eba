"""Turns the STAR chats (github.com/RasaHQ/STAR) into Plumbline's interchange format, as a pattern for any source.

python examples/star_to_interchange.py star_chats_300.jsonl.gz > star.jsonl
plumbline import star.jsonl
"""

import gzip
import json
import sys
from datetime import UTC, datetime
from typing import Any

SPOKEN = {("User", "utter"): "customer", ("Wizard", "utter"): "agent", ("Wizard", "pick_suggestion"): "agent"}


def read_time(event: dict[str, Any]) -> str:
    """Every time carries its zone; Unix seconds are in UTC."""
    return datetime.fromtimestamp(event["UnixTime"], UTC).isoformat()


def convert(chat: dict[str, Any]) -> dict[str, Any]:
    """One chat as one ticket. Searches and suggestions of the agent's tool are left out: nobody said them."""
    spoken = [event for event in chat["Events"] if (event["Agent"], event["Action"]) in SPOKEN]
    begun = [read_time(event) for event in chat["Events"] if "UnixTime" in event]
    wizard, scenario = chat["AnonymizedWizardWorkerID"], chat["Scenario"]
    domains = [domain for domain in scenario["Domains"] if domain]
    ticket = {
        "plumbline": 1,
        "source": "star",
        "external_id": str(chat["DialogueID"]),
        "channel": "chat",
        "created_at": begun[0] if begun else None,
        "language": "en",
        "subject": ", ".join(domains) or None,
        "agent": {"id": wizard, "name": f"Wizard {wizard[:8]}"},
        "requester": {"id": chat["AnonymizedUserWorkerID"]},
        "tags": [*domains, "happy" if scenario["Happy"] else "unhappy", chat["CompletionLevel"]],
        "messages": [
            {"role": SPOKEN[event["Agent"], event["Action"]], "text": event["Text"], "sent_at": read_time(event)}
            for event in spoken
        ],
    }
    answers = {entry["Question"]: entry["Answer"] for entry in chat["UserQuestionnaire"] or []}
    calm = [answer for question, answer in answers.items() if "calm and helpful" in question]
    if calm:  # A chat without an answer gets no metric: not known is not 0.
        ticket["metrics"] = [{"name": "csat", "value": int(calm[0]), "unit": "points", "scale": "bad..good"}]
    return ticket


if __name__ == "__main__":
    opened = gzip.open if sys.argv[1].endswith(".gz") else open
    with opened(sys.argv[1], "rt", encoding="utf-8") as lines:
        for line in lines:
            print(json.dumps(convert(json.loads(line)), ensure_ascii=False))
