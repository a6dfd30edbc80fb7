"""Joint command: several forces with their own rules in one plan of checkpoints, patrols and standby."""

from anlan.engine.planning.joint.answer import ForceUse, JointPlan, OfficeTurns, Relief, Sent, Short
from anlan.engine.planning.joint.explain import Conflict, Relaxed, explain
from anlan.engine.planning.joint.fairness import Fairness
from anlan.engine.planning.joint.forces import ARMED, POLICE, TASKS, Force, Office, Task
from anlan.engine.planning.joint.needs import patrols
from anlan.engine.planning.joint.plan import JointEffort, plan_together
from anlan.engine.planning.joint.problem import JointProblem, Pin
from anlan.engine.planning.joint.table import joint_problem
from anlan.engine.planning.joint.tasks import (
    FACTOR,
    ORDER,
    RINGS,
    Cell,
    Checkpoint,
    Patrol,
    Standby,
    ordered_prices,
)

__all__ = [
    "ARMED",
    "FACTOR",
    "ORDER",
    "POLICE",
    "RINGS",
    "TASKS",
    "Cell",
    "Checkpoint",
    "Conflict",
    "Fairness",
    "Force",
    "ForceUse",
    "JointEffort",
    "JointPlan",
    "JointProblem",
    "Office",
    "OfficeTurns",
    "Patrol",
    "Pin",
    "Relaxed",
    "Relief",
    "Sent",
    "Short",
    "Standby",
    "Task",
    "explain",
    "joint_problem",
    "ordered_prices",
    "patrols",
    "plan_together",
]
