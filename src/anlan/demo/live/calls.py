"""Calls of a day as they come in: when, of what type, where, and what the caller says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from anlan.demo.generate.incidents import addresses, daily_rates, rhythm_of
from anlan.demo.generate.plane import to_degrees
from anlan.demo.generate.rhythm import hours

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from anlan.demo.generate import DemoCounty
    from anlan.gateway.files.taxonomy import TypeEntry

DETAILS = {
    "help": "请求帮助，来电人在现场等候",
    "traffic": "两车相碰，无人受伤，影响通行",
    "disorder": "有人争吵，声音很大，围观人多",
    "theft": "来电人称财物被盗，请求到场",
    "fraud": "来电人称接到可疑电话后转账",
    "rescue": "有人身体不适，需要救护",
    "city": "占道经营，影响行人通过",
    "violence": "有人动手，请尽快到场",
    "damage": "发现公共设施被损坏",
    "fire": "看到冒烟，未见明火",
    "drugs": "反映该处经常聚集，请核实",
    "other": "来电人反映情况，请核实",
    "robbery": "来电人称刚被抢走手机，人已跑远",
    "eight": "情况紧急，请立即到场",
}


@dataclass(frozen=True)
class LiveCall:
    """One call."""

    type_code: str
    address: str
    details: str
    lon: float
    lat: float


class Calls:
    """Draws calls by the generator's own rhythm and places."""

    def __init__(self, demo: DemoCounty, types: Sequence[TypeEntry], rng: np.random.Generator) -> None:
        self.demo, self.rng = demo, rng
        self.types = [entry for entry in types if entry.source == "resident"]
        rates = daily_rates(types, demo.scale.per_day)
        self.rates = np.array(
            [rate for rate, entry in zip(rates, types, strict=True) if entry.source == "resident"]
        )

    def rate(self, now: datetime) -> np.ndarray:
        """Calls a second of each type at that local time, shape (types,)."""
        weekend, quarter = now.weekday() >= 5, now.hour * 4 + now.minute // 15
        share = np.array([hours(rhythm_of(entry), weekend=weekend)[quarter] for entry in self.types])
        return self.rates * share / 900

    def within(self, now: datetime, seconds: float) -> list[LiveCall]:
        """The calls of the next so many seconds of the simulated day."""
        rate = self.rate(now)
        count = int(self.rng.poisson(rate.sum() * seconds))
        return [self.draw(rate) for _ in range(count)]

    def draw(self, rate: np.ndarray) -> LiveCall:
        """One call, its type by the rates."""
        return self.of(self.types[int(self.rng.choice(len(rate), p=rate / rate.sum()))])

    def of(self, entry: TypeEntry) -> LiveCall:
        """One call of a type, where such calls come from."""
        town = self.demo.town
        cell = self.rng.choice(len(town.cells.seed), 1, p=town.sites.weight[rhythm_of(entry).where])
        point = town.sites.draw(cell, self.rng)
        (lon, lat), address = to_degrees(point)[0], addresses(town, cell, point)[0]
        return LiveCall(entry.code, f"{address}附近", DETAILS.get(entry.category, ""), float(lon), float(lat))
