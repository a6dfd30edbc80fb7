"""Addresses of the `incidents` app."""

from django.urls import path, re_path

from anlan.service.incidents.views import (
    arrange,
    board,
    calls,
    history,
    incident,
    ledger,
    linkage,
    linkage_card,
    stream,
    types,
    wall,
)

app_name = "incidents"
urlpatterns = [
    path("", ledger.ledger, name="list"),
    re_path(r"^incidents\.(?P<form>xlsx|csv)$", ledger.export, name="export"),
    path("board/", board.show, name="board"),
    path("board/rows/", board.rows, name="rows"),
    path("board/stream/", stream.live, name="stream"),
    path("board/arrange/", arrange.keep, name="arrange"),
    path("board/wall/", wall.page, name="wall"),
    path("board/wall/figures/", wall.figures, name="wall_figures"),
    path("board/command/", board.command, name="command"),
    path("board/map/", board.board_map, name="map"),
    path("board/features/", board.features, name="features"),
    path("new/", calls.new, name="new"),
    path("new/hints/", calls.hints, name="hints"),
    path("history/", history.page, name="history"),
    path("types/", types.index, name="types"),
    path("types/<slug:code>/", types.edit, name="type"),
    path("inbox/", linkage.inbox, name="inbox"),
    path("inbox/rows/", linkage.rows, name="inbox_rows"),
    path("inbox/<int:linkage_id>/", linkage.item, name="inbox_item"),
    path("inbox/<int:linkage_id>/<slug:action>/", linkage.act, name="inbox_act"),
    path("linkages/", linkage_card.ledger, name="linkages"),
    path("linkages/deadlines/", linkage_card.deadlines, name="deadlines"),
    path("linkages/<int:linkage_id>/<slug:action>/", linkage_card.act, name="act_on_linkage"),
    path("<int:pk>/", incident.page, name="incident"),
    path("<int:pk>/link/", linkage_card.link, name="link"),
    path("<int:pk>/card/", incident.card, name="card"),
    path("<int:pk>/recommended/", incident.recommended, name="recommended"),
    path("<int:pk>/<slug:action>/", incident.act, name="act"),
    path("assignment/<int:pk>/<slug:action>/", incident.act_on_assignment, name="act_on_assignment"),
]
