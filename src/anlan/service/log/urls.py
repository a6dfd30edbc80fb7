"""Addresses of the `log` app."""

from django.urls import path

from anlan.service.log.views import live, pages

app_name = "log"
urlpatterns = [
    path("", pages.index, name="index"),
    path("verify", pages.verify, name="verify"),
    path("export.csv", pages.export, name="export"),
    path("stream", live.live, name="stream"),
]
