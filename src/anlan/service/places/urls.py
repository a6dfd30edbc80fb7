"""Addresses of the `places` app."""

from django.urls import path

from anlan.service.places import views

app_name = "places"
urlpatterns = [
    path("", views.map_page, name="map"),
    path("areas/", views.areas_page, name="areas"),
    path("partition/", views.partition_page, name="partition"),
    path("partition.geojson", views.findings, name="findings"),
    path("features/<str:kind>.geojson", views.features, name="features"),
    path("list/<slug:kind>/", views.ledger_page, name="list"),
]
