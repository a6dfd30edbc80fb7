"""Address search as one types: every prefix of every street, every crossing, on real and on Chinese names."""

from __future__ import annotations

import time
from itertools import pairwise
from typing import TYPE_CHECKING

from anlan.engine.geo.gazetteer import Entry, Gazetteer, Kind, crossings, streets
from bench.claims import at_most, machine, quantiles
from bench.networks import network

if TYPE_CHECKING:
    from collections.abc import Iterator

CHARACTERS = "人民建设解放中山和平新华胜利文化东西南北长江黄河青松柳桥石井湾塘"
COUNTY = 20_000


def keys(entries: list[Entry]) -> Iterator[str]:
    """What is typed on the way to each street, and each crossing said as two names."""
    for entry in entries:
        if entry.kind == Kind.CROSSING:
            yield f"{entry.name} & {entry.other}"
        else:
            yield from (entry.name[:end] for end in range(1, len(entry.name) + 1))


def chinese(count: int) -> list[Entry]:
    """Streets of three characters and 路, and the crossing of each with the next."""
    size = len(CHARACTERS)
    places = [(n % size, n // size % size, n // size**2 % size) for n in range(count)]
    names = ["".join(CHARACTERS[place] for place in three) + "路" for three in places]
    roads = [Entry(name, Kind.STREET, 105.0, 30.0, metres=1000) for name in names]
    pairs = pairwise(names)
    return [*roads, *(Entry(min(pair), Kind.CROSSING, 105.0, 30.0, max(pair)) for pair in pairs)]


def run(name: str, entries: list[Entry], most: int) -> None:
    """Build the index and type at most so many texts."""
    begin = time.perf_counter()
    known = Gazetteer(entries)
    built = time.perf_counter() - begin
    texts = list(keys(entries))
    texts = texts[:: max(len(texts) // most, 1)]
    spent = []
    for text in texts:
        begin = time.perf_counter()
        known.search(text)
        spent.append(time.perf_counter() - begin)
    p50, p99 = quantiles(spent)
    print(f"  {name}: {len(entries):,} entries, indexed in {built:.1f} s, {len(texts):,} searches")
    at_most(f"address_search_{name}_p50", p50 * 1000, 5, "ms")
    at_most(f"address_search_{name}_p99", p99 * 1000, 50, "ms")


if __name__ == "__main__":
    print(f"gazetteer, {machine()}")
    city = network("sf")
    run("sf", [*streets(city), *crossings(city)], 8_000)
    run("chinese_20000", chinese(COUNTY), 2_000)
