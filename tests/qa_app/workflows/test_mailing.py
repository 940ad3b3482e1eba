"""A pack by mail, read back from a real server: who gets it, what they may see, and every way in which it fails."""

import io
from dataclasses import replace
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from openpyxl import load_workbook

from db.records import Person
from db.store import audit, people
from qa_app.errors import NotAllowed, Refused, Unavailable
from qa_app.settings import MailSafety, MailSettings, Settings, read_settings
from qa_app.workflows import mailing
from qa_app.workflows.context import Context
from qa_app.workflows.exporting import File
from qa_app.workflows.mailing import Letter, Recipient
from tests.qa_app.workflows.house import BO, COACH, CY, NINA, SAM, T1, T2, UTC_ZONE, House
from tests.qa_app.workflows.post_office import CERTIFICATE, PostOffice, post_office

START, END = date(2026, 3, 1), date(2026, 3, 31)
PACK = File("coaching.xlsx", b"PK")


def act(house: House, person: Person, office: PostOffice, *, password: str | None = None) -> Context:
    mail = MailSettings(
        "127.0.0.1", office.port, MailSafety(office.safety), "qa@example.org",
        "plumbline" if password else None, password,
    )  # fmt: skip
    settings = Settings(Path("data"), "sqlite://", "127.0.0.1", 8501, ZoneInfo("UTC"), mail=mail)
    return replace(house.act(person), settings=settings)


def send(context: Context, recipient: Recipient = Recipient.AGENT, agent: Person = NINA) -> Letter:
    return mailing.send_coaching(context, agent.id, recipient, start=START, end=END, zone=UTC_ZONE)


def test_agent_gets_what_the_agent_may_see_and_the_coach_what_the_coach_sees(sqlite_house: House) -> None:
    released = sqlite_house.grade(BO, T1)
    sqlite_house.grade(CY, T2, comment="Not yet released")
    sqlite_house.release(released)
    with post_office() as office:
        context = act(sqlite_house, COACH, office)
        assert [one.recipient for one in mailing.list_recipients(context, NINA.id)] == [Recipient.AGENT, Recipient.ME]
        send(context)
        send(context, Recipient.ME)
    (sender, to_agent, first), (_, to_coach, second) = office.mails
    assert (sender, to_agent, to_coach) == ("qa@example.org", NINA.email, COACH.email)
    assert first["Subject"] == "Coaching workbook of Nina North, 1 Mar 2026 to 31 Mar 2026"
    assert (first["To"].addresses[0].display_name, first["From"]) == ("Nina North", "qa@example.org")
    found = []
    for mail in (first, second):
        (attached,) = mail.iter_attachments()
        assert attached.get_filename() == "coaching-nina-north-2026-03-01-2026-03-31.xlsx"
        book = load_workbook(io.BytesIO(attached.get_content()))
        found.append("Not yet released" in {cell.value for sheet in book for row in sheet.iter_rows() for cell in row})
    assert found == [False, True]
    with sqlite_house.store.read() as tx:
        entries = audit.entries(tx)[:2]
    assert [(entry.action, entry.actor_id, entry.object_id, entry.after) for entry in entries] == [
        ("export.mail", COACH.id, NINA.id,
         {"to": to, "from": "2026-03-01", "until": "2026-03-31", "reviews": count})
        for to, count in (("me", 2), ("agent", 1))
    ]  # fmt: skip


@pytest.mark.parametrize("recipient", list(Recipient))
def test_an_agent_gets_the_own_workbook_by_either_name(sqlite_house: House, recipient: Recipient) -> None:
    with post_office() as office:
        sent = send(act(sqlite_house, NINA, office), recipient)
    assert sent == Letter(Recipient.AGENT, "Nina North", NINA.email or "")
    assert [mail[1] for mail in office.mails] == [NINA.email]


@pytest.mark.parametrize("safety", ["starttls", "ssl"])
def test_the_way_is_encrypted_and_the_server_known(monkeypatch: pytest.MonkeyPatch, safety: str) -> None:
    with post_office(safety, password="secret") as office:
        right = MailSettings("127.0.0.1", office.port, MailSafety(safety), "qa@example.org", "plumbline", "secret")
        letter = Letter(Recipient.AGENT, "Nina", "nina@example.org")
        message = mailing.compose(right, letter, PACK, agent="Nina", period=(START, END))
        with pytest.raises(Unavailable, match="cannot be trusted"):
            mailing.deliver(right, message)
        monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
        with pytest.raises(Unavailable, match="does not take the user and password"):
            mailing.deliver(replace(right, password="wrong"), message)
        assert office.mails == []
        mailing.deliver(right, message)
    assert office.encrypted == [True]


def test_what_fails_is_said_and_leaves_no_entry(sqlite_house: House) -> None:
    with sqlite_house.store.read() as tx:
        before = len(audit.entries(tx))
    with post_office("none", refuses=NINA.email or "") as office:
        context = act(sqlite_house, COACH, office)
        with pytest.raises(Unavailable, match=r"does not know the recipient's address \(code 550\)"):
            send(context)
        for stranger in (BO, SAM):
            with pytest.raises(NotAllowed):
                send(act(sqlite_house, stranger, office))
    with pytest.raises(Unavailable, match="cannot be reached"):
        send(context)
    with pytest.raises(Unavailable, match="No mail server is set up"):
        send(sqlite_house.act(COACH))
    assert mailing.list_recipients(sqlite_house.act(COACH), NINA.id) == ()
    with sqlite_house.store.write() as tx:
        people.update_person(tx, replace(NINA, email=None))
    with pytest.raises(Refused, match="Nina North has no e-mail address"):
        send(context)
    with sqlite_house.store.read() as tx:
        assert len(audit.entries(tx)) == before


@pytest.mark.parametrize("name", ["Nina\r\nBcc: all@example.org", "Nina\x00\u2028X", "=?utf-8?q?x?=", '"; a@b.org'])
def test_no_name_makes_a_header_or_an_address(name: str) -> None:
    settings = MailSettings("127.0.0.1", 25, MailSafety.NONE, "qa@example.org")
    letter = Letter(Recipient.AGENT, name, "nina@example.org")
    message = mailing.compose(settings, letter, PACK, agent=name, period=(START, END))
    assert set(message) == {
        *("To", "From", "Subject", "Auto-Submitted", "MIME-Version", "Content-Type"),
    }  # fmt: skip
    assert [address.addr_spec for address in message["To"].addresses] == ["nina@example.org"]
    assert b"\nBcc:" not in message.as_bytes().split(b"\r\n\r\n")[0]


@pytest.mark.parametrize("address", ["", "nina", "nina@example.org\r\nBcc: x@example.org", "a@b.org, c@d.org"])
def test_an_address_that_is_none_is_refused(address: str) -> None:
    settings = MailSettings("127.0.0.1", 25, MailSafety.NONE, "qa@example.org")
    with pytest.raises(Refused, match="is no e-mail address"):
        mailing.compose(settings, Letter(Recipient.AGENT, "Nina", address), PACK, agent="Nina", period=(START, END))


def test_mail_settings_are_read_or_refused(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("s3cret\n", encoding="utf-8")
    given = {"PLUMBLINE_SMTP_HOST": "mail.example.org", "PLUMBLINE_SMTP_FROM": "qa@example.org"}
    signed = {"PLUMBLINE_SMTP_USER": "u", "PLUMBLINE_SMTP_PASSWORD_FILE": str(tmp_path / "secret")}
    assert read_settings({}).mail is None
    assert read_settings(given).mail == MailSettings("mail.example.org", 587, MailSafety.STARTTLS, "qa@example.org")
    found = read_settings({**given, **signed, "PLUMBLINE_SMTP_TLS": "ssl"}).mail
    assert found == MailSettings("mail.example.org", 465, MailSafety.SSL, "qa@example.org", "u", "s3cret")
    assert "s3cret" not in repr(found)
    for wrong, code in (
        ({"PLUMBLINE_SMTP_TLS": "none"}, "setting-smtp-tls"),
        ({"PLUMBLINE_SMTP_TLS": "tls"}, "setting-smtp-tls"),
        ({"PLUMBLINE_SMTP_FROM": "nobody"}, "setting-smtp-from"),
        ({"PLUMBLINE_SMTP_PORT": "0"}, "setting-port"),
        ({"PLUMBLINE_SMTP_USER": "u"}, "setting-smtp-user"),
        ({**signed, "PLUMBLINE_SMTP_PASSWORD_FILE": "gone"}, "setting-smtp-password"),
    ):
        with pytest.raises(Refused) as refusal:
            read_settings({**given, **wrong})
        assert refusal.value.code == code
