"""Turn restrictions: OSM's relations, and which sequences of links they forbid."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import osmium

from anlan.engine.geo.roads import RoadLinks, Turns

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from anlan.gateway.roads.cut import Cut
    from anlan.gateway.roads.tags import Profile

TIMED = "turn restrictions at certain times only"
OTHERS = "turn restrictions that do not bind this driver"
UNREADABLE = "turn restrictions that cannot be read"
UNFIT = "turn restrictions that do not fit the roads"
MOOT = "turn restrictions of roads not driven"
MOST_VIA = 12
HOURS = frozenset({"hour_on", "hour_off", "day_on", "day_off"})  # older tags for what is conditional today


@dataclass(frozen=True)
class Restriction:
    """No turn, or only this one, from ways via a node or ways to ways, all by OSM id."""

    only: bool
    from_: tuple[int, ...]
    via: int | None
    through: tuple[int, ...]
    to: tuple[int, ...]


@dataclass
class Restrictions:
    """Restrictions that bind the driver, and those passed over, by reason."""

    rows: list[Restriction] = field(default_factory=list)
    passed_over: Counter[str] = field(default_factory=Counter)


def read_restrictions(path: Path, profile: Profile) -> Restrictions:
    """Read the turn restrictions of an OSM file that bind this driver at all times."""
    found = Restrictions()
    source: Any = osmium.FileProcessor(str(path), osmium.osm.RELATION).with_filter(
        osmium.filter.TagFilter(("type", "restriction"))
    )
    for relation in source:
        kind = binding(dict(relation.tags), profile)
        members = [(member.type, member.role, member.ref) for member in relation.members]
        one = kind if isinstance(kind, str) else _restriction(kind, members)
        if isinstance(one, str):
            found.passed_over[one] += 1
        else:
            found.rows.append(one)
    return found


def binding(tags: Mapping[str, str], profile: Profile) -> bool | str:
    """Whether a restriction leaves only its turn (True) or forbids it (False); why it is passed over."""
    keys = ("restriction", *(f"restriction:{vehicle}" for vehicle in sorted(profile.vehicles)))
    value = next((tags[key] for key in keys if key in tags), None)
    if value is None:
        timed = any(f"{key}:conditional" in tags for key in keys)
        return TIMED if timed else OTHERS
    if not tags.keys().isdisjoint(HOURS):
        return TIMED
    if profile.exempt & {word.strip() for word in tags.get("except", "").split(";")}:
        return OTHERS
    if not value.startswith(("no_", "only_")):
        return UNREADABLE
    return value.startswith("only_")


def _restriction(only: bool, members: Sequence[tuple[str, str, int]]) -> Restriction | str:
    def those(kind: str, role: str) -> tuple[int, ...]:
        return tuple(ref for type_, part, ref in members if (type_, part) == (kind, role))

    from_, to, nodes, ways = those("w", "from"), those("w", "to"), those("n", "via"), those("w", "via")
    if not from_ or not to or (len(nodes) != 1 if not ways else bool(nodes)):
        return UNREADABLE
    return Restriction(only, from_, nodes[0] if nodes else None, ways, to)


def observe(cut: Cut, restrictions: Restrictions) -> tuple[RoadLinks, dict[str, int]]:
    """The links with the turns that the restrictions forbid, and what was passed over."""
    passed_over = Counter(restrictions.passed_over)
    if not restrictions.rows:
        return cut.links, dict(passed_over)
    roads = _Roads(cut, restrictions.rows)
    sequences: list[tuple[int, ...]] = []
    for one in restrictions.rows:
        turns = roads.turns(one)
        if isinstance(turns, str):
            passed_over[turns] += 1
        else:
            sequences += roads.forbidden(turns, only=one.only)
    return replace(cut.links, turns=Turns.of(sequences)), dict(passed_over)


class _Roads:
    """Links by way and by the node they leave."""

    def __init__(self, cut: Cut, rows: Sequence[Restriction]) -> None:
        self.tail, self.head = cut.links.tail.tolist(), cut.links.head.tolist()
        self.begin, self.end = cut.begin.tolist(), cut.end.tolist()
        self.leaving: dict[int, list[int]] = defaultdict(list)
        for link, node in enumerate(self.tail):
            self.leaving[node].append(link)
        wanted = {way for one in rows for way in (*one.from_, *one.through, *one.to)}
        self.of_way: dict[int, list[int]] = defaultdict(list)
        for link, way in enumerate(cut.way.tolist()):
            if way in wanted:
                self.of_way[way].append(link)

    def turns(self, one: Restriction) -> list[tuple[int, ...]] | str:
        """The sequences of links that a restriction speaks of, or why there are none."""
        found: list[tuple[int, ...]] = []
        for from_ in one.from_:
            for to in one.to:
                if not self.of_way[from_] or not self.of_way[to]:
                    # Nobody drives there anyway; but "only" there would forbid all other ways.
                    continue
                paths = self._via_node(from_, one.via, to) if one.via is not None else None
                if paths is None:
                    paths = list(self._through(from_, one.through, to))
                if len(paths) > 1:
                    return UNFIT
                found += paths
        if found:
            return found
        driven = all(self.of_way[way] for way in (*one.from_, *one.to))
        return UNFIT if driven and one.only else MOOT

    def _via_node(self, from_: int, via: int, to: int) -> list[tuple[int, ...]]:
        arriving = [link for link in self.of_way[from_] if self.end[link] == via]
        leaving = [link for link in self.of_way[to] if self.begin[link] == via]
        return [(a, b) for a in arriving for b in leaving if self.head[a] == self.tail[b]]

    def _through(self, from_: int, ways: Sequence[int], to: int) -> Iterator[tuple[int, ...]]:
        """Ways from the end of a link of `from_` along links of `ways` to the beginning of one of `to`."""
        between = {link for way in ways for link in self.of_way[way]}
        ends = {self.tail[link]: link for link in self.of_way[to]}
        stack: list[tuple[int, ...]] = [(link,) for link in self.of_way[from_]]
        while stack:
            path = stack.pop()
            node = self.head[path[-1]]
            if len(path) > 1 and node in ends:
                yield (*path, ends[node])
                continue
            passed = {self.tail[link] for link in path}
            if len(path) <= MOST_VIA:
                stack += [
                    (*path, link)
                    for link in self.leaving[node]
                    if link in between and self.head[link] not in passed
                ]

    def forbidden(self, turns: Sequence[tuple[int, ...]], *, only: bool) -> Iterator[tuple[int, ...]]:
        """The turns themselves; or, where only they are allowed, all others after the same beginning."""
        if not only:
            yield from turns
            return
        allowed = set(turns)
        for path in dict.fromkeys(turn[:-1] for turn in turns):
            for link in self.leaving[self.head[path[-1]]]:
                if (*path, link) not in allowed:
                    yield (*path, link)
