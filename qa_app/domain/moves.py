"""State machines as tables: which moves there are, from where to where, and which action they need."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from qa_app.errors import Refused

State = TypeVar("State", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Move(Generic[State]):
    """One allowed change of state."""

    name: str
    """A verb, as on a button."""
    sources: frozenset[State]
    target: State
    action: str
    """The access policy's action that whoever makes the move needs."""


def find_move(moves: Sequence[Move[State]], *, source: State, target: State, thing: str) -> Move[State]:
    """The move between two states.

    Raises:
        Refused: there is none; the message says which moves there are.
    """
    for move in moves:
        if source in move.sources and move.target is target:
            return move
    possible = [f"{move.name} (to {move.target})" for move in moves if source in move.sources]
    what_next = f"From here one can: {', '.join(possible)}." if possible else "Nothing can follow on this state."
    raise Refused(
        "move-not-allowed", f"This {thing} is {source} and cannot become {target}. {what_next} Reload to see its state."
    )
