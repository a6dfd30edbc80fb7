"""A rehearsal learned from a record of runs: homes, speeds, turnout, service, absences; and its score."""

from anlan.engine.planning.rehearsal.fit.homes import Homes, infer_homes
from anlan.engine.planning.rehearsal.fit.learn import Groups, Learned, learn
from anlan.engine.planning.rehearsal.fit.record import Record, Ways
from anlan.engine.planning.rehearsal.fit.replay import AS_LEARNED, NOT_OUT, Scene, replay
from anlan.engine.planning.rehearsal.fit.score import Fit, Intervals, of_record, of_run, score

__all__ = [
    "AS_LEARNED",
    "NOT_OUT",
    "Fit",
    "Groups",
    "Homes",
    "Intervals",
    "Learned",
    "Record",
    "Scene",
    "Ways",
    "infer_homes",
    "learn",
    "of_record",
    "of_run",
    "replay",
    "score",
]  # fmt: skip
