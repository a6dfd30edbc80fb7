"""Addresses of the `analysis` app."""

from django.urls import path

from anlan.service.analysis import views

app_name = "analysis"
urlpatterns = [
    path("", views.index, name="index"),
    path("<str:kind>/", views.method, name="method"),
    path("<str:kind>/result/", views.result, name="result"),
    path("<str:kind>/file.<str:form>", views.download, name="file"),
]
