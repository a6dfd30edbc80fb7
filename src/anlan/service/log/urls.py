"""Addresses of the `log` app."""

from django.urls import path

from anlan.service.log.views import live

app_name = "log"
urlpatterns = [
    path("stream", live.live, name="stream"),
]
