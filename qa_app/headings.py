"""The columns of tables whose choice, order and language an organisation may set, in one list of words.

Programs read a table by the ids, which never change; people read the headings.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType


class Language(StrEnum):
    """A language that headings are written in."""

    ENGLISH = "en"
    GERMAN = "de"


_WORDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "review": ("Review", "Bewertung"),
        "submitted_at": ("Submitted", "Eingereicht"),
        "purpose": ("Purpose", "Zweck"),
        "selection": ("Selection", "Auswahl"),
        "probability": ("Probability", "Wahrscheinlichkeit"),
        "state": ("State", "Stand"),
        "source": ("Source", "Quelle"),
        "ticket": ("Ticket", "Ticket"),
        "channel": ("Channel", "Kanal"),
        "ticket_began_at": ("Ticket began", "Ticket begonnen"),
        "agent": ("Agent", "Agent"),
        "team": ("Team", "Team"),
        "reviewer": ("Reviewer", "Bewertet von"),
        "scorecard": ("Scorecard", "Bewertungsbogen"),
        "version": ("Version", "Version"),
        "structure_hash": ("Structure", "Struktur"),
        "raw_score": ("Raw score", "Rohwert"),
        "reported_score": ("Reported score", "Ergebnis"),
        "passed": ("Passed", "Bestanden"),
        "section": ("Section", "Abschnitt"),
        "criterion": ("Criterion", "Kriterium"),
        "skill": ("Skill", "Fähigkeit"),
        "answer_state": ("Answer", "Antwort"),
        "option": ("Option", "Stufe"),
        "number": ("Number", "Zahl"),
        "text": ("Text", "Text"),
        "value": ("Value", "Wert"),
        "applied_weight": ("Applied weight", "Angewandtes Gewicht"),
        "comment": ("Comment", "Kommentar"),
        "reasons": ("Reasons", "Gründe"),
        "praise": ("Praise", "Lob"),
    }
)

RAW = tuple(_WORDS)
"""Of reviews in long form, one row a rating."""

REVIEWS = (
    *("number", "ticket", "subject", "channel", "ticket_day", "submitted_at", "reviewer", "scorecard", "selection"),
    *("stands_for", "reported_score", "raw_score", "passed", "band", "auto_fail", "state"),
)
"""Of the list of reviews in a coaching workbook."""
RATINGS = (
    *("review", "agent", "ticket", "criterion", "answer", "value", "applied_weight", "auto_fail", "praise", "reasons"),
    *("comment", "submitted_at", "reviewer", "scorecard", "selection", "section", "criterion_id", "skill", "critical"),
    "evidence",
)
"""Of the answers in the workbooks of an agent and of a team; each has those of them that it knows."""

TABLES: Mapping[str, Sequence[str]] = MappingProxyType({"raw": RAW, "reviews": REVIEWS, "ratings": RATINGS})
"""The tables whose columns can be chosen, each with its columns in their usual order."""


def head(column: str, language: Language) -> str:
    """What people read above a column of raw data; raises KeyError where there is no such column."""
    english, german = _WORDS[column]
    return german if language is Language.GERMAN else english
