"""Addresses of the `planning` app."""

from django.urls import path

from anlan.service.planning.views import done, index, jobs, orders, plans, rehearsals, studio, trials

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
    path("trials/", trials.trials, name="trials"),
    path("trials/new/", trials.trial_new, name="trial_new"),
    path("trials/<int:trial_id>/", trials.trial, name="trial"),
    path("trials/<int:trial_id>/start/", trials.trial_start, name="trial_start"),
    path("trials/<int:trial_id>/look/", trials.trial_look, name="trial_look"),
    path("trials/<int:trial_id>/end/", trials.trial_end, name="trial_end"),
    path("trials/<int:trial_id>/file.<str:form>", trials.trial_file, name="trial_file"),
    path("done/", done.done, name="done"),
    path("done/file.xlsx", done.done_file, name="done_file"),
    path("plan/<str:day>/", plans.plan_day, name="plan"),
    path("plan/<str:day>/make/", plans.plan_make, name="plan_make"),
]
