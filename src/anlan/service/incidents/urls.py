"""Addresses of the `incidents` app."""

from django.urls import path, re_path

from anlan.service.incidents.views import (
    board,
    calls,
    containment,
    escalation,
    history,
    incident,
    ledger,
    review,
    types,
    watch,
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
    path("history/", history.page, name="history"),
    path("types/", types.index, name="types"),
    path("types/<slug:code>/", types.edit, name="type"),
    path("<int:pk>/", incident.page, name="incident"),
    path("<int:pk>/card/", incident.card, name="card"),
    path("<int:pk>/recommended/", incident.recommended, name="recommended"),
    path("replay/", review.replay, name="replay"),
    path("replay/data/", review.replay_data, name="replay_data"),
    path("intervals/", review.intervals, name="intervals"),
    path("intervals.xlsx", review.intervals_file, name="intervals_file"),
    path("<int:pk>/timeline/", review.timeline, name="timeline"),
    path("watch/", watch.page, name="watch"),
    path("watch/<slug:action>/", watch.act, name="watch_act"),
    path("handover/<int:handover_id>/", watch.sheet, name="handover"),
    path("handover/<int:handover_id>.pdf", watch.sheet_pdf, name="handover_pdf"),
    path("notice/<int:notice_id>/", escalation.note, name="notice"),
    path("escalation/", escalation.index, name="escalation"),
    path("escalation/<slug:code>/<int:level>/", escalation.step, name="escalation_step"),
    path("<int:pk>/containment/", containment.new, name="contain"),
    path("containment/<int:plan_id>/", containment.page, name="containment"),
    path("containment/<int:plan_id>/<slug:action>/", containment.act, name="containment_act"),
    path("<int:pk>/<slug:action>/", incident.act, name="act"),
    path("assignment/<int:pk>/<slug:action>/", incident.act_on_assignment, name="act_on_assignment"),
]
