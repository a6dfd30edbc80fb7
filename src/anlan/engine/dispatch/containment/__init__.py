"""Which road points to close so that a fleeing car, or a spill, is enclosed, and who holds which in time."""

from anlan.engine.dispatch.containment.model import Containment, Leak, Post, Reason, Threat, Timing
from anlan.engine.dispatch.containment.plan import contain
from anlan.engine.dispatch.containment.threat import fleeing_car, spill

__all__ = [
    "Containment",
    "Leak",
    "Post",
    "Reason",
    "Threat",
    "Timing",
    "contain",
    "fleeing_car",
    "spill",
]
