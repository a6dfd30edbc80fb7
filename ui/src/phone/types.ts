// What the server gives a phone for a shift, and what the phone sends back.

export interface Place {
  code: string;
  label: string;
  lon: number | null;
  lat: number | null;
  /** A line's parts as lon, lat. */
  course?: [number, number][][];
  visited_at?: string | null;
  /** The visit waits to be sent. */
  waiting?: boolean;
}

export interface Leg {
  kind: "point" | "line" | "stop" | "meal" | "post";
  what: string;
  from: string;
  until: string;
  place: Place | null;
  visited_at: string | null;
  to_visit: boolean;
  waiting?: boolean;
}

export interface Task {
  id: number;
  status: Status;
  word: string;
  assigned_at: string;
  number: string;
  type: string;
  priority: number;
  address: string;
  details: string;
  lon: number | null;
  lat: number | null;
  hazards: string[];
}

export interface Closing { place: string; arrive_by: string | null; lon: number; lat: number }

/** An order to stand by at a post; the unit stays free for calls. */
export interface Move { id: number; status: MoveStatus; post: string; ordered_at: string; lon: number; lat: number }

export type MoveStatus = "ordered" | "accepted" | "arrived";

export type Status = "assigned" | "accepted" | "en_route" | "on_scene" | "cleared";

export interface Stay { key: string; place: string; begun_at: string; planned_s: number | null }

export interface Entry { at: string; text: string; waiting?: boolean }

export interface Unit { id: number; call_sign: string; on_duty: boolean; since: string | null; county: string }

export interface Snapshot {
  made_at: string;
  language: string;
  zone: string;
  account: { id: number; name: string };
  units: { id: number; call_sign: string }[];
  unit: Unit | null;
  beat: string | null;
  colour: [string, string] | null;
  radius_m: number;
  order: { from: string; until: string; post: { lon: number | null; lat: number | null } | null; legs: Leg[] } | null;
  places: Place[];
  posts: Place[];
  task: Task | null;
  /** The point to close in a containment. */
  closing: Closing | null;
  /** Absent in what a phone kept before there were such orders. */
  move?: Move | null;
  stay: Stay | null;
  entries: Entry[];
}

export type Kind = "on" | "off" | "check-in" | "advance" | "stay" | "stay-end" | "report" | "entry" | "track" | "emergency" | "backup" | "move";

/** An action in the outbox. `said` is how the screen names it. */
export interface Action {
  seq?: number;
  key: string;
  kind: Kind;
  account: number;
  unit: number;
  at: string;
  data: Record<string, unknown>;
  said: string;
  state: "waiting" | "done" | "refused" | "asks";
  reason?: string;
}

export interface Fix { at: number; lon: number; lat: number }
