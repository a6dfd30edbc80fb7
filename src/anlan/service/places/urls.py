"""Addresses of the `places` app."""

from django.urls import path

from anlan.service.places.views import pages, roads, speeds

app_name = "places"
urlpatterns = [
    path("", pages.map_page, name="map"),
    path("areas/", pages.areas_page, name="areas"),
    path("partition/", pages.partition_page, name="partition"),
    path("partition.geojson", pages.findings, name="findings"),
    path("features/<str:kind>.geojson", pages.features, name="features"),
    path("list/<slug:kind>/", pages.ledger_page, name="list"),
    path("roads/", roads.closures_page, name="roads"),
    path("roads/close/", roads.closure_add, name="closure_add"),
    path("roads/streets/", roads.street_names, name="streets"),
    path("roads/<int:closure_id>/end/", roads.closure_end, name="closure_end"),
    path("roads/speeds/", speeds.speeds_page, name="speeds"),
    path("roads/speeds/reset/", speeds.speeds_reset, name="speeds_reset"),
    path("roads/speeds/calibrate/", speeds.calibrate, name="calibrate"),
    path("roads/speeds/<int:calibration_id>/", speeds.calibration_page, name="calibration"),
    path("roads/speeds/<int:calibration_id>/use/", speeds.calibration_use, name="calibration_use"),
]
