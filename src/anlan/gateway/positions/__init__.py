"""Positions as phones and trackers send them: bytes and parameters in, one typed report out."""

from anlan.gateway.positions.model import Fix, PositionError, Report

__all__ = ["Fix", "PositionError", "Report"]
