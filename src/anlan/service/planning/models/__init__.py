"""Deployment plans."""

from anlan.service.planning.models.plan import DeploymentPlan

__all__ = ["DeploymentPlan"]
