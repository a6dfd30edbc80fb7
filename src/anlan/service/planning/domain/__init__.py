"""What may happen to plans, rosters and trials: the only code that writes them."""

from anlan.service.planning.domain.jobs import ask_for, run_job, stop_job
from anlan.service.planning.domain.plans import approve_plan, make_plan

__all__ = ["approve_plan", "ask_for", "make_plan", "run_job", "stop_job"]
