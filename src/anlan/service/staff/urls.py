"""Addresses of the `staff` app."""

from django.urls import path

from anlan.service.staff.views import site

app_name = "staff"
urlpatterns = [
    path("county/", site.choose_county, name="county"),
]
