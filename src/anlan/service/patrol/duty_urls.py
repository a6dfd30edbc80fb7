"""Addresses of the crew's phone page."""

from django.urls import path

from anlan.service.patrol import duty_views

urlpatterns = [
    path("duty/", duty_views.page, name="duty"),
    path("duty/<int:pk>/", duty_views.part, name="duty_part"),
    path("duty/<int:pk>/position/", duty_views.position, name="position"),
    path("duty/<int:pk>/<slug:action>/", duty_views.act, name="duty_act"),
]
