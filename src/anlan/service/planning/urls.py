"""Addresses of the `planning` app."""

from django.urls import path

from anlan.service.planning.views import index, jobs, orders, plans, rehearsals, studio

app_name = "planning"
urlpatterns = [
    path("", index.index, name="index"),
    path("job/<int:planning_job_id>/", jobs.job, name="job"),
    path("job/<int:planning_job_id>/stop/", jobs.stop, name="job_stop"),
    path("plan/<int:plan_id>/sign/", plans.plan_sign, name="plan_sign"),
    path("plan/<int:plan_id>/publish/", plans.plan_publish, name="plan_publish"),
    path("plan/<int:plan_id>/try/", studio.plan_try, name="plan_try"),
    path("plan/<int:plan_id>/solve/", studio.plan_solve, name="plan_solve"),
    path("plan/<int:plan_id>/orders.pdf", orders.plan_orders, name="plan_orders"),
    path("plan/<int:plan_id>/rehearse/", rehearsals.plan_rehearse, name="plan_rehearse"),
    path("rehearsal/<int:rehearsal_id>/", rehearsals.rehearsal, name="rehearsal"),
    path("rehearsal/<int:rehearsal_id>/switch/", rehearsals.rule_switch, name="rule_switch"),
    path("calendars/", orders.calendars_page, name="calendars"),
    path("calendars/<str:token>/duties.ics", orders.calendar, name="calendar"),
    path("plan/<str:day>/", plans.plan_day, name="plan"),
    path("plan/<str:day>/make/", plans.plan_make, name="plan_make"),
]
