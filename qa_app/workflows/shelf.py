"""What is slow to make, kept for all people of one process."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, TypeVar

T = TypeVar("T")
_NOTHING = object()


@dataclass(slots=True)
class _Place:
    lock: threading.Lock = field(default_factory=threading.Lock)
    thing: Any = _NOTHING


class Shelf:
    """Keeps the last few things by all that they rest on, so that nothing outdated is ever taken.

    Each is made once, however many ask for it at the same time: the first makes it and the others wait.
    """

    def __init__(self, size: int = 8) -> None:
        self._size = size
        self._lock = threading.Lock()
        self._places: OrderedDict[Hashable, _Place] = OrderedDict()

    def recall(self, key: Hashable, make: Callable[[], T]) -> T:
        """What was made for this key, else made now. What `make` raises is raised, and nothing is kept."""
        with self._lock:
            place = self._places.setdefault(key, _Place())
            self._places.move_to_end(key)
            while len(self._places) > self._size:
                self._places.popitem(last=False)
        with place.lock:
            if place.thing is _NOTHING:
                place.thing = make()
        thing: T = place.thing
        return thing
