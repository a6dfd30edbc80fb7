"""Addresses of the `planning` app."""

from django.urls import path

from anlan.service.planning.views import index, jobs, plans

app_name = "planning"
urlpatterns = [
    path("", index.index, name="index"),
    path("job/<int:planning_job_id>/", jobs.job, name="job"),
    path("job/<int:planning_job_id>/stop/", jobs.stop, name="job_stop"),
    path("plan/<int:plan_id>/sign/", plans.plan_sign, name="plan_sign"),
    path("plan/<int:plan_id>/publish/", plans.plan_publish, name="plan_publish"),
    path("plan/<str:day>/", plans.plan_day, name="plan"),
    path("plan/<str:day>/make/", plans.plan_make, name="plan_make"),
]
