"""Addresses of what supervisors see of the crews' work: reports, shifts, printed codes."""

from django.urls import path

from anlan.service.patrol.views import codes, reports, shifts

urlpatterns = [
    path("reports/", reports.reports, name="reports"),
    path("reports/<int:report_id>/", reports.report, name="report"),
    path("reports/<int:report_id>/settle/", reports.settle, name="report_settle"),
    path("reports/<int:report_id>/incident/", reports.to_incident, name="report_incident"),
    path("pictures/<int:picture_id>/", reports.picture, name="picture"),
    path("shifts/", shifts.shifts, name="shifts"),
    path("shifts/<int:shift_id>/", shifts.shift, name="shift"),
    path("codes/", codes.codes, name="codes"),
    path("codes/file.pdf", codes.codes_file, name="codes_file"),
]
