"""What is asked for is checked when it is made."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.engine.planning.routes.cases import FROM, UNTIL
from tests.engine.planning.routes.test_solve import on_a_road

from anlan.engine.planning.routes import Kind, Line, Meal, Point, Spot, Travel, Unit

UNIT = Unit("U", Kind.CAR, "P0", "P0", FROM, UNTIL)
LINE = Line("L", "P0", "P1", {Kind.CAR: 60}, {})


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("seconds of a meal", lambda: Meal(0, 0, 1)),
        ("windows of meal", lambda: Meal(60, 1, 0)),
        ("until_s of unit U", lambda: replace(UNIT, until_s=FROM)),
        ("room of unit U", lambda: replace(UNIT, room=1.0)),
        ("meal of unit U", lambda: replace(UNIT, meal=Meal(UNTIL, FROM, UNTIL))),
        ("visits of M", lambda: Point("M", "P0", 60, 0)),
        ("gap_s of M", lambda: Point("M", "P0", 60, 1, -1)),
        ("windows of M", lambda: Point("M", "P0", 60, windows=((5, 9), (8, 12)))),
        ("forth_s of L", lambda: replace(LINE, forth_s={})),
        ("seconds of L", lambda: replace(LINE, forth_s={Kind.CAR: -1})),
        ("prize of L", lambda: replace(LINE, prize=-1.0)),
        ("prize of S", lambda: Spot("S", "P0", float("nan"))),
        ("longest_s of S", lambda: Spot("S", "P0", 1.0, seconds=800, longest_s=700)),
        ("again of S", lambda: Spot("S", "P0", 1.0, again=1.5)),
        ("places", lambda: Travel(["A", "A"], {})),
        ("seconds of car", lambda: Travel(["A"], {Kind.CAR: np.zeros((2, 2))})),
        ("metres of car", lambda: Travel(["A"], {}, {Kind.CAR: np.full((1, 1), -1.0)})),
        ("units", lambda: replace(on_a_road(), units=[])),
        ("units", lambda: replace(on_a_road(), units=[UNIT, UNIT])),
        ("points, lines and spots", lambda: on_a_road(Point("M", "P0", 1), Spot("M", "P0", 1.0))),
        ("place P77 of M", lambda: on_a_road(Point("M", "P77", 1))),
        ("seconds: no travel times", lambda: on_a_road(kind=Kind.BIKE)),
        ("prize of drive_price", lambda: replace(on_a_road(), drive_price=-1.0)),
    ],
)
def test_what_is_out_of_range_is_refused_by_name(name: str, make: object) -> None:
    """Parameter and code."""
    with pytest.raises(ValueError, match=f"^{name}"):
        make()
