// What the screen shows: the server's word, and on it what was done since and waits to be sent.
import type { Action, Leg, MoveStatus, Place, Snapshot, Stay, Status } from "./types";

const ORDER: Status[] = ["assigned", "accepted", "en_route", "on_scene", "cleared"];
const MOVES: MoveStatus[] = ["ordered", "accepted", "arrived"];

export function merged(kept: Snapshot, all: readonly Action[]): Snapshot {
  const now = structuredClone(kept);
  for (const action of all) {
    if (action.unit === kept.unit?.id && (action.state === "waiting" || action.state === "done")) apply(now, action);
  }
  return now;
}

function apply(now: Snapshot, action: Action): void {
  if (action.kind === "on" || action.kind === "off") duty(now, action);
  else if (action.kind === "check-in") visit(now, action);
  else if (action.kind === "advance") advance(now, action);
  else if (action.kind === "move") moved(now, action);
  else if (action.kind === "stay") now.stay = stayOf(action);
  else if (action.kind === "stay-end" && now.stay?.key === action.data.stay) now.stay = null;
  else if (action.kind === "entry" && !now.entries.some((entry) => entry.at === action.at)) {
    now.entries.unshift({ at: action.at, text: String(action.data.text), waiting: true });
  }
}

function duty(now: Snapshot, action: Action): void {
  const on = action.kind === "on";
  if (!now.unit || now.unit.on_duty === on) return;
  now.unit.on_duty = on;
  now.unit.since = on ? action.at : null;
  if (!on) [now.stay, now.move] = [null, null];
}

function stayOf(action: Action): Stay {
  const planned = action.data.planned_s;
  return { key: action.key, place: String(action.data.place), begun_at: action.at, planned_s: typeof planned === "number" ? planned : null };
}

function visit(now: Snapshot, action: Action): void {
  const code = action.data.place;
  for (const place of [...now.places, ...now.posts]) if (place.code === code) mark(place, action);
  const legs = now.order?.legs ?? [];
  const mine = legs.filter((leg) => leg.to_visit && leg.place?.code === code);
  if (mine.some((leg) => leg.visited_at === action.at)) return;
  const next = mine.find((leg) => !leg.visited_at);
  if (next) mark(next, action);
}

function mark(what: Place | Leg, action: Action): void {
  what.visited_at = action.at;
  what.waiting = true;
}

function advance(now: Snapshot, action: Action): void {
  const status = action.data.status as Status;
  if (!now.task || now.task.id !== action.data.assignment) return;
  if (status === "cleared") now.task = null;
  else if (ORDER.indexOf(status) > ORDER.indexOf(now.task.status)) now.task.status = status;
}

function moved(now: Snapshot, action: Action): void {
  const status = action.data.status as MoveStatus;
  if (!now.move || now.move.id !== action.data.move) return;
  if (MOVES.indexOf(status) > MOVES.indexOf(now.move.status)) now.move.status = status;
}
