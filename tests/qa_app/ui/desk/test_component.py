"""The desk on a page, as far as Streamlit's own test harness sees it; events need a browser (test_desk_journey)."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from qa_app.ui.desk.case import DeskDraft, draft_json
from tests.qa_app.ui.desk.cabinet import CABINET

PAGE = Path(__file__).with_name("playground_page.py")


@pytest.fixture
def app() -> Iterator[AppTest]:
    yield AppTest.from_file(str(PAGE), default_timeout=20)
    CABINET.drafts.clear()


def messages(app: AppTest) -> dict[str, dict[str, Any]]:
    """What each of the components was given."""
    nodes = [node.proto for node in app.get("bidi_component")]
    return {node.component_name: json.loads(node.json or node.mixed.json) for node in nodes}


def test_courier_brings_the_case_and_the_messenger_the_draft(app: AppTest) -> None:
    app.query_params["case"] = "chat-component"
    app.run()
    assert not app.exception
    given = messages(app)
    # The browser draws message by message: what stands on the desk is said before all else.
    assert list(given) == ["plumbline_desk_messenger", "plumbline_desk", "plumbline_desk_courier"]
    assert given["plumbline_desk"] == {"desk": "desk"}
    courier = given["plumbline_desk_courier"]
    assert (courier["desk"], courier["case"]["id"]) == ("desk", "chat-component")
    assert given["plumbline_desk_messenger"] == {
        "desk": "desk", "case": "chat-component", "draft": draft_json(DeskDraft()), "ack": None, "undo": None,
    }  # fmt: skip


def test_saved_draft_changes_the_messenger_only(app: AppTest) -> None:
    app.query_params["case"] = "chat-component"
    app.run()
    before = messages(app)
    CABINET.drafts["chat-component"] = DeskDraft(revision=1, comment="Warm")
    app.run()
    after = messages(app)
    assert after["plumbline_desk"] == before["plumbline_desk"]
    assert after["plumbline_desk_courier"] == before["plumbline_desk_courier"]
    assert after["plumbline_desk_messenger"]["draft"]["comment"] == "Warm"
