"""A coaching workbook by e-mail: to the agent or to oneself, at the address that the system has, and nowhere else."""

import smtplib
import ssl
from dataclasses import dataclass, replace
from datetime import date
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from enum import StrEnum
from zoneinfo import ZoneInfo

from db.records import AuditEntry, Person, PersonId
from db.store import audit, people
from qa_app.domain.access import require
from qa_app.errors import NotFound, Refused, Unavailable
from qa_app.settings import MailSafety, MailSettings
from qa_app.words import write_day
from qa_app.workflows.context import Context
from qa_app.workflows.exporting import File, build_coaching

_PATIENCE_SECONDS = 20
_XLSX = ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet")


class Recipient(StrEnum):
    """Who gets the workbook."""

    AGENT = "agent"
    """As the agent may see it: released reviews only."""
    ME = "me"
    """Whoever sends it, as they see it."""


@dataclass(frozen=True, slots=True)
class Letter:
    """Where a workbook would go, for a question before it does."""

    recipient: Recipient
    name: str
    address: str


def list_recipients(context: Context, agent_id: PersonId) -> tuple[Letter, ...]:
    """To whom the actor may send this agent's workbook; nobody where no mail server is set up or none has an address.

    Raises:
        NotAllowed: the actor may not export this agent's workbook. NotFound: no such person.
    """
    agent = _find_agent(context, agent_id)
    if _settings(context) is None:
        return ()
    both = [(Recipient.AGENT, agent), (Recipient.ME, context.actor)]
    letters = [Letter(kind, person.name, person.email) for kind, person in both if person.email and person.active]
    return tuple(letters[:1] if agent.id == context.actor.id else letters)


def send_coaching(
    context: Context, agent_id: PersonId, recipient: Recipient, *, start: date, end: date, zone: ZoneInfo
) -> Letter:
    """Write an agent's coaching workbook and send it; returns where it went.

    Raises:
        NotAllowed: the actor may not export it. Refused: the recipient has no usable address.
        Unavailable: no mail server is set up, or it did not take the mail.
    """
    agent = _find_agent(context, agent_id)
    settings = _settings(context)
    if settings is None:
        raise Unavailable("no-mail", "No mail server is set up; PLUMBLINE_SMTP_HOST names one (docs/settings.md).")
    if agent.id == context.actor.id:
        recipient = Recipient.AGENT  # one's own workbook goes to the same person by either name
    letter = next((one for one in list_recipients(context, agent_id) if one.recipient is recipient), None)
    if letter is None:
        name = agent.name if recipient is Recipient.AGENT else context.actor.name
        raise Refused("no-address", f"{name} has no e-mail address in the system, or the account is switched off.")
    reader = replace(context, actor=agent) if recipient is Recipient.AGENT else context
    pack, reviews = build_coaching(reader, agent_id, start=start, end=end, zone=zone)
    deliver(settings, compose(settings, letter, pack, agent=agent.name, period=(start, end)))
    after = {"to": recipient.value, "from": str(start), "until": str(end), "reviews": reviews}
    with context.store.write() as tx:
        audit.append(tx, AuditEntry(context.now(), context.actor.id, "export.mail", "person", agent_id, after=after))
    return letter


def compose(
    settings: MailSettings, letter: Letter, pack: File, *, agent: str, period: tuple[date, date]
) -> EmailMessage:
    """The mail. Names are of people's making, so that no header is ever put together from their text.

    Raises:
        Refused: the address is none.
    """
    days = f"{write_day(period[0])} to {write_day(period[1])}"
    message = EmailMessage(policy=SMTP)
    try:
        message["To"] = Address(_one_line(letter.name), addr_spec=letter.address)
    except (ValueError, IndexError) as error:
        raise Refused("bad-address", f"{letter.address!r} is no e-mail address; an admin can mend it.") from error
    message["From"] = settings.sender
    message["Subject"] = f"Coaching workbook of {_one_line(agent)}, {days}"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(
        f"Hello {letter.name},\n\nthe coaching workbook of {agent} for {days} is attached.\n"
        "It holds reviews of customer contacts: keep it to yourself.\n\nPlumbline\n"
    )
    message.add_attachment(pack.content, maintype=_XLSX[0], subtype=_XLSX[1], filename=pack.name)
    return message


def deliver(settings: MailSettings, message: EmailMessage) -> None:
    """Hand a mail to the server.

    Raises:
        Unavailable: the server is not there, is not who it should be, or does not take the mail.
    """
    where = f"The mail server {settings.host}:{settings.port}"
    try:
        with _connect(settings) as server:
            if settings.user is not None and settings.password is not None:
                server.login(settings.user, settings.password)
            server.send_message(message)
    except smtplib.SMTPAuthenticationError as error:
        raise Unavailable("mail-sign-in", f"{where} does not take the user and password of the settings.") from error
    except smtplib.SMTPRecipientsRefused as error:
        code = next(iter(error.recipients.values()))[0]
        raise Unavailable("mail-refused", f"{where} does not know the recipient's address (code {code}).") from error
    except smtplib.SMTPResponseException as error:
        raise Unavailable("mail-refused", f"{where} did not take the mail (code {error.smtp_code}).") from error
    except ssl.SSLError as error:
        raise Unavailable("mail-tls", f"{where} cannot be trusted: {error.reason or 'its certificate'}.") from error
    except (smtplib.SMTPException, OSError) as error:
        raise Unavailable("mail-unreachable", f"{where} cannot be reached, or broke off. Nothing was sent.") from error


def _connect(settings: MailSettings) -> smtplib.SMTP:
    if settings.safety is MailSafety.SSL:
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(settings.host, settings.port, timeout=_PATIENCE_SECONDS, context=context)
    server = smtplib.SMTP(settings.host, settings.port, timeout=_PATIENCE_SECONDS)
    if settings.safety is MailSafety.STARTTLS:
        try:
            server.starttls(context=ssl.create_default_context())
        except BaseException:
            server.close()
            raise
    return server


def _find_agent(context: Context, agent_id: PersonId) -> Person:
    with context.store.read() as tx:
        agent = people.person(tx, agent_id)
    if agent is None:
        raise NotFound("no-person", "There is no such person.")
    require(context.actor, "export.coaching", team_id=agent.team_id, owner_id=agent_id)
    return agent


def _settings(context: Context) -> MailSettings | None:
    return context.settings.mail if context.settings else None


def _one_line(text: str) -> str:
    """Text for a header: what could end one is a space."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
