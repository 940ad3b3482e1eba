"""How figures came about, in words: one record for every page and methods sheet."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Method:
    """One line of a methods sheet."""

    topic: str
    text: str
