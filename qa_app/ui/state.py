"""The only door to Streamlit's session state and query parameters: typed, named once, and never an identity."""

from collections.abc import Callable, Hashable
from typing import TypeVar, cast

import streamlit as st

T = TypeVar("T")


def read(name: str, default: T) -> T:
    """A value of this browser tab; the default where it was never set."""
    return cast("T", st.session_state.get(name, default))


def write(name: str, value: object) -> None:
    """Keep a value for this browser tab."""
    st.session_state[name] = value


def recall(name: str, key: Hashable, make: Callable[[], T]) -> T:
    """What this browser tab made earlier for the same key, else made now and kept in the place of what was there.

    For what is slow to make: the key names all that it rests on, so that nothing outdated is ever shown.
    """
    kept = st.session_state.get(name)
    if kept is None or kept[0] != key:
        kept = (key, make())
        st.session_state[name] = kept
    return cast("T", kept[1])


def take(name: str, default: T) -> T:
    """Read a value and forget it."""
    return cast("T", st.session_state.pop(name, default))


def forget(prefix: str) -> None:
    """Forget every value whose name starts so, such as those of a form that was sent."""
    for name in [name for name in st.session_state if str(name).startswith(prefix)]:
        del st.session_state[name]


def link_value(name: str) -> str | None:
    """A value of the page's address, such as `?ticket=…`."""
    value = st.query_params.get(name)
    return value or None


def write_link(**values: str) -> None:
    """Put values into the page's address; an empty one is taken out of it."""
    for name, value in values.items():
        if value:
            st.query_params[name] = value
        else:
            st.query_params.pop(name, None)
