"""All addresses; each app brings its own under its name."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path
from django.views.i18n import set_language

from anlan.service.live_day import choose_speed
from anlan.service.staff.access import public
from anlan.service.staff.views import site

admin.autodiscover()
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

urlpatterns = [
    path("", site.home, name="home"),
    path("healthz", site.healthz, name="healthz"),
    path("language/", public(set_language), name="set_language"),
    path("demo/speed/", choose_speed, name="demo_speed"),
    path("", include("anlan.service.staff.urls")),
    path("log/", include("anlan.service.log.urls")),
    path("places/", include("anlan.service.places.urls")),
    path("incidents/", include("anlan.service.incidents.urls")),
    path("patrol/", include("anlan.service.patrol.urls")),
    path("planning/", include("anlan.service.planning.urls")),
    path("analysis/", include("anlan.service.analysis.urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
]
