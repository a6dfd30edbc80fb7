"""Addresses of the `incidents` app."""

from django.urls import path, re_path

from anlan.service.incidents.views import (
    board,
    callers,
    calls,
    clocks,
    history,
    incident,
    ledger,
    quiet,
    scheduled,
    types,
)

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
    path("new/places/", calls.find_place, name="find_place"),
    path("new/types/", calls.find_kind, name="find_kind"),
    path("new/questions/", calls.questions, name="questions"),
    path("new/advice/", calls.advice, name="advice"),
    path("new/same/<int:pk>/", calls.same, name="same"),
    path("scheduled/", scheduled.index, name="scheduled"),
    path("scheduled/<int:pk>/cancel/", scheduled.cancel, name="scheduled_cancel"),
    path("quiet/", quiet.index, name="quiet"),
    path("quiet/take/<slug:kind>/", quiet.take, name="quiet_take"),
    path("quiet/<int:pk>/<slug:action>/", quiet.act, name="quiet_act"),
    path("clocks/", clocks.index, name="clocks"),
    path("clocks/new/", clocks.new_standard, name="standard_new"),
    path("clocks/<int:pk>/", clocks.standard, name="standard"),
    path("history/", history.page, name="history"),
    path("types/", types.index, name="types"),
    path("types/<slug:code>/", types.edit, name="type"),
    path("<int:pk>/", incident.page, name="incident"),
    path("<int:pk>/card/", incident.card, name="card"),
    path("<int:pk>/recommended/", incident.recommended, name="recommended"),
    path("<int:pk>/callers/<int:call_id>/number/", callers.number_of, name="call_number"),
    path("<int:pk>/callers/<slug:action>/", callers.act, name="callers"),
    path("<int:pk>/<slug:action>/", incident.act, name="act"),
    path("assignment/<int:pk>/<slug:action>/", incident.act_on_assignment, name="act_on_assignment"),
]
