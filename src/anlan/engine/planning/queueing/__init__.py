"""Calls that wait for a free unit: M/M/c, and the same with classes of priority."""

from anlan.engine.planning.queueing.erlang import Queue, Unstable, erlang_b, erlang_c
from anlan.engine.planning.queueing.inversion import euler
from anlan.engine.planning.queueing.priority import PriorityQueue

__all__ = ["PriorityQueue", "Queue", "Unstable", "erlang_b", "erlang_c", "euler"]
