"""What the night looked like at any moment, from the log alone."""

from anlan.service.incidents.replay.state import Fact, Night, Span, night

__all__ = ["Fact", "Night", "Span", "night"]
