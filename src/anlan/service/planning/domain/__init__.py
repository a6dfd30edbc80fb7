"""What may happen to plans, rosters and trials: the only code that writes them."""

from anlan.service.planning.domain.calibrating import learn_speeds
from anlan.service.planning.domain.jobs import ask_for, run_job, stop_job
from anlan.service.planning.domain.looks import look_at
from anlan.service.planning.domain.plans import NotReady, make_plan, sign_plan
from anlan.service.planning.domain.publishing import publish_plan
from anlan.service.planning.domain.rehearsals import switch_rule
from anlan.service.planning.domain.trials import design_trial, end_trial, start_trial
from anlan.service.planning.domain.work import plan as _registered  # noqa: F401  registers what jobs do

__all__ = [
    "NotReady", "ask_for", "design_trial", "end_trial", "look_at", "make_plan", "publish_plan", "run_job",
    "sign_plan", "start_trial", "stop_job", "switch_rule",
]  # fmt: skip
