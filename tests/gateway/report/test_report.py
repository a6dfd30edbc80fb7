"""A report becomes PDF and HTML, with every word escaped and the fonts asked for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.gateway.report import Heat, MapPart, Report, Section, Table, to_html, to_pdf

SQUARE = {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}
BEAT = {
    "type": "Feature",
    "geometry": SQUARE,
    "properties": {"code": "B", "name": "北", "lon": 0.5, "lat": 0.3},
}


def report(title="研判 & <b>"):
    """Return a report with one of everything."""
    part = MapPart(
        {"features": [BEAT]}, {"B": "red"}, [(0.2, 0.1, "1")], [(0.4, 0.2)], [("red", "Red")], "map"
    )
    table = Table(["Beat", "Colour"], [["北", "Red"]], colours=["red"])
    heat = Heat("hours", ["Mon"], ["00", "01"], [[0.5, 12.0]])
    section = Section("all", "All", ["text"], [table], [heat], ["one"], part)
    return Report(title, "2026", "en", [("Expected", "12")], [section], "foot")


def test_words_are_escaped():
    """A beat named like markup stays words."""
    page = to_html(report())
    assert "研判 &amp; &lt;b&gt;" in page
    assert "<b>" not in page.replace("<b>hours</b>", "")


@given(st.text(max_size=30))
def test_any_title_gives_a_whole_page(title):
    """No text breaks the document."""
    assert to_html(report(title)).endswith("</html>")


def test_a_ragged_row_is_refused_by_number():
    """The message says which row."""
    with pytest.raises(ValueError, match=r"rows\[1\]: 1 cells"):
        Table(["a", "b"], [["1", "2"], ["3"]])


def test_without_fonts_no_pdf_is_promised(tmp_path):
    """An empty font folder is an error by name, not a page of boxes."""
    with pytest.raises(ValueError, match="fonts"):
        to_pdf(report(), [tmp_path])


def test_the_pdf_is_one(pytestconfig):
    """Typst sets the report with the fonts of the site."""
    fonts = pytestconfig.rootpath / "src/anlan/service/fonts"
    if not any(fonts.glob("*.ttf")):
        pytest.skip("fonts not built")
    assert to_pdf(report(), [fonts]).startswith(b"%PDF")
