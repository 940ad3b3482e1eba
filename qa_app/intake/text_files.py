"""Files of text: which encoding they are in, and that they are text at all."""

import re

from charset_normalizer import from_bytes

from qa_app.errors import Refused
from qa_app.intake.model import Guess

_ENCODINGS = ["cp1252", "cp1250", "iso8859_15", "shift_jis", "gb18030", "utf_16_le", "utf_16_be", "cp1251"]
_COMMONEST = "cp1252"
_NO_LETTER = re.compile("[\x00-\x08\x0e-\x1f\x7f\ufffd]")
"""What text holds by accident only; a tenth of random bytes is of this kind."""
_BYTE_ORDER_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def decode(raw: bytes, *, file_name: str, encoding: str | None) -> tuple[str, Guess]:
    """The text of a file in the encoding that people named, or in the likeliest one.

    Raises:
        Refused: the file is not in that encoding, or no text.
    """
    if encoding:
        try:
            return raw.decode(encoding), Guess("encoding", encoding, "as you said")
        except (UnicodeError, LookupError) as error:
            raise Refused(
                "encoding-wrong",
                f"{file_name} cannot be read as {encoding!r}. Try another encoding, such as utf-8 or cp1252.",
            ) from error
    text, guess = _guess_text(raw)
    if len(_NO_LETTER.findall(text)) > max(3, len(text) / 50):
        raise Refused(
            "not-text",
            f"{file_name} is neither text nor a workbook. Choose a text file, such as CSV, or a workbook (.xlsx).",
        )
    return text, guess


def _guess_text(raw: bytes) -> tuple[str, Guess]:
    for mark, encoding in _BYTE_ORDER_MARKS:
        if raw.startswith(mark):
            return raw.decode(encoding, errors="replace"), Guess("encoding", encoding, "the file says so itself")
    try:
        return raw.decode("utf-8"), Guess("encoding", "utf-8", "every byte fits")
    except UnicodeDecodeError:
        likely = _likeliest(raw[: 1 << 20])
        reason = "not UTF-8; the likeliest by its letters, so look at names with accents"
        return raw.decode(likely, errors="replace"), Guess("encoding", likely, reason)


def _likeliest(raw: bytes) -> str:
    """The encoding whose text looks most like a language; among equals the commonest one of Western offices."""
    matches = from_bytes(raw, cp_isolation=_ENCODINGS)
    best = matches.best()
    if best is None:
        return _COMMONEST
    equals = [match for match in matches if (match.chaos, match.coherence) == (best.chaos, best.coherence)]
    fitting = {name for match in equals for name in (match.encoding, *match.could_be_from_charset)}
    return _COMMONEST if _COMMONEST in fitting else best.encoding
