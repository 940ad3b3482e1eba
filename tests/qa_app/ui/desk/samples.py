"""One scorecard, a call and a chat, made up for the desk's tests."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from db.records import (
    Attachment,
    CommentTemplate,
    Conversation,
    Message,
    MessageRole,
    Person,
    PersonId,
    Recording,
    RecordingId,
    ScorecardVersion,
    ScorecardVersionId,
    TemplateId,
    Ticket,
    TicketId,
    VersionState,
)
from qa_app.intake.bodies import read_html
from scorecards.model import (
    AutoFailLevel,
    Band,
    Channel,
    Condition,
    Criterion,
    CriterionType,
    CriticalFamily,
    NumberRange,
    Option,
    Reason,
    Scorecard,
    Section,
    ShowIf,
)

NOON = datetime(2026, 11, 12, 12, 0, tzinfo=UTC)
YES_NO = (Option(id="yes", label="Yes", points=Decimal(1)), Option(id="no", label="No", points=Decimal(0)))


def levels(*named: tuple[str, str]) -> tuple[Option, ...]:
    """Options of a scale, worst first: label and what one hears at that level."""
    return tuple(
        Option(id=str(place), label=label, points=Decimal(place - 1), anchors={"any": anchor})
        for place, (label, anchor) in enumerate(named, start=1)
    )


EMPATHY = Criterion(
    id="empathy",
    label="Empathy",
    type=CriterionType.SCALE,
    weight=Decimal(3),
    levels=4,
    allow_na=True,
    comment="worst",
    guideline="Does the agent say what the problem means for this customer? Politeness alone is not meant here.",
    options=levels(
        ("Talks it down", "Says or hints that the trouble is small, or the customer's own doing."),
        ("Stock phrase", "Apologises in words that would fit any ticket, once, and moves on."),
        (
            "Names the trouble",
            "Says back what went wrong and what it cost: “two payments in one week, and rent is due”.",
        ),
        (
            "Names it and acts on it",
            "Names the trouble and lets it decide the next step, such as the faster way to refund.",
        ),
    ),
)
LISTENING = Criterion(
    id="listening",
    label="Listens and asks",
    type=CriterionType.SCALE,
    weight=Decimal(2),
    levels=3,
    options=levels(
        ("Asks again", "The customer has to repeat something that was said clearly before."),
        ("Follows", "Works with what was said; no question comes twice."),
        ("Sums up", "Says the request back in own words and gets a yes before solving."),
    ),
)
ANSWER = Criterion(
    id="answer",
    label="Correct answer",
    type=CriterionType.CHOICE,
    weight=Decimal(4),
    critical=CriticalFamily.CUSTOMER,
    ask_reasons="below_best",
    options=(
        Option(
            id="right",
            label="Right",
            points=Decimal(10),
            anchors={"any": "Amount, date and way of the refund are all true."},
        ),
        Option(
            id="partly",
            label="Partly",
            points=Decimal(6),
            anchors={"any": "True as far as it goes; one part is left out."},
        ),
        Option(id="wrong", label="Wrong", points=Decimal(0), comment="required", anchors={"any": "Anything untrue."}),
    ),
    reasons=(
        Reason(id="knowledge", label="Did not know"),
        Reason(id="article", label="Article out of date"),
        Reason(id="haste", label="Did not check the account"),
    ),
)
REFUND = Criterion(id="refund", label="Was money promised back?", type=CriterionType.YES_NO, options=YES_NO)
REFUND_DATE = Criterion(
    id="refund-date",
    label="Names the day it arrives",
    type=CriterionType.SCALE,
    levels=3,
    show_if=ShowIf(all_of=(Condition(criterion="refund", is_one_of=("yes",)),)),
    options=levels(("No day", "“Soon.”"), ("A span", "“Three to five days.”"), ("A day", "“By Thursday.”")),
)
HOLD = Criterion(
    id="hold",
    label="Silence on the line",
    type=CriterionType.NUMBER,
    allow_na=True,
    number=NumberRange(
        low=Decimal(0),
        high=Decimal(60),
        step=Decimal(5),
        unit="s",
        better="low",
        anchors={"any": "Longest gap, rounded."},
    ),
)
IDENTITY = Criterion(
    id="identity",
    label="Verifies who is calling",
    type=CriterionType.YES_NO,
    weight=Decimal(2),
    critical=CriticalFamily.COMPLIANCE,
    guideline="Two details that are not on the invoice, before anything of the account is said.",
    options=(
        Option(id="yes", label="Yes", points=Decimal(1), anchors={"call": "Asks for two details before naming any."}),
        Option(
            id="no",
            label="No",
            points=Decimal(0),
            auto_fail=AutoFailLevel.FORM,
            anchors={"call": "Says something of the account to a voice that was not checked."},
        ),
    ),
)
GREETING = Criterion(id="greeting", label="Greets by name", type=CriterionType.YES_NO, options=YES_NO)
BETTER_WORDS = Criterion(id="words", label="Words worth passing on to the team", type=CriterionType.TEXT, allow_na=True)
EXTRA = Criterion(id="extra", label="Prevents the next contact", type=CriterionType.YES_NO, options=YES_NO)

SCORECARD = Scorecard(
    id="desk-card",
    label="Service conversation",
    pass_mark=Decimal(80),
    bands=(Band(label="Practise", from_score=Decimal(0)), Band(label="Sound", from_score=Decimal(80))),
    sections=(
        Section(
            id="person",
            label="The person",
            weight=Decimal(40),
            guideline="How the customer is met, whatever the answer.",
            criteria=(GREETING, EMPATHY, LISTENING),
        ),
        Section(id="answering", label="The answer", weight=Decimal(40), criteria=(ANSWER, REFUND, REFUND_DATE, HOLD)),
        Section(id="rules", label="Rules", weight=Decimal(20), criteria=(IDENTITY,)),
        Section(id="beyond", label="Beyond", kind="bonus", weight=Decimal(5), criteria=(EXTRA, BETTER_WORDS)),
    ),
)
TEMPLATES = tuple(
    CommentTemplate(TemplateId(label), label, text, NOON)
    for label, text in (
        ("named", "You named the trouble before anything else."),
        ("sum-up", "Sum the request up once, before you solve it."),
        ("too-soon", "The steps came before the trouble was named."),
    )
)
VERSION = ScorecardVersion(
    id=ScorecardVersionId("version-1"),
    scorecard_id=SCORECARD.id,
    number=1,
    state=VersionState.PUBLISHED,
    scorecard=SCORECARD,
    content_hash="content",
    structure_hash="structure",
    created_at=NOON,
    created_by=PersonId("ada"),
)

_SPOKEN = (
    (MessageRole.AGENT, "Good morning, this is Ines at Harbour Energy. Who am I speaking with?", 0.0, 4.0),
    (
        MessageRole.CUSTOMER,
        "Tomas Varga. You have taken my payment twice this week, and my rent leaves tomorrow.",
        4.2,
        9.5,
    ),
    (
        MessageRole.AGENT,
        "Twice in one week, right before the rent: I put that straight today, Mr Varga. May I have your birthday?",
        9.8,
        18.0,
    ),
    (MessageRole.CUSTOMER, "Third of May 1984.", 18.2, 21.0),
    (
        MessageRole.AGENT,
        "Thank you. I see both payments: the second was a standing order from your old tariff.",
        21.5,
        27.0,
    ),
    (MessageRole.CUSTOMER, "I never asked for that. When do I have the money back?", 27.3, 30.5),
    (
        MessageRole.AGENT,
        "I have stopped the old order and sent 84.20 back by instant transfer. It arrives today before six, not later.",
        31.0,
        40.0,
    ),
    (MessageRole.CUSTOMER, "Oh. That was quick. Thank you, Ines.", 40.5, 43.0),
)


def _ticket(ticket_id: str, channel: Channel, subject: str | None, tags: tuple[str, ...]) -> Ticket:
    return Ticket(
        id=TicketId(ticket_id),
        source="sample",
        external_id=ticket_id,
        channel=channel,
        created_at=NOON,
        content_hash=ticket_id,
        subject=subject,
        language="en",
        tags=tags,
    )


CALL = Conversation(
    ticket=_ticket("call-1", Channel.CALL, "Charged twice, rent due tomorrow", ("billing", "refund")),
    messages=tuple(
        Message(seq=place, role=role, text=text, start_seconds=start, end_seconds=end)
        for place, (role, text, start, end) in enumerate(_SPOKEN, start=1)
    ),
    recordings=(
        Recording(
            id=RecordingId("recording-1"),
            ticket_id=TicketId("call-1"),
            content_hash="hash",
            media_type="audio/wav",
            size_bytes=1,
            original_name="call.wav",
            duration_seconds=45.0,
            channels=2,
        ),
    ),
)
HOLD_LINE = replace(
    CALL.recordings[0], id=RecordingId("recording-2"), original_name="after the transfer.wav", duration_seconds=12.0
)
UNHEARD = Conversation(ticket=_ticket("call-2", Channel.CALL, None, ()), messages=(), recordings=(HOLD_LINE,))
PARTS = replace(UNHEARD, recordings=(CALL.recordings[0], HOLD_LINE))
BROKEN = replace(UNHEARD, recordings=(replace(HOLD_LINE, id=RecordingId("broken")),))
GONE = replace(UNHEARD, recordings=(replace(HOLD_LINE, id=RecordingId("gone")),))

_WRITTEN = (
    (MessageRole.BOT, "Hello! I am the shop's assistant. What is it about?", "Helper bot", False),
    (MessageRole.CUSTOMER, "<b>hello?</b> parcel says DELIVERED 😡😡 but there's nothing here", "Mina", False),
    (MessageRole.SYSTEM, "Jon Bell joined the chat", None, False),
    (
        MessageRole.AGENT,
        "Hi Mina, Jon here. Delivered and not there, on a birthday week: let me look.",
        "Jon Bell",
        False,
    ),
    (MessageRole.AGENT, "Depot says the driver scanned at no. 14. =1+1", "Jon Bell", True),
    (MessageRole.CUSTOMER, "שלום, אני גרה במספר 41", "Mina", False),
    (
        MessageRole.AGENT,
        "Then I know what happened: the driver read 14 for 41. He comes back before 17:00.\n\nMay I text you then?",
        "Jon Bell",
        False,
    ),
    (MessageRole.CUSTOMER, "yes please 🙏 thank you!!", "Mina", False),
)
CHAT = Conversation(
    ticket=_ticket("chat-1", Channel.CHAT, "Parcel marked delivered, not here", ("delivery",)),
    messages=tuple(
        Message(
            seq=place,
            role=role,
            text=text,
            author_name=author,
            author_ref=author,
            internal=internal,
            sent_at=NOON + timedelta(minutes=place),
            attachments=(Attachment("door.jpg"),) if place == 2 else (),
        )
        for place, (role, text, author, internal) in enumerate(_WRITTEN, start=1)
    ),
)

AGENTS = {
    Channel.CALL: Person(PersonId("ines"), "Ines Duarte"),
    Channel.CHAT: Person(PersonId("jon"), "Jon Bell"),
    Channel.EMAIL: Person(PersonId("priya"), "Priya Nair", external_id="A007"),
}
"""Who is under review, by channel."""

_REPLY = """<p>Dear Dana,</p><p>two things are <b>true</b>:</p><ol><li>the refund is
<a href="https://pay.example/r?id=1042">on its way</a></li><li>the parcel <code>X-14</code> is lost</li></ol>
<p>Kind regards,<br>Priya Nair<br>Billing, Harbour Energy</p>
<p>On Mon, 12 Oct 2026 at 10:30, Dana &lt;<a href="mailto:dana@example.com">dana@example.com</a>&gt; wrote:</p>
<blockquote><p>My parcel is <i>nine</i> days late.</p><p>Where is it?</p></blockquote>"""
_LETTERS = (
    (MessageRole.CUSTOMER, "My parcel is nine days late.\n\nWhere is it?", None, "Dana", None, 0.0),
    (MessageRole.BOT, "We have received your message. Sent from the helpdesk.", None, "Autoresponder", None, 0.1),
    (MessageRole.AGENT, "Have you looked at the neighbour's?", None, "Tomáš Dvořák", "A011", 3.5),
    (
        MessageRole.CUSTOMER,
        (
            "Of course I have 😡.\n\nSent from my iPhone\n\nOn 12 Oct 2026, at 14:00, Tom <help@shop.example> wrote:\n"
            "\n> Have you looked at\n> the neighbour's?\n"
        ),
        None,
        "Dana",
        None,
        3.6,
    ),
    (MessageRole.AGENT, read_html(_REPLY), _REPLY, "Priya Nair", "A007", 30.0),
    (MessageRole.CUSTOMER, "مرحبا، شكرا\n\nThank you, that was quick.", None, "Dana", None, 120.0),
)
LETTERS = Conversation(
    ticket=_ticket("letters-1", Channel.EMAIL, "Where is parcel X-14?", ("refund", "delivery")),
    messages=tuple(
        Message(
            seq=place,
            role=role,
            text=text,
            html=html,
            author_name=author,
            author_ref=ref or author,
            sent_at=NOON + timedelta(hours=hours),
        )
        for place, (role, text, html, author, ref, hours) in enumerate(_LETTERS, start=1)
    ),
)


def long_chat(count: int) -> Conversation:
    """A chat of that many messages, customer and agent in turn."""
    turns = (_WRITTEN[1][1], _WRITTEN[6][1])
    return Conversation(
        ticket=_ticket(f"chat-{count}", Channel.CHAT, "A long one", ()),
        messages=tuple(
            Message(
                seq=place,
                role=MessageRole.AGENT if place % 2 else MessageRole.CUSTOMER,
                text=f"{place}. {turns[place % 2]}",
                sent_at=NOON + timedelta(minutes=place),
            )
            for place in range(count)
        ),
    )
