"""Turns that are forbidden, and the graph that is searched so that nobody takes them.

A forbidden turn is a sequence of links: from one link into the next (via a junction), or through further
links between (via a road). The graph stays one of junctions: only where a driver's past matters is a junction
copied, one copy for each beginning of a forbidden sequence that he may have driven. The copies are the states
of the automaton of Aho & Corasick (1975) over all sequences, less the steps that would complete one.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Self

import numpy as np

from anlan.engine.geo.roads.bends import gather

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Turns:
    """Forbidden sequences (R) of links: those of sequence r are `link[start[r]:start[r + 1]]`."""

    start: NDArray[np.int64]
    link: NDArray[np.int32]

    @classmethod
    def of(cls, sequences: Iterable[Sequence[int]]) -> Self:
        """Pack sequences; one given twice counts once."""
        kept = list(dict.fromkeys(tuple(map(int, links)) for links in sequences))
        count = [len(links) for links in kept]
        flat = [link for links in kept for link in links]
        return cls(np.cumsum([0, *count], dtype=np.int64), np.asarray(flat, np.int32))

    def __len__(self) -> int:
        """Number of forbidden sequences."""
        return len(self.start) - 1

    @property
    def sequence(self) -> NDArray[np.int64]:
        """Which sequence each of `link` belongs to."""
        return np.repeat(np.arange(len(self)), np.diff(self.start))

    def sequences(self) -> list[tuple[int, ...]]:
        """All sequences as tuples of link numbers."""
        flat, start = self.link.tolist(), self.start.tolist()
        return [tuple(flat[begin:end]) for begin, end in pairwise(start)]

    def only(self, kept: NDArray[np.bool_]) -> Self:
        """The sequences (R,) that are kept."""
        start, flat = gather(self.start, np.flatnonzero(kept))
        return type(self)(start, self.link[flat])

    def renumbered(self, number: NDArray[np.int64]) -> Self:
        """The sequences with link i called `number[i]`; those with a link that is gone (-1) go."""
        link = number[self.link].astype(np.int32)
        gone = np.bincount(self.sequence[link < 0], minlength=len(self)) > 0
        return type(self)(self.start, link).only(~gone)

    def check(self, tail: NDArray[np.int32], head: NDArray[np.int32]) -> None:
        """Refuse sequences that no driver can drive.

        Raises:
            ValueError: names the first sequence that is too short, or whose links are unknown or do not join.

        """
        count = np.diff(self.start)
        _refuse("has fewer than two links", count < 2)
        wrong = (self.link < 0) | (self.link >= len(tail))
        _refuse("names an unknown link", np.bincount(self.sequence[wrong], minlength=len(self)) > 0)
        row = self.sequence
        apart = (row[1:] == row[:-1]) & (head[self.link[:-1]] != tail[self.link[1:]])
        _refuse("has links that do not join", np.bincount(row[1:][apart], minlength=len(self)) > 0)


def _refuse(what: str, wrong: NDArray[np.bool_]) -> None:
    if wrong.any():
        raise ValueError(f"turn {int(np.argmax(wrong))}: {what} ({int(wrong.sum())} such turns)")


@dataclass(frozen=True, eq=False)
class Expanded:
    """The graph that is searched: the N places, copies of some, and a node of arrival for each copied one.

    A search starts at a place and ends at `arrive` (N,) of one; `place` (nodes,) is what a node stands for.
    Rows (M) are sorted by `tail`, then `head`; `edge` is that of the road graph, -1 for an arrival, which
    takes no time.
    """

    place: NDArray[np.int32]
    arrive: NDArray[np.int32]
    tail: NDArray[np.int32]
    head: NDArray[np.int32]
    edge: NDArray[np.int32]

    @property
    def nodes(self) -> int:
        """Number of nodes, copies and arrivals included."""
        return len(self.place)


def expand(nodes: int, tail: NDArray[np.int32], head: NDArray[np.int32], turns: Turns | None) -> Expanded:
    """Copy junctions as far as the forbidden turns need it; edges must be sorted by tail, then head."""
    places = np.arange(nodes, dtype=np.int32)
    every = np.arange(len(tail), dtype=np.int32)
    if turns is None or not len(turns):
        return Expanded(places, places, np.asarray(tail), np.asarray(head), every)
    states = _states(turns.sequences(), nodes)
    copied = head[np.fromiter((path[-1] for path in states), np.int64, len(states))].astype(np.int32)
    own = np.unique(copied)
    arrive = places.copy()
    arrive[own] = nodes + len(states) + np.arange(len(own))
    leads = np.asarray(head, np.int32).copy()
    for path, state in states.items():
        if len(path) == 1:
            leads[path[0]] = state
    rows = [(every, np.asarray(tail, np.int32), leads), _steps(turns, states, tail, leads, copied)]
    at = np.concatenate((copied, own))
    leaving = np.concatenate((np.arange(nodes, nodes + len(states)), own)).astype(np.int32)
    rows.append((np.full(len(at), -1, np.int32), leaving, arrive[at]))
    edge, begin, end = (np.concatenate(column) for column in zip(*rows, strict=True))
    order = np.lexsort((end, begin))
    return Expanded(np.concatenate((places, copied, own)), arrive, begin[order], end[order], edge[order])


def _states(sequences: list[tuple[int, ...]], nodes: int) -> dict[tuple[int, ...], int]:
    begun = dict.fromkeys(links[:end] for links in sequences for end in range(1, len(links)))
    return {path: nodes + number for number, path in enumerate(begun)}


def _steps(
    turns: Turns,
    states: dict[tuple[int, ...], int],
    tail: NDArray[np.int32],
    leads: NDArray[np.int32],
    copied: NDArray[np.int32],
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
    """The edges that leave each copy: edge, copy, and the node they lead to."""
    forbidden = frozenset(turns.sequences())
    first = np.searchsorted(tail, copied, "left").tolist()
    last = np.searchsorted(tail, copied, "right").tolist()
    rows: list[tuple[int, int, int]] = []
    for (path, state), begin, end in zip(states.items(), first, last, strict=True):
        for edge in range(begin, end):
            tails = [(*path[skip:], edge) for skip in range(len(path))]
            if forbidden.isdisjoint(tails):
                known = next((states[one] for one in tails if one in states), int(leads[edge]))
                rows.append((edge, state, known))
    table = np.asarray(rows, np.int32).reshape(-1, 3)
    return table[:, 0], table[:, 1], table[:, 2]
