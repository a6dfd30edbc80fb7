"""What staffing asks for, as patrols of a joint plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anlan.engine.planning.joint.forces import POLICE
from anlan.engine.planning.joint.tasks import Patrol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from anlan.engine.planning.staffing import CellNeed


def patrols(
    needs: Iterable[CellNeed], day: int, crew: int, colours: Mapping[str, str], officers: int = 1
) -> list[Patrol]:
    """The people that one day's need asks for: `crew` a unit, of them `officers` police.

    Raises:
        ValueError: a beat has no colour, or a crew is smaller than its officers.

    """
    if not 0 <= officers <= crew:
        raise ValueError(f"officers: from 0 to crew ({crew}), not {officers}")
    found = []
    for need in needs:
        if need.beat not in colours:
            raise ValueError(f"colours: beat {need.beat} has none")
        police = {POLICE: officers * need.units} if officers * need.units else {}
        found.append(Patrol(need.beat, day, need.shift, crew * need.units, colours[need.beat], police))
    return found
