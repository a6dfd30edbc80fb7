"""Places by name: beginnings, pinyin, house numbers, crossings, from a real network where there is one."""

from __future__ import annotations

import pytest

from anlan.engine.geo.gazetteer import Entry, Gazetteer, Kind, NameIndex


def street(name: str, area: str = "990101001000") -> Entry:
    """A street somewhere."""
    return Entry(name, Kind.STREET, 105.0, 30.0, metres=900.0, area_code=area)


PLACES = Gazetteer(
    [
        street("人民路"), street("人民东路"), street("建设路"), street("绿洲大道", "990101002000"),
        street("Market Street"), street("3rd Street"), street("Van Ness Avenue"),
        Entry("第一中学", Kind.PREMISES, 105.1, 30.1, "No. 1 Middle School", area_code="990101001000"),
        Entry("人民路", Kind.CROSSING, 105.2, 30.2, "建设路", area_code="990101001000"),
        Entry("3rd Street", Kind.CROSSING, 105.3, 30.3, "Market Street", area_code="990101001000"),
        Entry("人民村网格", Kind.GRID, 105.4, 30.4, area_code="990101001000"),
    ]
)  # fmt: skip


@pytest.mark.parametrize(
    ("said", "first"),
    [
        ("人民路", "人民路"), ("人民", "人民路"), ("rml", "人民路"), ("renmin l", "人民路"),
        ("renminlu", "人民路"), ("RMDL", "人民东路"), ("人民路12号", "人民路"), ("lvzhou", "绿洲大道"),
        ("我在人民路１２号，面馆旁边", "人民路"),
        ("lüz", "绿洲大道"), ("中学", "第一中学"), ("middle", "第一中学"), ("mark", "Market Street"),
        ("12 Market St.", "Market Street"), ("van ness ave", "Van Ness Avenue"), ("third st", "3rd Street"),
        ("by the bank on market street", "Market Street"),
    ],
)  # fmt: skip
def test_finds_what_was_meant(said: str, first: str) -> None:
    """The place meant comes first, in whichever script, with a house number or other words around it."""
    assert PLACES.search(said)[0].name == first


@pytest.mark.parametrize(
    "said",
    [
        "人民路建设路",
        "建设路和人民路",
        "人民路与建设路交叉口",
        "人民路/建设路路口",
        "rml jsl",
        "在人民路和建设路口",
    ],
)
def test_two_streets_name_their_crossing(said: str) -> None:
    """Two streets, in either order and however joined, are their crossing."""
    assert (PLACES.search(said)[0].lon, PLACES.search(said)[0].kind) == (105.2, Kind.CROSSING)


@pytest.mark.parametrize(
    "said", ["market & 3rd", "third and market", "corner of 3rd and market", "market 3rd"]
)
def test_crossings_in_latin_letters(said: str) -> None:
    """The same in English."""
    assert PLACES.search(said)[0].lon == 105.3


@pytest.mark.parametrize("said", ["", " ", "号", "zzzz", "12", "&", "和", "\x00", "×" * 500])
def test_nonsense_finds_nothing(said: str) -> None:
    """What names no place is answered by nothing, not by an error."""
    assert PLACES.search(said) == []


def test_a_grid_gives_way_to_a_street() -> None:
    """Divisions of duty come after what people call a place by."""
    kinds = [entry.kind for entry in PLACES.search("人民")]
    assert kinds.index(Kind.STREET) < kinds.index(Kind.GRID)


def test_scope_leaves_out_the_rest() -> None:
    """Nothing outside the given prefixes is returned."""
    assert PLACES.search("lvzhou", within=("990101001",)) == []
    assert PLACES.search("lvzhou", within=("990101002",)) != []


def test_index_counts_the_letters_left() -> None:
    """An exact name beats its extensions."""
    index = NameIndex([("人民路", 1), ("人民路支路", 2)])
    assert index.starting("人民路") == {1: (0, 0), 2: (1, 2)}
