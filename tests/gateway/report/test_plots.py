"""Pictures of results: what they say, that they stay inside, and that they can be read without colour."""

from __future__ import annotations

import re
from math import nan
from pathlib import Path
from xml.etree.ElementTree import fromstring as parsed

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from anlan.gateway.report.plots import (
    NARROW,
    PAGE,
    PRINT,
    RISING,
    Bars,
    Heat,
    Lines,
    MapPicture,
    Scatter,
    Series,
    Shade,
    svg_of,
    to_png_picture,
)  # fmt: skip
from anlan.gateway.report.plots.axes import Scale, ticks

FONTS = Path(__file__).resolve().parents[3] / "src/anlan/service/fonts"
NAME = "<盗窃> & theft"
SQUARE = [[[105, 30], [105.01, 30], [105.01, 30.01], [105, 30.01], [105, 30]]]


def shapes(*codes: str) -> dict:
    """Return squares as GeoJSON."""
    return {"type": "FeatureCollection", "features": [
        {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": SQUARE},
         "properties": {"code": code, "name": code, "lon": 105.005, "lat": 30.005}}
        for code in codes
    ]}  # fmt: skip


PICTURES = [
    Bars("Change", [NAME, "b", "c"], [12.5, -40.0, None], "%", [None, -60.0, None], [30.0, None, None]),
    Lines("Weeks", ["1", "2", "3"], [Series(NAME, [1.0, None, 3.0]), Series("b", [1.0] * 3, dashed=True)],
          "per week", ([0.0, 0.0, 1.0], [2.0, 3.0, 4.0]), [2]),
    Scatter("Funnel", [1.0, 5.0], [2.0, 9.0], [NAME, "b"], "expected", "rate",
            [("95 %", [1.0, 6.0], [8.0, 3.0])], [0]),
    Heat("Hours", ["Mon", "Tue"], [str(hour) for hour in range(24)], [[1.0] * 24, [20.0] * 24]),
    MapPicture(NAME, shapes("a", "b"), {"a": 1}, [Shade(RISING[0], "few"), Shade(RISING[4], "many")],
               [(105.002, 30.002, "1")], [(105.004, 30.004)], [(105.005, 30.005, 300.0, "A")], named=True),
]  # fmt: skip


@pytest.mark.parametrize("picture", PICTURES, ids=lambda one: type(one).__name__)
@pytest.mark.parametrize("ink", [PAGE, PRINT], ids=["page", "print"])
def test_every_picture_is_one_svg_with_words(picture, ink):
    """Well-formed at both widths, with a title, and without what the security policy refuses."""
    for width in (720.0, NARROW):
        drawn = svg_of(picture, width=width, ink=ink)
        root = parsed(drawn)  # noqa: S314  our own
        assert root.tag.endswith("svg")
        assert root[0].text == picture.caption
        assert not re.search(r"style=|<script|<style", drawn)
        assert float(root.get("width")) == pytest.approx(width)


@pytest.mark.parametrize("picture", [one for one in PICTURES if not isinstance(one, MapPicture)])
def test_a_page_picture_takes_the_colour_of_the_text(picture):
    """On a page the letters are the theme's: no ink of paper among them, except on fills of their own."""
    words = re.findall(r'<text [^>]*fill="([^"]+)"', svg_of(picture, ink=PAGE))
    allowed = {"currentColor"} | ({"#ffffff", "#1c2b36"} if isinstance(picture, Heat) else set())
    assert set(words) <= allowed


def test_a_heat_stands_upright_where_it_is_narrow():
    """Twenty-four hours do not fit side by side on a phone: they become rows."""
    heat = PICTURES[3]
    assert parsed(svg_of(heat, width=NARROW)).get("height") == str(20 + 20 * 24)  # noqa: S314  our own
    assert parsed(svg_of(heat)).get("height") == str(20 + 20 * 2)  # noqa: S314  our own


def test_a_map_says_its_classes_and_gives_them_away():
    """The legend names each class; GeoJSON carries it beside the shape, with marks and circles."""
    drawn = svg_of(PICTURES[4])
    assert "few" in drawn
    features = PICTURES[4].geojson()["features"]
    assert [f["properties"].get("class") for f in features[:2]] == ["many", None]
    assert [f["geometry"]["type"] for f in features[2:]] == ["Point"] * 3


def test_a_map_of_nothing_is_still_a_picture():
    """No shapes, no marks: an empty picture, no error."""
    nothing = {"type": "FeatureCollection", "features": []}
    assert svg_of(MapPicture("", nothing, {}, [])).startswith("<svg")


def test_a_picture_becomes_png():
    """Typst draws it with the project's fonts; without fonts it says so."""
    assert to_png_picture(svg_of(PICTURES[0]), [FONTS]).startswith(b"\x89PNG")
    with pytest.raises(ValueError, match="fonts"):
        to_png_picture(svg_of(PICTURES[0]), [Path(__file__).parent])


@example(0.0, 5e-324)  # once the logarithm of nothing
@given(st.floats(-1e6, 1e6), st.floats(0, 1e6))
def test_ticks_cover_their_range(low, spread):
    """Round, rising, and from below the least to above the greatest."""
    marks = ticks(low, low + spread)
    assert marks == sorted(marks)
    rounding = 1e-6 * (abs(low) + spread + 1)
    assert marks[0] <= low + rounding
    assert marks[-1] >= low + spread - rounding
    assert len(marks) <= 12


def test_ticks_of_no_number():
    """Nothing known: 0 to 1."""
    assert ticks(nan, nan) == ticks(0, 1)


def test_a_value_outside_stays_at_the_edge():
    """A limit beyond the axis ends at the axis."""
    assert Scale(0, 10, 100, 200).at(50) == 200
