"""The p-median on published instances."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.sparse.csgraph import shortest_path

from anlan.engine.planning.mip import Status
from anlan.engine.planning.posts import Effort, Model, Request, place

# Beasley, "OR-Library", Journal of the Operational Research Society 41 (1990), 1069-1072.
OPTIMA = {1: 5819, 2: 4093, 3: 4250, 6: 7824, 8: 4445, 10: 1255, 14: 2968, 18: 4809}


def distances(path: Path) -> tuple[np.ndarray, int]:
    """Shortest ways between all vertices and p; of repeated edges the last counts."""
    numbers = np.array(path.read_text(encoding="ascii").split(), float)
    size, p = int(numbers[0]), int(numbers[2])
    length = np.zeros((size, size))
    for one, other, cost in numbers[3:].reshape(-1, 3):
        length[int(one) - 1, int(other) - 1] = length[int(other) - 1, int(one) - 1] = cost
    return shortest_path(csr_array(length), directed=False), p


@pytest.mark.realdata
@pytest.mark.parametrize(("number", "optimum"), OPTIMA.items())
def test_the_published_optimum_is_found_and_proven(shared_data: Path, number: int, optimum: int) -> None:
    """Costs are whole, so the proof is complete."""
    table, p = distances(shared_data / f"or/pmed/pmed{number}.txt")
    ask = Request(table, np.ones(len(table)), p, Model.P_MEDIAN, high=1)
    plan = place(ask, Effort(time_limit_s=60, gap=0.0))
    assert -plan.value == optimum
    assert (plan.status, plan.gap) == (Status.OPTIMAL, 0.0)
    assert int(plan.cars.sum()) == p
