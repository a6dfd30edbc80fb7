"""What may happen to briefings, and what crews do on duty: the only code that writes them."""

from anlan.service.patrol.domain.briefings import (
    NotSigned,
    make_briefing,
    publish_briefing,
    revise_briefing,
    sign_briefing,
)
from anlan.service.patrol.domain.check_ins import Shown, check_in
from anlan.service.patrol.domain.making import ask_for_briefing, run_job
from anlan.service.patrol.domain.pictures import purge_pictures
from anlan.service.patrol.domain.reports import Problem, make_incident, report_place, settle_report
from anlan.service.patrol.domain.shifts import complete_sheets, write_entry
from anlan.service.patrol.domain.stays import begin_stay, end_stay
from anlan.service.patrol.domain.texts import AlreadySigned, write_text
from anlan.service.patrol.domain.tracks import record_track
from anlan.service.patrol.evidence import NoData
from anlan.service.patrol.positions import record_position

__all__ = [
    "AlreadySigned", "NoData", "NotSigned", "Problem", "Shown", "ask_for_briefing", "begin_stay", "check_in",
    "complete_sheets", "end_stay", "make_briefing", "make_incident", "publish_briefing", "purge_pictures",
    "record_position", "record_track", "report_place", "revise_briefing", "run_job", "settle_report",
    "sign_briefing", "write_entry", "write_text",
]  # fmt: skip
