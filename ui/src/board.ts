// The live board, the map window, and the call form.
import "./board/board.css";
import { setServerNow, startTicking } from "./board/ages";
import { dispatchSuggested, openCard, openIncident, orderMoveUp, refreshCard } from "./board/card";
import { startCommands } from "./board/command";
import { listen } from "./board/keys";
import type { LiveMap } from "./board/livemap";
import { mark, move, select, selectedCard } from "./board/selection";
import { Lists } from "./board/snapshot";
import { showState } from "./board/state";
import type { State } from "./board/state";
import { connectLive } from "./live";
import type { LogEvent } from "./live";

const POSITIONS_MS = 10_000;
const SHOWN = /^(incident|assignment|linkage|unit|type|closure)\./;

function startBoard(board: HTMLElement): void {
  setServerNow(board.dataset.now!);
  const lists = new Lists(board, mark);
  let map: LiveMap | null = null;
  let connection: State = "connecting";
  const refresh = async (): Promise<void> => {
    try {
      await lists.refresh();
      await map?.refresh();
      showState(board, connection);
    } catch {
      showState(board, "stale");
    }
  };
  const open = (link: HTMLElement) => {
    const row = link.closest<HTMLElement>("[data-incident]");
    if (row) select(row.dataset.incident!);
    void openCard(link.dataset.card!);
  };
  const toggleMap = async () => {
    const place = document.getElementById("board-map")!;
    place.hidden = !place.hidden;
    document.getElementById("toggle-map")!.setAttribute("aria-pressed", String(!place.hidden));
    if (!place.hidden && !map) map = (await import("./board/livemap")).openLiveMap(place, board);
    if (!place.hidden) { map?.resize(); await map?.refresh().catch(() => undefined); }
  };
  const help = document.getElementById("board-help") as HTMLDialogElement;
  const line = document.getElementById("line") as HTMLInputElement;

  board.addEventListener("click", (event) => {
    const link = (event.target as HTMLElement).closest<HTMLElement>("a[data-card]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open(link);
  });
  document.getElementById("toggle-map")!.addEventListener("click", () => void toggleMap());
  document.getElementById("show-help")!.addEventListener("click", () => help.showModal());
  listen({
    j: () => move(1), k: () => move(-1), ArrowDown: () => move(1), ArrowUp: () => move(-1),
    n: () => location.assign(board.dataset.new!),
    d: dispatchSuggested,
    u: orderMoveUp,
    m: () => void toggleMap(),
    "/": () => line.focus(),
    "?": () => help.showModal(),
  });
  document.addEventListener("keydown", (event) => {
    const url = selectedCard();
    if (event.key === "Enter" && event.target === document.body && url) void openCard(url);
  });
  document.body.addEventListener("htmx:afterRequest", (event) => {
    if ((event as CustomEvent).detail?.requestConfig?.verb === "post") void refresh();
  });
  startCommands(board, refresh);
  startTicking();

  connectLive({
    url: `${board.dataset.stream}?county=${board.dataset.county}`,
    after: lists.sequence,
    onEvent: (event: LogEvent) => {
      if (!SHOWN.test(event.verb)) return;
      void refresh();
      const incident = event.record_type === "incidents.incident" ? event.record_id : String(event.data?.incident ?? "");
      if (incident && incident === openIncident()) refreshCard(board);
    },
    onState: (state) => {
      const back = state === "live" && connection === "stale";
      connection = state;
      showState(board, state);
      if (back) { void refresh(); refreshCard(board); }
    },
  });
  setInterval(() => { if (!document.hidden) void refresh(); }, POSITIONS_MS);

  const wanted = new URLSearchParams(location.search).get("open");
  const link = wanted && document.querySelector<HTMLElement>(`#queue [data-incident="${CSS.escape(wanted)}"] a`);
  if (link) open(link);
}

async function startMapPage(page: HTMLElement): Promise<void> {
  const { openLiveMap } = await import("./board/livemap");
  const map = openLiveMap(document.getElementById("board-map")!, page);
  const refresh = () => map.refresh().catch(() => showState(page, "stale"));
  void refresh();
  connectLive({
    url: `${page.dataset.stream}?county=${page.dataset.county}`,
    onEvent: (event: LogEvent) => { if (SHOWN.test(event.verb)) void refresh(); },
    onState: (state) => { showState(page, state); if (state === "live") void refresh(); },
  });
  setInterval(() => { if (!document.hidden) void refresh(); }, POSITIONS_MS);
}

function startCallForm(form: HTMLFormElement): void {
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
  let sent = false;
  form.addEventListener("submit", (event) => {
    if (sent) event.preventDefault();
    sent = true;
  });
  window.addEventListener("pageshow", () => { sent = false; });
  const place = document.getElementById("pin-map")!;
  void import("./board/pinmap").then(({ openPinMap }) => openPinMap(place)).catch(() => undefined);
}

const board = document.getElementById("board");
const page = document.getElementById("map-page");
const form = document.getElementById("call-form") as HTMLFormElement | null;
if (board) startBoard(board);
else if (page) void startMapPage(page);
else if (form) startCallForm(form);
else startTicking();
