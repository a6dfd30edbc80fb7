"""Addresses of the `incidents` app."""

from django.urls import path, re_path

from anlan.service.incidents.views import board, calls, history, incident, ledger, types

app_name = "incidents"
urlpatterns = [
    path("", ledger.ledger, name="list"),
    re_path(r"^incidents\.(?P<form>xlsx|csv)$", ledger.export, name="export"),
    path("board/", board.show, name="board"),
    path("board/rows/", board.rows, name="rows"),
    path("board/command/", board.command, name="command"),
    path("board/map/", board.board_map, name="map"),
    path("board/features/", board.features, name="features"),
    path("new/", calls.new, name="new"),
    path("new/hints/", calls.hints, name="hints"),
    path("history/", history.page, name="history"),
    path("types/", types.index, name="types"),
    path("types/<slug:code>/", types.edit, name="type"),
    path("<int:pk>/", incident.page, name="incident"),
    path("<int:pk>/card/", incident.card, name="card"),
    path("<int:pk>/recommended/", incident.recommended, name="recommended"),
    path("<int:pk>/<slug:action>/", incident.act, name="act"),
    path("assignment/<int:pk>/<slug:action>/", incident.act_on_assignment, name="act_on_assignment"),
]
