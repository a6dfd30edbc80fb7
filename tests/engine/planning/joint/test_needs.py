"""The need of staffing as patrols of a joint plan."""

from __future__ import annotations

import numpy as np
import pytest
from tests.engine.planning.joint.cases import QUICK

from anlan.engine.planning.joint import (
    Force,
    JointProblem,
    patrols,
    plan_together,
)
from anlan.engine.planning.staffing import Travel, Work, minimum


def test_the_need_of_staffing_becomes_patrols() -> None:
    """Units times crew, an officer in each; a beat without a colour is named."""
    work = Work(["a"], np.full((1, 1, 3), 6.0), (1800.0,))
    need = minimum(work, Travel.square_root_law(20.0, 40.0))
    found = patrols(need, 2, 3, {"a": "red"})
    assert [(one.shift, one.people) for one in found] == [(one.shift, 3 * one.units) for one in need]
    assert found[0].needs == {"police": need[0].units}
    problem = JointProblem(("IV",) * 3, [Force("police", 99, ("police",))], patrols=found)
    assert plan_together(problem, effort=QUICK).price == 0
    with pytest.raises(ValueError, match="beat a has none"):
        patrols(need, 0, 2, {})
    with pytest.raises(ValueError, match="officers"):
        patrols(need, 0, 1, {"a": "red"}, officers=2)
