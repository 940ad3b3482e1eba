"""Which lines of an e-mail its author wrote, which ones quote older mail, and which ones are a signature.

The text stays as it is: the parts follow one another without a gap, and together they are the whole text. No rule looks
further than a few lines ahead and none of the patterns can backtrack far, so the time that a mail takes grows with its
length only, whatever its sender put into it.

In doubt a line counts as the author's own. Hiding what somebody wrote is worse than showing what somebody quoted.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import Final

INLINE_LINES: Final = 6
"""Quoted lines between the author's own stay in sight up to this many: they are what the next line answers."""

_HEAD_LINES: Final = 3
_HEADER_LINES: Final = 8
_SIGNATURE_LINES: Final = 12
_SHORT: Final = 70
_LONGEST_HEAD: Final = 400

_WROTE = (
    *("wrote", "writes", "schrieb", "schreibt", "a écrit", "escribió", "escreveu", "ha scritto", "schreef"),
    *(
        "geschreven",
        "skrev",
        "napisał",
        "napisał(a)",
        "napisała",
        "kirjoitti",
        "написал",
        "написал(а)",
        "пише",
        "пишет",
    ),
)
_SKREV = re.compile(r"\bskrev\b|\bschrieb\b|\bschreef\b|\bescribió\b|\bkirjoitti\b", re.IGNORECASE)
_DIGIT = re.compile(r"\d")
_CLOCK = re.compile(r"\d{1,2}[:.h]\d{2}|\d{4}")
_OLDER_MAIL = (
    *("original message", "ursprüngliche nachricht", "originalnachricht", "message d'origine", "message d’origine"),
    *("message original", "mensaje original", "mensagem original", "messaggio originale", "oorspronkelijk bericht"),
    *("ursprungligt meddelande", "oprindelig meddelelse", "opprinnelig melding", "alkuperäinen viesti"),
    *("wiadomość oryginalna", "исходное сообщение", "původní zpráva", "reply message"),
)
_SENDER = ("from", "von", "de", "da", "van", "från", "fra", "od", "от", "от кого", "lähettäjä", "发件人", "差出人")
_WHEN = (
    *("sent", "date", "gesendet", "datum", "envoyé", "envoyé le", "message du", "enviado", "enviado el", "enviada em"),
    *("fecha", "data", "inviato", "verzonden", "skickat", "sendt", "wysłano", "дата", "отправлено", "lähetetty"),
)
_ABOUT = (
    *("subject", "betreff", "objet", "sujet", "asunto", "assunto", "oggetto", "onderwerp", "ämne", "emne", "temat"),
    *("тема", "aihe", "předmět"),
)
_RECEIVER = (
    *(
        "to",
        "an",
        "à",
        "a",
        "para",
        "pour",
        "aan",
        "till",
        "til",
        "do",
        "кому",
        "cc",
        "kopie",
        "copie à",
        "vastaanottaja",
    ),
)
_KINDS = {word: kind for kind, words in enumerate((_SENDER, _WHEN, _ABOUT, _RECEIVER)) for word in words}
_RULE = re.compile(r"\s*[-_=*]{4,}\s*")
_DASHED = re.compile(r"\s*-{2,}([^-\r\n]{3,60})-{2,}\s*")

_DELIMITERS = ("--", "—", "__")
_DEVICES = (
    *("sent from my ", "sent from outlook", "sent with ", "get outlook for ", "envoyé de mon ", "envoyé depuis mon "),
    *("von meinem ", "gesendet von mein", "gesendet mit ", "enviado desde mi ", "enviado do meu ", "inviato da "),
    *(
        "verzonden vanaf ",
        "verstuurd vanaf ",
        "skickat från ",
        "sendt fra ",
        "lähetetty ",
        "wysłane z ",
        "отправлено с ",
    ),
)
_CLOSINGS = (
    *("best regards", "kind regards", "warm regards", "regards", "best wishes", "best", "sincerely", "yours sincerely"),
    *("yours faithfully", "yours truly", "cheers", "thanks", "thank you", "many thanks", "all the best", "mvh", "vh"),
    *("mit freundlichen grüßen", "freundliche grüße", "beste grüße", "viele grüße", "liebe grüße", "mfg", "grüße"),
    *("cordialement", "bien cordialement", "bien à vous", "sincères salutations", "saludos", "un saludo"),
    *("saludos cordiales", "atentamente", "cordiali saluti", "distinti saluti", "saluti", "atenciosamente"),
    *("cumprimentos", "met vriendelijke groet", "vriendelijke groeten", "med vänliga hälsningar", "vänliga hälsningar"),
    *("med venlig hilsen", "med vennlig hilsen", "z poważaniem", "pozdrawiam", "с уважением", "ystävällisin terveisin"),
)


class Kind(StrEnum):
    """Whose words a part of a mail is."""

    OWN = "own"
    QUOTED = "quoted"
    SIGNATURE = "signature"


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of the text, in characters. `folded` parts are out of sight until somebody asks for them."""

    start: int
    end: int
    kind: Kind
    folded: bool = False


def split_mail(text: str, *, quoted: Sequence[tuple[int, int]] = ()) -> tuple[Part, ...]:
    """The parts of a mail, in order and without gaps; an empty text has none.

    `quoted` are stretches of the text that are known to be quotes, such as the block quotes of the mail's HTML.
    """
    lines = text.splitlines(keepends=True)
    marked = _find_marked(lines, quoted)
    kinds, introduced = _find_quotes(lines, marked)
    _join_blanks(lines, kinds)
    _find_signatures(lines, kinds)
    return tuple(_build_parts(lines, kinds, introduced))


def _find_marked(lines: Sequence[str], quoted: Sequence[tuple[int, int]]) -> list[bool]:
    """Which lines carry the sign of a quote, or lie within a stretch that is known to be one."""
    marked, start, waiting = [], 0, sorted(quoted, reverse=True)
    for line in lines:
        end = start + len(line)
        while waiting and waiting[-1][1] <= start:
            waiting.pop()
        within = bool(waiting) and waiting[-1][0] < end and not _is_blank(line)
        marked.append(within or line.lstrip().startswith(">"))
        start = end
    return marked


def _find_quotes(lines: Sequence[str], marked: Sequence[bool]) -> tuple[list[Kind], set[int]]:
    """The kind of every line, and those quoted lines that begin with words on whose mail it is."""
    kinds = [Kind.QUOTED if is_marked else Kind.OWN for is_marked in marked]
    introduced: set[int] = set()
    place, own_before = 0, False
    while place < len(lines):
        if marked[place]:
            place += 1
            continue
        length, certain = _read_head(lines, place)
        after = place + length
        while length and after < len(lines) and _is_blank(lines[after]):
            after += 1
        follows = after < len(lines) and marked[after]
        if length and (follows or (certain and own_before)):
            introduced.add(place)
            until = after if follows else len(lines)
            kinds[place:until] = [Kind.QUOTED] * (until - place)
            place = until
        else:
            own_before = own_before or not _is_blank(lines[place])
            place += 1
    return kinds, introduced


def _read_head(lines: Sequence[str], place: int) -> tuple[int, bool]:
    """How many lines from here on introduce older mail, and whether they do so even where no quote sign follows."""
    if _is_blank(lines[place]):
        return 0, False
    dashed = _DASHED.fullmatch(lines[place])
    if dashed and dashed[1].strip().casefold() in _OLDER_MAIL:
        return 1, True
    after_rule = place + 1 if _RULE.fullmatch(lines[place]) else place
    while after_rule > place and after_rule < len(lines) and _is_blank(lines[after_rule]):
        after_rule += 1
    headers = _count_headers(lines, after_rule)
    if headers:
        return after_rule + headers - place, True
    return _read_attribution(lines, place)


def _count_headers(lines: Sequence[str], place: int) -> int:
    """The lines of a block such as From, Sent, To, Subject; 0 where there is none of at least three kinds."""
    kinds, last = set(), place - 1
    for ahead, line in enumerate(lines[place : place + _HEADER_LINES], start=place):
        kind = (
            _KINDS.get(line[:40].partition(":")[0].strip().strip("*>").strip().casefold()) if ":" in line[:40] else None
        )
        if _is_blank(line) or (kind is None and (ahead == place or ahead - last > 1)):
            break
        if kind is not None:
            kinds.add(kind)
            last = ahead
    return last - place + 1 if len(kinds) >= 3 and {0, 1} <= kinds else 0


def _read_attribution(lines: Sequence[str], place: int) -> tuple[int, bool]:
    """`On 3 May, Ada <ada@example.com> wrote:` and its like, over three lines at most, none of which it could spare."""
    joined: list[str] = []
    for line in lines[place : place + _HEAD_LINES]:
        if _is_blank(line) or (joined and line.lstrip().startswith(">") and line.strip() != ">:"):
            break
        joined.append(line.strip())
        head = " ".join(joined)
        if len(head) > _LONGEST_HEAD:
            break
        if _is_attribution(head):
            spare = any(_is_attribution(" ".join(joined[first:])) for first in range(1, len(joined)))
            return (0, False) if spare else (len(joined), "@" in head)
    return 0, False


def _is_attribution(head: str) -> bool:
    known = "@" in head
    if not (known or head.endswith(":")) or not (_DIGIT if known else _CLOCK).search(head):
        return False
    if head.rstrip(": ").casefold().endswith(_WROTE):
        return True
    return known and head.endswith(":") and (head.endswith(">:") or bool(_SKREV.search(head)))


def _join_blanks(lines: Sequence[str], kinds: list[Kind]) -> None:
    """Blank lines before and within a quote belong to it, and so do those that end the mail after it."""
    following: Kind | None = None
    for place in range(len(lines) - 1, -1, -1):
        if not _is_blank(lines[place]):
            following = kinds[place]
        elif following is Kind.QUOTED:
            kinds[place] = Kind.QUOTED
    last = next(
        (kind for line, kind in zip(reversed(lines), reversed(kinds), strict=True) if not _is_blank(line)), None
    )
    for place in range(len(lines) - 1, -1, -1):
        if not _is_blank(lines[place]) or last is not Kind.QUOTED:
            break
        kinds[place] = Kind.QUOTED


def _find_signatures(lines: Sequence[str], kinds: list[Kind]) -> None:
    """The end of each stretch of own lines, where it is a signature."""
    place, own_before = 0, False
    for kind, group in groupby(list(kinds)):
        end = place + len(list(group))
        if kind is Kind.OWN:
            written = [ahead for ahead in range(place, end) if not _is_blank(lines[ahead])]
            start = _find_signature([lines[ahead].strip() for ahead in written], first=0 if own_before else 1)
            if start is not None:
                begin = written[start] if start else place
                kinds[begin:end] = [Kind.SIGNATURE] * (end - begin)
            own_before = own_before or bool(written)
        place = end


def _find_signature(lines: Sequence[str], *, first: int) -> int | None:
    """Where the signature begins among the lines that are not blank, from `first` on."""
    found = None
    for place in range(len(lines) - 1, max(first, len(lines) - _SIGNATURE_LINES) - 1, -1):
        line = lines[place].casefold()
        if lines[place] in _DELIMITERS or (place >= len(lines) - 3 and _is_device(line)):
            found = place
        elif line.rstrip(",.!") in _CLOSINGS and _is_name(lines[place + 1 : found]):
            found = place + 1
    return found if found is not None and found < len(lines) else None


def _is_device(line: str) -> bool:
    return line.startswith(_DEVICES) and len(line) <= _SHORT and "," not in line and not line.endswith(".")


def _is_name(lines: Sequence[str]) -> bool:
    """Name, post and address after a closing, and no sentence."""
    return all(len(line) <= _SHORT and line[-1] not in ".?!" for line in lines)


def _build_parts(lines: Sequence[str], kinds: Sequence[Kind], introduced: set[int]) -> Iterator[Part]:
    own = [place for place, line in enumerate(lines) if kinds[place] is Kind.OWN and not _is_blank(line)]
    place = start = 0
    for kind, group in groupby(kinds):
        count = len(list(group))
        end = start + sum(len(line) for line in lines[place : place + count])
        folded = False
        if kind is Kind.QUOTED and own:
            trailing = own[-1] < place
            known = count >= 3 or not introduced.isdisjoint(range(place, place + count))
            folded = known if trailing else count > INLINE_LINES
        yield Part(start, end, kind, folded)
        place, start = place + count, end


def _is_blank(line: str) -> bool:
    return not line or line.isspace()
