"""What may happen to plans: the only code that writes them."""

from anlan.service.planning.domain.plans import approve_plan, make_plan

__all__ = ["approve_plan", "make_plan"]
