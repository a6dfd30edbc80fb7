"""Addresses of the crew's phone page."""

from django.urls import path

from anlan.service.patrol import app_views, duty_views

urlpatterns = [
    path("duty/", duty_views.page, name="duty"),
    path("duty/snapshot/", duty_views.kept, name="duty_snapshot"),
    path("duty/sync/", duty_views.sync, name="duty_sync"),
    path("duty/app.webmanifest", app_views.app_manifest, name="duty_manifest"),
    path("duty/worker.js", app_views.worker, name="duty_worker"),
    path("duty/<int:pk>/position/", duty_views.position, name="position"),
]
