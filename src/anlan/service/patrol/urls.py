"""Addresses of the `patrol` app."""

from django.urls import path

from anlan.service.patrol import duty_urls, views

app_name = "patrol"
urlpatterns = [
    path("briefing/", views.latest, name="briefing"),
    path("briefing/make/", views.briefing_make, name="briefing_make"),
    path("briefing/<int:pk>/publish/", views.briefing_publish, name="briefing_publish"),
    path("briefing/<int:pk>/file.<str:kind>", views.briefing_file, name="briefing_file"),
    path("briefing/<str:day>/", views.briefing_day, name="briefing_day"),
    path("plan/<int:pk>/approve/", views.plan_approve, name="plan_approve"),
    path("plan/<str:day>/", views.plan_day, name="plan"),
    path("plan/<str:day>/make/", views.plan_make, name="plan_make"),
    *duty_urls.urlpatterns,
]
