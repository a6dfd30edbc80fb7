"""What may happen to briefings: the only code that writes them."""

from anlan.service.patrol.domain.briefings import (
    NotSigned,
    make_briefing,
    publish_briefing,
    revise_briefing,
    sign_briefing,
)
from anlan.service.patrol.domain.making import ask_for_briefing, run_job
from anlan.service.patrol.domain.texts import AlreadySigned, write_text
from anlan.service.patrol.evidence import NoData
from anlan.service.patrol.positions import check_in, record_position

__all__ = [
    "AlreadySigned", "NoData", "NotSigned", "ask_for_briefing", "check_in", "make_briefing",
    "publish_briefing", "record_position", "revise_briefing", "run_job", "sign_briefing",
    "write_text",
]  # fmt: skip
