// The live board, the map window, and the call form.
import "./board/board.css";
import { setFixes, setServerNow, startTicking, tick } from "./board/ages";
import { Alarms } from "./board/alarms";
import { Arranger, SORTS } from "./board/arrange";
import { startCallForm } from "./board/callform";
import { dispatchSuggested, openCard, openIncident, orderMoveUp, refreshCard } from "./board/card";
import { startCommands } from "./board/command";
import { getChanged } from "./board/http";
import { listen } from "./board/keys";
import type { LiveMap } from "./board/livemap";
import { movedIn } from "./board/moves";
import { mark, move, select, selectedCard } from "./board/selection";
import { Lists, gently } from "./board/snapshot";
import type { Patch } from "./board/snapshot";
import type { Sounds } from "./board/sounds";
import { showState } from "./board/state";
import type { State } from "./board/state";
import { connectLive } from "./live";
import type { LogEvent } from "./live";

const POSITIONS_MS = 10_000;
const MAP_MS = 1_000;
const SHOWN = /^(?!(account|board|briefing|duty|history|joint|orders|plan|roster|trial|webhook)\.)/; // all but what no board shows
const NOTICED = /^incident\.(level_|closed)/; // what may bring or end a notice of a level

function startBoard(board: HTMLElement): void {
  setServerNow(board.dataset.now!);
  const alarms = new Alarms(board, document.getElementById("alarm")!);
  const lists = new Lists(board, () => { mark(); alarms.look(); });
  let map: LiveMap | null = null;
  let connection: State = "connecting";
  const place = document.getElementById("board-map")!;
  const arrangeBox = document.getElementById("arrange") as HTMLDialogElement;
  const refreshMap = gently(async () => {
    if (arranger.shown("map")) await map?.refresh().catch(() => undefined); // the board says itself when the line is lost
  }, MAP_MS);
  /** While the line is cut: ask for everything, and say so where even that fails. */
  const refresh = async (): Promise<void> => {
    if (connection === "live") return;
    await lists.refresh().catch(() => showState(board, "stale"));
  };
  const open = (link: HTMLElement) => {
    const row = link.closest<HTMLElement>("[data-incident]");
    if (row) select(row.dataset.incident!);
    void openCard(link.dataset.card!);
  };
  const showMap = async () => {
    const shown = arranger.shown("map");
    document.getElementById("toggle-map")!.setAttribute("aria-pressed", String(shown));
    if (shown && !map) map = (await import("./board/livemap")).openLiveMap(place, board);
    if (shown) { map?.resize(); await map?.refresh().catch(() => undefined); }
  };
  const arranger: Arranger = new Arranger(board, arrangeBox, (now) => {
    const compare = SORTS[now.sort];
    lists.sort.queue = compare && ((rows) => [...rows].sort(compare));
    lists.arrange("queue");
    mark();
    window.setTimeout(() => void showMap());
  });
  const toggleMap = () => { arranger.toggle("map"); };
  const sound = () => alarms.sounds.toggle();
  const help = document.getElementById("board-help") as HTMLDialogElement;
  const line = document.getElementById("line") as HTMLInputElement;

  board.addEventListener("click", (event) => {
    const link = (event.target as HTMLElement).closest<HTMLElement>("a[data-card]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open(link);
  });
  document.getElementById("toggle-map")!.addEventListener("click", toggleMap);
  document.getElementById("sound")!.addEventListener("click", sound);
  document.getElementById("show-arrange")!.addEventListener("click", () => arrangeBox.showModal());
  startSoundSettings(alarms.sounds);
  document.getElementById("show-help")!.addEventListener("click", () => help.showModal());
  listen({
    j: () => move(1), k: () => move(-1), ArrowDown: () => move(1), ArrowUp: () => move(-1),
    n: () => location.assign(board.dataset.new!),
    d: dispatchSuggested,
    m: toggleMap,
    a: () => alarms.acknowledge(),
    u: sound,
    v: () => arrangeBox.showModal(),
    o: orderMoveUp,
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
  alarms.look();

  connectLive({
    url: `${board.dataset.stream}?county=${board.dataset.county}`,
    after: lists.sequence,
    also: () => ({ have: lists.digest, with: "positions" }),
    on: {
      board: (data) => void lists.patch(JSON.parse(data) as Patch).catch(() => showState(board, "stale")),
      positions: (data) => {
        const moved = movedIn(data);
        setFixes(moved);
        map?.move(moved);
      },
    },
    onEvent: (event: LogEvent) => {
      if (!SHOWN.test(event.verb)) return;
      if (NOTICED.test(event.verb)) window.htmx?.trigger("#notices", "notices");
      refreshMap();
      const incident = event.record_type === "incidents.incident" ? event.record_id : String(event.data?.incident ?? "");
      if (incident && incident === openIncident()) refreshCard(board);
    },
    onState: (state) => {
      const back = state === "live" && connection === "stale";
      connection = state;
      showState(board, state);
      if (back) { refreshMap(); refreshCard(board); window.htmx?.trigger("#notices", "notices"); }
    },
  });
  setInterval(() => {
    if (document.hidden) return;
    refreshMap();
    window.setTimeout(() => void refresh(), Math.random() * POSITIONS_MS * 0.5);
  }, POSITIONS_MS);

  const wanted = new URLSearchParams(location.search).get("open");
  const link = wanted && document.querySelector<HTMLElement>(`#queue [data-incident="${CSS.escape(wanted)}"] a`);
  if (link) open(link);
}

/** Volume, a sample, and notifications of the desktop: asked for only when somebody wants them. */
function startSoundSettings(sounds: Sounds): void {
  const volume = document.getElementById("volume") as HTMLInputElement;
  const notices = document.getElementById("allow-notices") as HTMLButtonElement;
  volume.value = String(sounds.volume);
  volume.addEventListener("input", () => sounds.set(sounds.muted, Number(volume.value)));
  document.getElementById("try-sound")!.addEventListener("click", () => sounds.play("first"));
  notices.hidden = !("Notification" in window) || Notification.permission !== "default";
  notices.addEventListener("click", () => void Notification.requestPermission().then(() => { notices.hidden = true; }));
}

async function startMapPage(page: HTMLElement): Promise<void> {
  const { openLiveMap } = await import("./board/livemap");
  const map = openLiveMap(document.getElementById("board-map")!, page);
  const refresh = () => map.refresh().catch(() => showState(page, "stale"));
  void refresh();
  connectLive({
    url: `${page.dataset.stream}?county=${page.dataset.county}&with=positions`,
    on: { positions: (data) => map.move(movedIn(data)) },
    onEvent: (event: LogEvent) => { if (SHOWN.test(event.verb)) void refresh(); },
    onState: (state) => { showState(page, state); if (state === "live") void refresh(); },
  });
  setInterval(() => { if (!document.hidden) void refresh(); }, POSITIONS_MS);
}

/** The wall: figures and map, read again when something happens; nobody works on it. */
function startWall(wall: HTMLElement): void {
  setServerNow(wall.dataset.now!);
  let map: LiveMap | null = null;
  let tag = "";
  const figures = gently(async () => {
    try {
      const now = await getChanged<{ html: string; at: string; digest: string }>(wall.dataset.figures!, tag);
      if (now) {
        tag = now.digest;
        setServerNow(now.at);
        document.getElementById("figures")!.innerHTML = now.html;
        tick();
      }
      await map?.refresh();
    } catch {
      showState(wall, "stale");
    }
  }, MAP_MS);
  void import("./board/livemap").then(({ openLiveMap }) => {
    map = openLiveMap(document.getElementById("board-map")!, wall);
    figures();
  });
  connectLive({
    url: `${wall.dataset.stream}?county=${wall.dataset.county}&with=positions`,
    on: { positions: (data) => map?.move(movedIn(data)) },
    onEvent: (event: LogEvent) => { if (SHOWN.test(event.verb)) figures(); },
    onState: (state) => { showState(wall, state); if (state === "live") figures(); },
  });
  setInterval(figures, POSITIONS_MS);
  startTicking();
}

const board = document.getElementById("board");
const page = document.getElementById("map-page");
const wall = document.getElementById("wall");
const form = document.getElementById("call-form") as HTMLFormElement | null;
if (board) startBoard(board);
else if (page) void startMapPage(page);
else if (form) startCallForm(form);
else if (wall) startWall(wall);
else startTicking();
