"""The search: a name's start, a word's start, a name inside what was said, two streets that cross."""

from __future__ import annotations

import re
from collections import defaultdict
from heapq import nsmallest
from typing import TYPE_CHECKING

from anlan.engine.geo.gazetteer.model import RANK, Entry, Kind
from anlan.engine.geo.gazetteer.words import LONG, NameIndex, fold, typed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

CUT = re.compile(r" ?[&/+@×] ?| (?:and|at|x|near) |[和与跟及]")
ENDED = re.compile(r"(?<=[路街道巷弄线桥])(?=.)")
DIGIT = re.compile(r"\d")
TAIL = re.compile(r"(?:的)?(?:十字路口|丁字路口|交叉路?口|交汇处|交界处|路口|口)(?:附近|旁边?)?$")
GENERIC = {*LONG.values(), *"路街道巷弄线桥"}
RANKED = 100
STREETS_A_PART = 40
CROSSINGS_OF_ONE = 4
INSIDE, CROSSED, ALONG = 3, 1, 4


class Gazetteer:
    """An immutable index of places by name; threads may share it."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        """Index the entries; crossings are found by their two streets."""
        self.entries: Sequence[Entry] = tuple(entries)
        names = [
            (name, number)
            for number, entry in enumerate(self.entries)
            if entry.kind != Kind.CROSSING
            for name in {entry.name, entry.other} - {""}
        ]
        self._index = NameIndex(names)
        lon, lat = [entry.lon for entry in self.entries], [entry.lat for entry in self.entries]
        self.bounds = (min(lon), min(lat), max(lon), max(lat)) if self.entries else None
        self._met: dict[tuple[str, str], list[int]] = defaultdict(list)
        self._on: dict[str, list[int]] = defaultdict(list)
        for number, entry in enumerate(self.entries):
            if entry.kind == Kind.CROSSING:
                self._met[entry.name, entry.other].append(number)
                self._on[entry.name].append(number)
                self._on[entry.other].append(number)

    def search(self, text: str, limit: int = 8, within: tuple[str, ...] = ("",)) -> list[Entry]:
        """Return the places that the text may mean, the likeliest first.

        The text may be the beginning of a name, or an address as said in which names stand; a house number
        does no harm. `within` are prefixes of division codes outside which nothing is returned.
        """
        scores: dict[int, tuple[float, ...]] = {}
        for number, score in self._found(text):
            if number not in scores or score < scores[number]:
                scores[number] = score
        inside = (number for number in scores if self.entries[number].area_code.startswith(within))
        likely = nsmallest(RANKED, inside, key=lambda number: scores[number])
        likely.sort(key=lambda number: (*scores[number][:1], *self._rank(number, scores[number])))
        return [self.entries[number] for number in likely[:limit]]

    def _rank(self, number: int, score: tuple[float, ...]) -> tuple[object, ...]:
        entry = self.entries[number]
        return (
            RANK[entry.kind] > RANK[Kind.CHECKPOINT],
            *score[1:],
            RANK[entry.kind],
            entry.name,
            -entry.metres,
        )

    def _found(self, text: str) -> Iterator[tuple[int, tuple[float, ...]]]:
        """Yield (place of the entry, score); smaller is likelier."""
        starts: dict[int, tuple[int, int]] = {}
        numbered = DIGIT.search(text) is not None
        for variant in typed(text):
            left_out = int(numbered and not DIGIT.search(variant))  # a house's, or a street's name
            for number, (kind, left) in self._index.starting(variant).items():
                starts[number] = (kind + left_out, left)
                yield number, starts[number]
        for number, letters in self._index.named_in(fold(text)).items():
            yield number, (INSIDE, -letters)
        yield from self._crossed(fold(text))
        streets = [number for number, score in starts.items() if score[0] <= 2][:STREETS_A_PART]
        for street in streets[:3]:
            for number in self._on.get(self.entries[street].name, ())[:CROSSINGS_OF_ONE]:
                yield number, (ALONG,)

    def _crossed(self, text: str) -> Iterator[tuple[int, tuple[float, ...]]]:
        """Yield the crossings of two streets that the two halves of the text may mean."""
        for left, right in halves(text):
            ones = self._streets(left)
            others = self._streets(right) if ones else {}
            for one, score in ones.items():
                for other, score2 in others.items():
                    for number in self._met.get((min(one, other), max(one, other)), ()):
                        yield number, (CROSSED, score + score2)

    def _streets(self, text: str) -> dict[str, int]:
        """Names of the streets that a half may mean, the letters left to type with each."""
        found: dict[str, int] = {}
        if text in GENERIC:
            return found
        for variant in typed(text):
            self._keep_streets(found, self._index.starting(variant))
        if not found:
            inside = {number: (INSIDE, -letters) for number, letters in self._index.named_in(text).items()}
            self._keep_streets(found, inside)
        for words in (text.split(" ")[-2:], text.split(" ")[-1:]):  # "the corner of pine"
            if not found:
                self._keep_streets(found, self._index.starting(" ".join(words)))
        return dict(sorted(found.items(), key=lambda item: item[1])[:STREETS_A_PART])

    def _keep_streets(self, found: dict[str, int], hits: dict[int, tuple[int, int]]) -> None:
        for number, (kind, left) in sorted(hits.items(), key=lambda hit: hit[1])[: 10 * STREETS_A_PART]:
            entry = self.entries[number]
            if entry.kind == Kind.STREET:
                cost = left + 10 * kind
                found[entry.name] = min(cost, found.get(entry.name, cost))


def halves(text: str) -> Iterator[tuple[str, str]]:
    """Yield each way in which the text may name two streets.

    >>> list(halves("人民路建设路路口"))
    [('人民路', '建设路')]
    """
    said = TAIL.sub("", text)
    cuts = {match.span() for pattern in (CUT, ENDED) for match in pattern.finditer(said)}
    if not cuts:
        cuts = {match.span() for match in re.finditer(" ", said)}
    for begin, end in sorted(cuts):
        left, right = said[:begin].strip(), said[end:].strip()
        if left and right:
            yield left, right
