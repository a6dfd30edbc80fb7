"""Addresses of the administrator's devices."""

from django.urls import path

from anlan.service.patrol.views import devices

urlpatterns = [
    path("devices/", devices.ledger, name="devices"),
    path("devices/new/", devices.create, name="create_device"),
    path("devices/<int:device_id>/", devices.show, name="device"),
    path("devices/<int:device_id>/secret/", devices.secret, name="device_secret"),
    path("devices/<int:device_id>/withdraw/", devices.take_back, name="device_withdraw"),
]
