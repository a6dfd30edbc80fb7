"""Addresses of the `planning` app."""

from django.urls import path

from anlan.service.planning.views import index, jobs, plans

app_name = "planning"
urlpatterns = [
    path("", index.index, name="index"),
    path("job/<int:planning_job_id>/", jobs.job, name="job"),
    path("job/<int:planning_job_id>/stop/", jobs.stop, name="job_stop"),
    path("plan/<int:plan_id>/approve/", plans.plan_approve, name="plan_approve"),
    path("plan/<str:day>/", plans.plan_day, name="plan"),
    path("plan/<str:day>/make/", plans.plan_make, name="plan_make"),
]
