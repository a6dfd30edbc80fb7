"""What may happen to plans, rosters and trials: the only code that writes them."""

from anlan.service.planning.domain.calibrating import learn_speeds
from anlan.service.planning.domain.jobs import ask_for, run_job, stop_job
from anlan.service.planning.domain.joint import approve_joint, make_joint, set_joint_rules
from anlan.service.planning.domain.looks import look_at
from anlan.service.planning.domain.members import (
    MemberRow,
    add_absence,
    change_member,
    fill_team,
    remove_absence,
    retire_member,
    save_members,
    save_wish,
)
from anlan.service.planning.domain.plans import NotReady, make_plan, sign_plan
from anlan.service.planning.domain.publishing import publish_plan
from anlan.service.planning.domain.rehearsals import switch_rule
from anlan.service.planning.domain.rosters import (
    approve_roster,
    checked,
    edit_roster,
    make_roster,
    take_over,
    with_cells,
)
from anlan.service.planning.domain.trials import design_trial, end_trial, start_trial
from anlan.service.planning.domain.work import plan as _registered  # noqa: F401  registers what jobs do

__all__ = [
    "MemberRow", "NotReady", "add_absence", "approve_joint", "approve_roster", "ask_for", "change_member",
    "checked", "design_trial", "edit_roster", "end_trial", "fill_team", "learn_speeds", "look_at",
    "make_joint", "make_plan", "make_roster", "publish_plan", "remove_absence", "retire_member", "run_job",
    "save_members", "save_wish", "set_joint_rules", "sign_plan", "start_trial", "stop_job", "switch_rule",
    "take_over", "with_cells",
]  # fmt: skip
