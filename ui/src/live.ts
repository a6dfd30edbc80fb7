// The live stream of the log: connects, goes on where it stopped, and says when it cannot know.

export type LiveState = "live" | "stale" | "connecting";

export interface LogEvent {
  sequence: number;
  at: string;
  verb: string;
  record_type: string;
  record_id: string;
  area_code: string;
  actor: number | null;
  data: Record<string, unknown>;
}

export interface LiveOptions {
  /** Address of the stream, with ?county=. */
  url: string;
  /** Sequence number that the page was rendered at; without it the stream starts at its head. */
  after?: number;
  onEvent: (event: LogEvent) => void;
  onState: (state: LiveState) => void;
  /** Messages of other names that this stream brings, and what each is for. */
  on?: Record<string, (data: string) => void>;
  /** More for the address, asked at each connection. */
  also?: () => Record<string, string>;
  /** The log is behind the page's position (a restored backup): default reloads the page. */
  onReset?: () => void;
  /** The account may no longer see this: default reloads the page, which leads to sign-in. */
  onEnd?: () => void;
}

const SILENCE_MS = 25_000;
const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 15_000;

/** Follow the stream until the returned function is called. */
export function connectLive(options: LiveOptions): () => void {
  let position = options.after;
  let source: EventSource | undefined;
  let retry: number | undefined;
  let silence: number | undefined;
  let delay = FIRST_RETRY_MS;
  let state: LiveState | undefined;
  let stopped = false;

  function say(next: LiveState): void {
    if (next === state) return;
    state = next;
    options.onState(next);
  }

  function heard(): void {
    delay = FIRST_RETRY_MS;
    window.clearTimeout(silence);
    silence = window.setTimeout(lost, SILENCE_MS);
  }

  function address(): string {
    const url = new URL(options.url, document.baseURI);
    if (position !== undefined) url.searchParams.set("after", String(position));
    for (const [name, value] of Object.entries(options.also?.() ?? {})) url.searchParams.set(name, value);
    return url.href;
  }

  function keep(id: string): void {
    if (id !== "") position = Number(id);
  }

  function open(): void {
    const opened = new EventSource(address());
    source = opened;
    opened.onmessage = (message: MessageEvent<string>) => {
      heard();
      keep(message.lastEventId);
      options.onEvent(JSON.parse(message.data) as LogEvent);
    };
    opened.addEventListener("beat", (message: MessageEvent<string>) => {
      heard();
      keep(message.lastEventId);
      say((JSON.parse(message.data) as { live: boolean }).live ? "live" : "stale");
    });
    for (const [name, act] of Object.entries(options.on ?? {})) {
      opened.addEventListener(name, (message: MessageEvent<string>) => {
        heard();
        act(message.data);
      });
    }
    opened.addEventListener("reset", () => {
      position = undefined;
      (options.onReset ?? (() => window.location.reload()))();
    });
    opened.addEventListener("end", () => {
      stop();
      say("stale");
      (options.onEnd ?? (() => window.location.reload()))();
    });
    opened.onerror = lost;
  }

  function lost(): void {
    if (stopped) return;
    close();
    say("stale");
    retry = window.setTimeout(open, delay * (0.75 + Math.random() / 2));
    delay = Math.min(delay * 2, LAST_RETRY_MS);
  }

  function close(): void {
    window.clearTimeout(silence);
    window.clearTimeout(retry);
    source?.close();
  }

  function again(): void {
    if (stopped || state === "live") return;
    close();
    delay = FIRST_RETRY_MS;
    open();
  }

  function stop(): void {
    stopped = true;
    close();
    window.removeEventListener("online", again);
    window.removeEventListener("offline", lost);
  }

  window.addEventListener("online", again);
  window.addEventListener("offline", lost); // what is open may seem so for long after the line is cut
  say("connecting");
  open();
  return stop;
}

/**
 * Show the state in an element such as
 * `<span class="live-state" role="status" aria-live="polite" data-live="…" data-stale="…" data-connecting="…">`.
 */
export function showState(element: HTMLElement, state: LiveState): void {
  element.dataset.state = state;
  element.textContent = element.dataset[state] ?? "";
}
