"""Mails as they come, a line each with its part: `own`, `quoted`, `signature`, and `folded` for quotes out of sight."""

import time
from itertools import pairwise
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_app.domain.mail import split_mail

MAILS = {
    "reply above the quote": """
        own       | It has not arrived.
        folded    |
        folded    | On Mon, 2 Apr 2012 at 18:26, Ines <ines@shop.example> wrote:
        folded    | > Your parcel is on its way.
        """,
    "reply below the quote": """
        quoted    | On 04/02/2012 06:26 PM, Megan One wrote:
        quoted    | > Did it arrive?
        own       | It has not.
        """,
    "answers between short quotes": """
        quoted    | > Which size?
        own       | Forty-one.
        quoted    |
        quoted    | > Which colour?
        own       | Red.
        """,
    "an introduction over three lines": """
        own       | Hello
        folded    | On Wed, Dec 9, Mister Example
        folded    | <mr@shop.example>
        folded    | wrote:
        folded    | > Hey
        """,
    "Gmail in Norwegian breaks the line before the colon": """
        own       | Takk!
        folded    | tir. 18. apr. 2017 kl. 13:09 skrev Ola <ola@shop.example
        folded    | >:
        folded    | > Ok.
        """,
    "no sign of a quote in Italian, but an address": """
        own       | Grazie.
        folded    |
        folded    | In data 11 ottobre 2017 21:11:31 "Shop" <shop@shop.example> ha scritto:
        folded    |
        folded    | Buongiorno!
        """,
    "no verb in Russian": """
        own       | Спасибо
        folded    | ср, 30 апр. 2025 г. в 15:19, Shop <shop@shop.example>:
        folded    | привет
        """,
    "Outlook's headers": """
        own       | Allô ?
        folded    |
        folded    |   De : Shop <shop@shop.example>
        folded    |  À : moi
        folded    |  Envoyé le : mercredi 30 novembre
        folded    |  Objet : Re: la boîte
        folded    |
        folded    | Bonjour
        """,
    "Outlook's headers below a rule, in stars": """
        own       | See below
        folded    |  ------------------------------
        folded    |
        folded    | *From:* Sync Team [mailto:noreply@shop.example]
        folded    | *Sent:* Thursday
        folded    | *Subject:* Updated
        """,
    "older mail between dashes": """
        own       | Danke.
        folded    | -----Ursprüngliche Nachricht-----
        folded    | Von: Max
        """,
    "a mail that is nothing but forwarded stays in sight": """
        own       | From: Max <max@shop.example>
        own       | Date: 7 Apr 1994
        own       | Subject: Hello
        own       | I like it a lot.
        """,
    "what looks like an introduction and is none": """
        own       | On Thursday:
        own       | 2024-01-15 14:30 the driver wrote:
        own       | nobody home
        own       | From: here
        own       | to: there
        """,
    "signature below its sign, then the quote": """
        own       | Hello
        signature | --
        signature | Max, from the shop
        folded    |
        folded    | On 3 April 2012 at 16:55, Ines wrote:
        folded    | > Hello
        """,
    "a signature below the quote": """
        own       | Hello
        quoted    | > You said hello
        signature | --
        signature | Max
        """,
    "names after a closing; the closing itself is graded": """
        own       | You have it by noon.
        own       |
        own       | Kind regards,
        signature | Priya Nair
        signature | Billing, Harbour Energy
        """,
    "a sentence after thanks is no name": """
        own       | Thanks,
        own       | I wait for your answer.
        """,
    "a device": """
        own       | Here it is.
        signature | Sent from my iPhone
        """,
    "a device in a sentence": """
        own       | Hello
        own       | Sent from my desk, which is easier than my phone.
        """,
    "a list of dashes": """
        own       | Prizes:
        own       | -- FOUR certificates
        own       | - one more
        """,
}


def read_sheet(sheet: str) -> tuple[str, list[str]]:
    rows = [line.split("|") for line in dedent(sheet).strip().splitlines()]
    return "\n".join(words[1:] for _, words in rows), [name.strip() for name, _ in rows]


@pytest.mark.parametrize("mail", MAILS)
def test_every_line_of_a_mail_is_somebodys(mail: str) -> None:
    text, names = read_sheet(MAILS[mail])
    found = [
        "folded" if part.folded else part.kind.value
        for part in split_mail(text)
        for _ in text[part.start : part.end].splitlines()
    ]
    assert found == names


def test_block_quotes_of_the_html_are_quotes_without_a_sign() -> None:
    text = "Hi.\n26.06.2014, 14:41, Max wrote:\nHello!\nHow are you?\nFine."
    quoted = (text.index("Hello"), text.index("\nFine"))
    parts = split_mail(text, quoted=(quoted,))
    assert [(text[part.start : part.end], part.kind.value, part.folded) for part in parts] == [
        ("Hi.\n", "own", False),
        ("26.06.2014, 14:41, Max wrote:\nHello!\nHow are you?\n", "quoted", False),
        ("Fine.", "own", False),
    ]


LINES = ("", " ", "On 1 May 2020, A <a@b.c> wrote:", "> quoted", "words", "--", "Best,", "From: a", "Date: b", "To: c")


@given(st.lists(st.sampled_from(LINES) | st.text(max_size=12), max_size=30), st.sampled_from(("\n", "\r\n", "\u2028")))
def test_parts_are_the_whole_text_and_something_is_in_sight(lines: list[str], ending: str) -> None:
    text = ending.join(lines)
    parts = split_mail(text)
    assert "".join(text[part.start : part.end] for part in parts) == text
    assert all(part.start < part.end for part in parts)
    assert all(one.kind is not other.kind for one, other in pairwise(parts))
    in_sight = "".join(text[part.start : part.end] for part in parts if not part.folded)
    assert in_sight.strip() or not text.strip()


@pytest.mark.parametrize(
    "line", ["On ", "From: a\n", "> ", "----\n\n", "On 2020 a@b wrote:\n", "Best\n", "\n", "a" * 300]
)
def test_hostile_mail_takes_no_longer_than_others(line: str) -> None:
    text = line * (200_000 // len(line))
    started = time.process_time()
    split_mail(text)
    # A pattern that backtracks takes minutes here.
    assert time.process_time() - started < 5
