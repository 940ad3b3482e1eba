"""Whether all measures share one frame of reference.

A difference of two elements is estimable where no shift of measures leaves every rating's expectation as it is (Weeks &
Williams 1964, Technometrics 6:319, for factorial designs; Linacre 1989 speaks of disjoint subsets). With one facet
beside person this is connectedness of the graph of ratings; with more, facets can be nested in a connected graph.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from scipy.sparse import coo_array, csr_array, diags_array
from scipy.sparse.csgraph import connected_components

from qa_app.estimate import Undefined
from qa_app.stats.severity.design import Design
from qa_app.stats.severity.observations import Floats, Ints

TOLERANCE = 1e-10
"""Eigenvalues of the scaled design below this are 0: rounding gives 1e-14, a chain of a thousand raters 1e-5."""
Groups = dict[str, tuple[tuple[str, ...], ...]]


@dataclass(frozen=True, slots=True)
class Unconnected(Undefined):
    """No common frame of reference. `groups`: per facet the sets of elements whose measures can be compared."""

    groups: Mapping[str, tuple[tuple[str, ...], ...]] = field(default_factory=dict)


def find_groups(design: Design) -> Groups | None:
    """Per facet the sets of elements that can be compared, largest first; None where all can."""
    n_parts, parts = _components(design)
    if n_parts == 1 and len(design.elements) == 1:
        return None
    keys = parts[:, np.newaxis].astype(np.float64) if n_parts > 1 else _shifts(design)
    if keys is None:
        return None
    names = (design.ratings.person, *design.ratings.facets)
    places = np.cumsum([0, design.n_persons, *design.sizes])
    return {
        name: _partition(keys[start:stop], [design.ratings.labels[name][place] for place in design.used[name]])
        for name, (start, stop) in zip(names, pairwise(places.tolist()), strict=True)
    }


def _components(design: Design) -> tuple[int, Ints]:
    """Connected parts of the graph that links the elements of each rating."""
    n_nodes = design.n_persons + sum(design.sizes)
    starts = [design.n_persons + offset for offset in design.offsets[:-1]]
    ends = np.concatenate([codes + start for codes, start in zip(design.elements, starts, strict=True)])
    origins = np.tile(design.persons, len(design.elements))
    links = coo_array((np.ones(ends.size, dtype=np.int8), (origins, ends)), shape=(n_nodes, n_nodes)).tocsr()
    n_parts, parts = connected_components(links, directed=False)
    return int(n_parts), np.asarray(parts, dtype=np.intp)


def _shifts(design: Design) -> Floats | None:
    """Shifts beyond one constant per facet that change no expectation: rows persons, then elements; None where none."""
    n_elements = sum(design.sizes)
    stacked = [codes + offset for codes, offset in zip(design.elements, design.offsets, strict=False)]
    rows = np.tile(np.arange(design.n_rows), len(stacked))
    ones = np.ones(rows.size)
    incidence = coo_array((ones, (rows, np.concatenate(stacked))), shape=(design.n_rows, n_elements)).tocsr()
    members = csr_array(
        (np.ones(design.n_rows), (design.persons, np.arange(design.n_rows))), shape=(design.n_persons, design.n_rows)
    )
    counts = members @ incidence
    per_person = np.bincount(design.persons, minlength=design.n_persons).astype(np.float64)
    shares = diags_array(1 / per_person) @ counts
    gram = np.asarray((incidence.T @ incidence - counts.T @ shares).toarray(), dtype=np.float64)
    scale = 1 / np.sqrt(np.asarray(incidence.sum(axis=0)).ravel())
    values, vectors = np.linalg.eigh(gram * np.outer(scale, scale))
    null = vectors[:, values < TOLERANCE] * scale[:, np.newaxis]
    if null.shape[1] == len(design.elements):
        return None
    return np.vstack([np.asarray(shares @ null), null])


def _partition(keys: Floats, labels: list[str]) -> tuple[tuple[str, ...], ...]:
    """Labels with equal rows of keys together, largest set first."""
    _, members = np.unique(np.round(keys, 6), axis=0, return_inverse=True)
    members = members.ravel()
    order = sorted(range(int(members.max()) + 1), key=lambda part: (-int(np.sum(members == part)), part))
    return tuple(tuple(labels[place] for place in np.flatnonzero(members == part)) for part in order)
