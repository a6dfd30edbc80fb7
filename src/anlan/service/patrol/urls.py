"""Addresses of the `patrol` app."""

from anlan.service.patrol import duty_urls

app_name = "patrol"
urlpatterns = [*duty_urls.urlpatterns]
