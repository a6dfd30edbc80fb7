"""Addresses of the `staff` app."""

from django.urls import path

from anlan.service.staff.views import accounts, organisation, site

app_name = "staff"
urlpatterns = [
    path("county/", site.choose_county, name="county"),
    path("staff/accounts/", accounts.accounts, name="accounts"),
    path("staff/accounts/new/", accounts.create, name="create_account"),
    path("staff/accounts/<int:account_id>/", accounts.account, name="account"),
    path("staff/postings/<int:posting_id>/end/", accounts.end_posting, name="end_posting"),
    path("staff/units/<int:unit_id>/duty/", organisation.duty, name="duty"),
]
for what, one in (("agencies", "agency"), ("teams", "team"), ("units", "unit")):
    urlpatterns += [
        path(f"staff/{what}/", organisation.ledger, {"what": what}, name=what),
        path(f"staff/{what}/new/", organisation.edit, {"what": what}, name=f"create_{one}"),
        path(f"staff/{what}/<int:record_id>/", organisation.edit, {"what": what}, name=one),
    ]
