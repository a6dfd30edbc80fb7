"""Addresses of the `staff` app."""

from django.urls import path, re_path

from anlan.service.staff.views import accounts, organisation, site

app_name = "staff"
urlpatterns = [
    re_path(
        r"^accounts/(?:password/(?:reset|set)|email|confirm-email|login/code)/", site.closed, name="no_mail"
    ),
    path("county/", site.choose_county, name="county"),
    path("staff/accounts/", accounts.accounts, name="accounts"),
    path("staff/accounts/new/", accounts.create, name="create_account"),
    path("staff/accounts/<int:account_id>/", accounts.account, name="account"),
    path("staff/accounts/<int:account_id>/password/", accounts.password, name="password"),
    path("staff/accounts/<int:account_id>/factor/", accounts.factor, name="factor"),
    path("staff/postings/<int:posting_id>/end/", accounts.end_posting, name="end_posting"),
    path("staff/units/<int:unit_id>/duty/", organisation.duty, name="duty"),
]
for what, one in (("agencies", "agency"), ("teams", "team"), ("units", "unit")):
    urlpatterns += [
        path(f"staff/{what}/", organisation.ledger, {"what": what}, name=what),
        path(f"staff/{what}/new/", organisation.edit, {"what": what}, name=f"create_{one}"),
        path(f"staff/{what}/<int:record_id>/", organisation.edit, {"what": what}, name=one),
    ]
