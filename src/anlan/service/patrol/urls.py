"""Addresses of the `patrol` app."""

from django.urls import path

from anlan.service.patrol import device_urls, duty_urls, supervise_urls
from anlan.service.patrol.views import briefings, comparing, making

app_name = "patrol"
urlpatterns = [
    path("briefing/", briefings.latest, name="briefing"),
    path("briefing/make/", making.briefing_make, name="briefing_make"),
    path("briefing/job/<int:job_id>/", making.briefing_job, name="briefing_job"),
    path("briefing/<int:briefing_id>/text/", briefings.briefing_text, name="briefing_text"),
    path("briefing/<int:briefing_id>/sign/", briefings.briefing_sign, name="briefing_sign"),
    path("briefing/<int:briefing_id>/revise/", briefings.briefing_revise, name="briefing_revise"),
    path("briefing/<int:pk>/publish/", briefings.briefing_publish, name="briefing_publish"),
    path("briefing/<int:pk>/file.<str:kind>", briefings.briefing_file, name="briefing_file"),
    path("briefing/<str:day>/", briefings.briefing_day, name="briefing_day"),
    path("compare/", comparing.compare, name="compare"),
    path("compare/file.<str:form>", comparing.compare_file, name="compare_file"),
    *duty_urls.urlpatterns,
    *supervise_urls.urlpatterns,
    *device_urls.urlpatterns,
]
