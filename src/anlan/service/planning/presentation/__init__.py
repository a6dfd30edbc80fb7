"""A plan as its page shows it: figures with names in place of codes, codes in words."""

from anlan.service.planning.presentation.page import page

__all__ = ["page"]
