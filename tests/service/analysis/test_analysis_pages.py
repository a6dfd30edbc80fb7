"""Each method's page opens, answers, gives its files, and says what is wrong with a question."""

from __future__ import annotations

import io
import json

import openpyxl
import polars as pl
import pytest
from django.urls import reverse
from tests.factories import TOWNSHIPS

from anlan.engine.analysis.comparison import compare
from anlan.service.analysis.ground import Ground
from anlan.service.analysis.methods import METHODS, comparison
from anlan.service.places.models import Grid
from anlan.service.staff.models import Role

EVERY = pytest.mark.parametrize("kind", METHODS)
HTMX = {"HX-Request": "true"}
QUICK: dict[str, dict[str, str]] = {
    "local": {"permutations": "999"},
    "moran": {"permutations": "999"},
    "scan": {"replicas": "99", "start": "2026-01-15"},
    "evaluation": {"windows": "4"},
    "repeats": {"permutations": "99", "start": "2026-01-15"},
    "audit": {"start": "2026-01-15"},
}
"""Parameters that keep a heavy method small in tests."""


def ask(client, kind, name="analysis:result", **given):
    """Get a method's result."""
    return client.get(reverse(name, args=[kind]), QUICK.get(kind, {}) | given, headers=HTMX)


def file(client, kind, form, **given):
    """Download a file of a method."""
    return client.get(reverse("analysis:file", args=[kind, form]), QUICK.get(kind, {}) | given)


def test_the_index_lists_every_method(county, client_as):
    """Each method under its question, with its address."""
    page = client_as(Role.ANALYST).get(reverse("analysis:index")).content.decode()
    assert [kind for kind in METHODS if reverse("analysis:method", args=[kind]) not in page] == []


@EVERY
def test_every_method_answers_in_both_languages(kind, history, client_as, django_assert_max_num_queries):
    """The page asks for its result; that has words, doubts, tables, and a bounded number of queries."""
    client = client_as(Role.ANALYST)
    page = client.get(reverse("analysis:method", args=[kind]), QUICK.get(kind, {"area": ""}))
    assert page.status_code == 200
    assert reverse("analysis:result", args=[kind]) in page.content.decode()
    with django_assert_max_num_queries(40):
        answer = ask(client, kind)
    assert answer.status_code == 200
    found = answer.context["finding"]
    assert found.says
    assert found.limits
    assert found.sheets
    assert "<html" not in answer.content.decode()
    client.cookies["django_language"] = "zh-hans"
    assert ask(client, kind).status_code == 200


def test_every_method_without_data_says_so(county, client_as):
    """A county without history: an empty state in words, and no file."""
    client = client_as(Role.ANALYST)
    for kind in METHODS:
        answer = ask(client, kind)
        assert (kind, answer.status_code) == (kind, 200)
        assert answer.context["nothing"]
    assert file(client, kind, "pdf").status_code == 400


@pytest.mark.parametrize(
    "given",
    [
        {"start": "soon"}, {"start": "2026-03-01", "end": "2026-02-01"}, {"types": "murder"},
        {"area": "110101001"}, {"end": "9999-12-31", "start": "0001-01-01"},
    ],
    ids=["date", "backwards", "type", "elsewhere", "ages"],
)  # fmt: skip
def test_a_bad_question_is_refused_by_field(given, county, client_as):
    """The field is named on the page of every method; the file says why."""
    client = client_as(Role.ANALYST)
    asked = {name: one for name, one in METHODS.items() if set(given) <= {*one.form.base_fields}}
    for kind in asked:
        page = client.get(reverse("analysis:method", args=[kind]), given)
        assert (kind, page.status_code) == (kind, 400)
        assert set(page.context["form"].errors) & set(given)
        assert "is-invalid" in page.content.decode()
    assert ask(client, kind, **given).status_code == 400
    answer = file(client, kind, "csv", **given)
    assert answer.status_code == 400
    assert next(iter(page.context["form"].errors)) in answer.content.decode()


def test_unknown_methods_files_and_parts_do_not_exist(history, client_as):
    """404, not an error."""
    client = client_as(Role.ANALYST)
    assert client.get(reverse("analysis:method", args=["magic"])).status_code == 404
    assert file(client, "comparison", "exe").status_code == 404
    assert file(client, "comparison", "csv", part="nothing").status_code == 404


def test_files_hold_what_the_page_showed(history, client_as):
    """Tables as tables with numbers, the map as GeoJSON and SVG, a picture as PNG, the whole as PDF."""
    client = client_as(Role.ANALYST)
    frame = pl.read_csv(io.BytesIO(file(client, "comparison", "csv").content))
    same = pl.read_parquet(io.BytesIO(file(client, "comparison", "parquet", part="types").content))
    assert frame["observed"].sum() == same["observed"].sum() == 28 * 8 + 28 * 6
    book = openpyxl.load_workbook(io.BytesIO(file(client, "comparison", "xlsx").content))
    assert len(book.worksheets) == 2
    assert isinstance(book.worksheets[0]["C2"].value, int)
    shapes = json.loads(file(client, "comparison", "geojson").content)["features"]
    values = {one["properties"]["code"]: one["properties"].get("value") for one in shapes}
    assert sorted(values.values()) == [0.0, pytest.approx(1.5)]
    assert file(client, "comparison", "svg", part="map").content.startswith(b"<svg")
    assert file(client, "comparison", "png").content.startswith(b"\x89PNG")
    assert file(client, "comparison", "pdf").content.startswith(b"%PDF")


def test_the_comparison_sees_the_rise(history, client_as):
    """112 extra incidents of the first grid are a clear rise of its beat alone."""
    finding = ask(client_as(Role.ANALYST), "comparison").context["finding"]
    beats = finding.sheets["beats"].frame
    assert beats["clear"].to_list()[0]
    assert not beats["clear"].to_list()[1]
    assert "rise" in finding.says[0]


def test_a_fall_is_told_without_a_minus(county):
    """Half as many are a fall of 50 %, not of −50 %."""
    [told] = comparison._says(compare("", 500, 1000, 10, 10), [], Ground(county).names)
    assert "a fall of 50.0 %" in told


def test_the_rhythm_sees_the_hours(history, client_as):
    """Incidents fall into the fifteen hours that they were given, in the county's own time."""
    frame = ask(client_as(Role.ANALYST), "rhythm").context["finding"].sheets["hours"].frame
    assert sorted(set(frame.filter(pl.col("count") > 0)["hour"])) == [*range(8, 23)]


def test_the_density_peaks_where_it_rose(history, client_as):
    """The first peak lies in the first grid's beat."""
    frame = (
        ask(client_as(Role.ANALYST), "density", start="2026-02-01").context["finding"].sheets["peaks"].frame
    )
    first = Grid.objects.order_by("code")[0]
    assert frame["lon"][0] == pytest.approx(first.lon + 1e-3, abs=2e-3)


@pytest.mark.parametrize("kind", ["comparison", "density", "rhythm"])
def test_a_township_sees_its_own(kind, history, client_as):
    """A reader posted in one township gets its figures alone, and cannot ask for another's beats."""
    client = client_as(Role.ANALYST, TOWNSHIPS[0])
    whole = ask(client_as(Role.ANALYST), kind).context["finding"].facts[0][1]
    own = ask(client, kind)
    assert own.context["finding"].facts[0][1] != whole
    other = Grid.objects.exclude(area_code__startswith=TOWNSHIPS[0][:9]).first()
    assert ask(client, kind, area=other.beat_id).status_code == 400


def test_without_scripts_the_result_is_a_page(history, client_as):
    """The link in `noscript` leads to a whole page."""
    answer = client_as(Role.ANALYST).get(reverse("analysis:result", args=["comparison"]))
    assert "<html" in answer.content.decode()
    assert answer.context["finding"]


def test_types_narrow_and_categories_stand_for_their_types(history, client_as):
    """One type is a third; its category is all."""
    client = client_as(Role.ANALYST)

    def total(**given):
        return ask(client, "comparison", **given).context["finding"].facts[0][1]

    assert total(types="category:theft") == total()
    assert total(types=["burglary", "theft-other"]) == total()
    assert total(types="burglary") != total()


def test_new_incidents_are_seen_at_once(history, client_as):
    """What is kept in memory gives way when the history changes."""
    from tests.service.analysis.conftest import rows

    client = client_as(Role.ANALYST)
    before = ask(client, "comparison").context["finding"].facts[0][1]
    history.write("990101", rows(1, list(Grid.objects.all()[:1]), 5, "late"))
    assert ask(client, "comparison").context["finding"].facts[0][1] != before
