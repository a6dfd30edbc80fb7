"""Addresses of the `planning` app."""

from django.urls import path

from anlan.service.planning.views import plans

app_name = "planning"
urlpatterns = [
    path("plan/<int:plan_id>/approve/", plans.plan_approve, name="plan_approve"),
    path("plan/<str:day>/", plans.plan_day, name="plan"),
    path("plan/<str:day>/make/", plans.plan_make, name="plan_make"),
]
