"""Storing areas, beats, grids and places; resolving points."""

import numpy as np
import pytest
import shapely

from anlan.service.log.models import Event
from anlan.service.places import domain, queries
from anlan.service.places.models import Area, Grid, StandbyPost
from anlan.service.places.rows import AreaRow, BeatRow, GridRow, PlaceRow, Stored

pytestmark = pytest.mark.django_db

COUNTY = "990101"
CODE = "990101000000"


def square(column: int, row: int) -> shapely.Polygon:
    """Return a cell of a hundredth of a degree."""
    west, south = 106 + column / 100, 30 + row / 100
    return shapely.box(west, south, west + 0.01, south + 0.01)


def county() -> None:
    """Store a county with two beats of one grid each."""
    outline = shapely.box(106, 30, 106.02, 30.01)
    domain.store_county(AreaRow(CODE, "Anlan", shape=outline, time_zone="Asia/Shanghai"))
    domain.store_beats(COUNTY, [BeatRow("B1", CODE, "West"), BeatRow("B2", CODE, "East")])
    domain.store_grids(COUNTY, grids())


def grids() -> list[GridRow]:
    """Return the two grids."""
    return [GridRow(f"{CODE}000{n}", CODE, square(n, 0), beat_code=f"B{n + 1}") for n in (0, 1)]


def test_resolve_gives_area_grid_and_beat() -> None:
    """A point inside a grid has all three codes."""
    county()
    assert queries.resolve(COUNTY, 106.015, 30.005) == queries.Place(CODE, f"{CODE}0001", "B2")


def test_resolve_outside_gives_the_county_alone() -> None:
    """A point in no grid is the county's, not dropped."""
    county()
    assert queries.resolve(COUNTY, 107, 31) == queries.Place(CODE)


def test_grid_table_holds_sizes_and_codes() -> None:
    """The engine gets grids in order of code with true sizes."""
    county()
    table = queries.grid_table(COUNTY)
    assert list(table.beat_codes) == ["B1", "B2"]
    assert table.area_m2 == pytest.approx([1_070_000, 1_070_000], rel=0.01)
    assert np.isnan(table.population).all()


def test_second_import_changes_nothing() -> None:
    """The same rows again are all the same."""
    county()
    assert domain.store_grids(COUNTY, grids()) == Stored(same=2)


def test_replace_removes_other_grids_and_resolve_follows() -> None:
    """After a replacement the locator knows only the new grids."""
    county()
    assert queries.resolve(COUNTY, 106.005, 30.005).grid_code
    stored = domain.store_grids(COUNTY, grids()[1:], replace=True)
    assert (stored.removed, queries.resolve(COUNTY, 106.005, 30.005).grid_code) == (1, "")


def test_one_event_for_each_store() -> None:
    """Each store function leaves exactly one event."""
    county()
    assert [e.data["what"] for e in Event.objects.order_by("id")] == ["areas", "beats", "grids"]


def test_unknown_parent_names_the_row_and_stores_nothing() -> None:
    """An orphan refuses the whole set."""
    rows = [AreaRow("990101", "Anlan"), AreaRow("990102001", "Elsewhere")]
    with pytest.raises(domain.PlaceError, match=r"row 2: 990102001000 Elsewhere has parent 990102000000"):
        domain.store_areas(rows)
    assert not Area.objects.exists()


def test_duplicate_code_names_both_rows() -> None:
    """A code given twice is refused."""
    with pytest.raises(domain.PlaceError, match="row 2: code 990101000000 was already given in row 1"):
        domain.store_areas([AreaRow("990101", "A"), AreaRow("990101", "B")])


def test_names_do_not_wipe_outlines() -> None:
    """A later file without outlines keeps the stored outline and time zone."""
    county()
    domain.store_areas([AreaRow("990101", "安澜县")])
    area = Area.objects.get(code=CODE)
    assert (area.name, area.shape is not None, area.time_zone) == ("安澜县", True, "Asia/Shanghai")


def test_posts_are_resolved_when_stored() -> None:
    """A post carries its grid and beat from the door on."""
    county()
    domain.store_points(COUNTY, "post", [PlaceRow("P1", "Bridge", shapely.Point(106.005, 30.005))])
    post = StandbyPost.objects.get()
    assert (post.grid_code, post.beat_code) == (f"{CODE}0000", "B1")


def test_grid_of_an_unknown_beat_is_refused() -> None:
    """Grids name beats that exist."""
    county()
    with pytest.raises(domain.PlaceError, match="import the beats first"):
        domain.store_grids(COUNTY, [GridRow(f"{CODE}0009", CODE, square(5, 5), beat_code="B9")])
    assert Grid.objects.count() == 2
