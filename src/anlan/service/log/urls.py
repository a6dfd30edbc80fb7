"""Addresses of the `log` app."""

from django.urls import URLPattern

app_name = "log"
urlpatterns: list[URLPattern] = []
