"""All addresses; each app brings its own under its name."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("anlan.service.staff.urls")),
    path("log/", include("anlan.service.log.urls")),
    path("places/", include("anlan.service.places.urls")),
    path("incidents/", include("anlan.service.incidents.urls")),
    path("patrol/", include("anlan.service.patrol.urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
]
