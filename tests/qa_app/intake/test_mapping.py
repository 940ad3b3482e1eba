from pathlib import Path

from db.records import ColumnMapping
from qa_app.intake.columns import find_table
from qa_app.intake.mapping import ask, explain, guess_mapping
from qa_app.intake.model import Question, Table
from qa_app.intake.tables import read_csv


def table(folder: Path, text: str) -> Table:
    path = folder / "t.csv"
    path.write_text(text, encoding="utf-8")
    return find_table(read_csv(path, file_name="t.csv", options={}))


def mapping_of(found: Table, kind: str = "tickets") -> ColumnMapping:
    return guess_mapping(found.header, found.rows, kind)


def test_columns_tell_how_they_are_to_be_read(tmp_path: Path) -> None:
    found = table(
        tmp_path,
        "Ticket-Nr.;Erstellt am;CSAT (1-5);NPS;Erstreaktionszeit (min);Bearbeitungszeit;Tags\n"
        "1;02.03.2026 23:58;2;3;555,5;1:19:31;late|vip\n",
    )
    assert mapping_of(found).options == {
        "date_order.created_at": "dmy",
        "decimal": "comma",
        "scale.csat": "1..5",
        "scale.nps": "0..10",
        "tags_separator": "|",
        "two_parts.first_reply": "m:ss",
        "two_parts.handle_time": "m:ss",
        "unit.first_reply": "minutes",
        "unit.handle_time": "seconds",
    }


def test_business_hours_stand_in_the_columns_name(tmp_path: Path) -> None:
    found = table(tmp_path, "Id,Created at,First reply time in minutes within business hours\n1,2026-03-03 00:58,14\n")
    options = mapping_of(found).options
    assert (options["hours.first_reply"], options["unit.first_reply"]) == ("business", "minutes")


def test_the_narrowest_scale_that_holds_all_values_is_guessed(tmp_path: Path) -> None:
    texts = {"1..5": "2\n5", "0..10": "0\n7", "0..100": "85\n3", "-103..103": "-103\n103", None: "good\nbad"}
    scales = {}
    for expected, values in texts.items():
        rows = "\n".join(f"{number},2026-03-05,{value}" for number, value in enumerate(values.split("\n")))
        found = table(tmp_path, f"id,created,csat\n{rows}\n")
        scales[expected] = mapping_of(found).options.get("scale.csat")
    assert list(scales) == list(scales.values())


def test_what_cannot_be_told_is_asked(tmp_path: Path) -> None:
    found = table(tmp_path, "Call ID,Date,Time,Notes,Recording\n1042,03/05/2026,08:30:02,x,a.wav\n")
    assert ask(found, mapping_of(found)) == (
        Question(
            "channel",
            "Which channel are these tickets from?",
            ("email", "chat", "call", "web", "sms", "social", "role_play", "other"),
            suggestion="call",
        ),
        Question(
            "zone",
            "Which time zone are the times of Date in? They name none. Write it as Europe/Berlin or +02:00.",
        ),
        Question(
            "date_order.created_at",
            "In Date, does the day or the month come first? No value settles it.",
            ("dmy", "mdy", "ymd"),
        ),
    )


def test_a_column_that_nobody_found_is_asked_for(tmp_path: Path) -> None:
    found = table(tmp_path, "Vorgangsschlüssel,Angelegt,channel\n1,2026-03-05T08:00:00Z,chat\n")
    assert [(question.name, question.choices) for question in ask(found, mapping_of(found))] == [
        ("columns.external_id", found.header),
        ("columns.created_at", found.header),
    ]


def test_a_zone_that_the_file_itself_names_is_taken_from_a_column_and_suggested_from_a_title(tmp_path: Path) -> None:
    in_column = table(tmp_path, "id,channel,Start (UTC)\n1,chat,2026-03-05 08:30:02\n")
    assert ask(in_column, mapping_of(in_column)) == ()
    in_title = table(tmp_path, "Export in Europe/Berlin,\nid,channel,created\n1,chat,2026-03-05 08:30:02\n")
    (question,) = ask(in_title, mapping_of(in_title))
    assert (question.name, question.suggestion) == ("zone", "Europe/Berlin")


def test_times_with_their_own_zone_need_none(tmp_path: Path) -> None:
    found = table(tmp_path, "id,channel,created,zone\n1,chat,2026-03-05T08:30:02Z,\n2,chat,1772529600,\n")
    assert ask(found, mapping_of(found)) == ()


def test_every_guess_says_why(tmp_path: Path) -> None:
    found = table(tmp_path, "id;created;csat\n1;02.03.2026;4\n")
    mapping = mapping_of(found)
    assert [(guess.name, guess.value, guess.reason) for guess in explain(mapping, said={"columns.external_id"})] == [
        ("columns.created_at", "created", "by the column's name"),
        ("columns.external_id", "id", "as you said"),
        ("columns.metrics.csat", "csat", "by the column's name"),
        ("date_order.created_at", "dmy", "a dot, or a number over 12, settles it"),
        ("decimal", "point", "most numbers with a fraction are written so"),
        ("scale.csat", "1..5", "from the column's name, or the narrowest scale that holds all values"),
    ]
    assert {guess.reason for guess in explain(mapping, remembered=True)} == {"as in the last import with these columns"}
