"""Small incident files of every kind, made for the tests that read them."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import shapely

from anlan.engine.geo.locate import Locator
from anlan.gateway.files.mapping import Mapping
from anlan.gateway.files.places import Places

COUNTY = "990100"
START = datetime(2026, 3, 1, 8, 30)
HEADER = "id,when,kind,where,lon,lat"
CN_HEADER = (
    "接警编号,接警时间,派警时间,到达时间,结案时间,报警方式,报警类别,报警类型,报警地址,经度,纬度,管辖单位"
)
CN_KINDS = (
    ("刑事", "抢劫"),
    ("治安", "入室盗窃"),
    ("治安", "殴打他人"),
    ("交通", "财损事故"),
    ("求助", "开锁求助"),
    ("治安", "邻里纠纷"),
)


def mapping(**changes: object) -> Mapping:
    settings: dict[str, object] = {
        "name": "plain",
        "occurred": ("when",),
        "formats": ("%Y-%m-%d %H:%M:%S",),
        "zone": "Asia/Shanghai",
        "key": ("id",),
        "lon": "lon",
        "lat": "lat",
        "crs": "WGS84",
        "address": "where",
        "type_columns": ("kind",),
        "types": {"burglary": "burglary", "drugs": "drug-possession"},
    }
    return Mapping(**{**settings, **changes})  # type: ignore[arg-type]


def places() -> Places:
    """Two grids of 0.01° side by side from (105, 30), inside a county twice as high."""
    squares = np.array([shapely.box(105.0, 30.0, 105.01, 30.01), shapely.box(105.01, 30.0, 105.02, 30.01)])
    county = np.array([shapely.box(105.0, 30.0, 105.02, 30.02)])
    codes = ["9901000010000001", "9901000010000002"]
    areas = ["990100001000", "990100001000"]
    return Places(COUNTY, Locator(codes, squares), codes, areas, ["B1", "B2"], Locator([COUNTY], county))


def line(number: int, **changes: object) -> str:
    facts: dict[str, object] = {
        "id": f"N{number}",
        "when": f"{START + timedelta(hours=7 * number):%Y-%m-%d %H:%M:%S}",
        "kind": "burglary" if number % 3 else "drugs",
        "where": f"street {number}",
        "lon": 105.001 + (number % 18) / 1000,
        "lat": 30.005,
    }
    return ",".join(str(value) for value in {**facts, **changes}.values())


def write(path: Path, lines: list[str], header: str = HEADER, encoding: str = "utf-8") -> Path:
    path.write_bytes("\n".join([header, *lines, ""]).encode(encoding))
    return path


def chinese(path: Path, count: int = 60, encoding: str = "gb18030", ascii_first: int = 0) -> Path:
    """A 110 export; the first rows may be free of Chinese beyond the header."""
    lines = []
    for number in range(count):
        major, minor = CN_KINDS[number % len(CN_KINDS)]
        at = START + timedelta(hours=5 * number)
        times = [f"{at + timedelta(minutes=minutes):%Y-%m-%d %H:%M:%S}" for minutes in (0, 1, 6, 40)]
        address = f"No {number}" if number < ascii_first else f"人民路{number}号镕基小区"
        way = "巡逻发现" if number % 10 == 9 else "电话"
        lon, lat = 105.001 + (number % 18) / 1000, 30.005
        lines.append(
            ",".join(
                [f"11026{number:07}", *times, way, major, minor, address, str(lon), str(lat), "城关派出所"]
            )
        )
    return write(path, lines, CN_HEADER, encoding)
