// The app's state and what can be done: one place through which every action goes.
import { connectLive } from "../live";
import type { LogEvent } from "../live";
import { postForm } from "../board/http";
import { setServerNow } from "../board/ages";
import { t, useZone } from "./dom";
import { merged } from "./merge";
import { newAction, put, send } from "./outbox";
import type { Outcome } from "./outbox";
import * as store from "./store";
import type { Action, Fix, Kind, Snapshot } from "./types";
import * as where from "./where";

const RETRY_MS = 20_000;
const REFRESH_MS = 60_000;

export interface Addresses { snapshot: string; sync: string; stream: string; position: string; signIn: string }

export class App {
  kept: Snapshot | undefined;
  all: Action[] = [];
  net: "live" | "offline" | "connecting" = "connecting";
  trouble: "" | "signed-out" | "other-account" = "";
  private stopLive: (() => void) | undefined;
  private busy: Promise<void> = Promise.resolve();
  private next: Promise<void> | undefined;

  constructor(readonly urls: Addresses, private readonly changed: () => void, readonly say: (text: string, bad?: boolean) => void) {}

  async start(): Promise<void> {
    this.kept = await store.lastSnapshot();
    await this.reload();
    void navigator.storage?.persist?.();
    window.addEventListener("online", () => void this.refresh());
    document.addEventListener("visibilitychange", () => { if (!document.hidden) void this.refresh(); });
    setInterval(() => { if (!document.hidden || this.waiting().length) void this.refresh(); }, REFRESH_MS);
    setInterval(() => { if (this.waiting().length) void this.refresh(); }, RETRY_MS);
    await this.refresh();
    if (await store.setting<boolean>("share")) this.share();
  }

  /** The duty as the crew sees it: the server's word and what waits. */
  now(): Snapshot | undefined {
    return this.kept && merged(this.kept, this.all);
  }

  /** What waits to be sent, tracks apart. */
  waiting(): Action[] {
    return this.all.filter((action) => action.state === "waiting");
  }

  declined(): Action[] {
    return this.all.filter((action) => action.state === "refused" || action.state === "asks");
  }

  private async reload(): Promise<void> {
    this.all = await store.actions();
    if (this.kept) useZone(this.kept.zone);
    this.changed();
  }

  private about(): { account: number; unit: number } {
    return { account: this.kept!.account.id, unit: this.kept!.unit!.id };
  }

  /** Do something: it is in the outbox before the screen shows it, and sent as soon as the site answers. */
  async act(kind: Kind, data: Record<string, unknown>, said: string): Promise<Action> {
    const action = newAction(kind, this.about(), data, said);
    await put(action);
    await this.reload();
    void this.refresh();
    return action;
  }

  /** Do something of which one must know whether it went out: true once the site has taken it. */
  async tellNow(kind: Kind, data: Record<string, unknown>, said: string): Promise<boolean> {
    const { key } = await this.act(kind, data, said);
    await this.refresh();
    return !this.all.some((action) => action.key === key && action.state !== "done");
  }

  /** Do again what the site asked about, now confirmed, at the time at which it was done. */
  async confirm(action: Action): Promise<void> {
    const { account, unit } = action;
    await put(newAction(action.kind, { account, unit }, { ...action.data, confirmed: true }, action.said, new Date(action.at)));
    await this.dismiss(action);
    void this.refresh();
  }

  async dismiss(action: Action): Promise<void> {
    await store.dropAction(action);
    await this.reload();
  }

  /** Send what waits, then fetch the duty anew. Calls while a round runs share the one after it. */
  refresh(): Promise<void> {
    this.next ??= this.busy.then(async () => {
      this.next = undefined;
      await this.round().catch(() => this.seen("offline"));
    });
    this.busy = this.next;
    return this.busy;
  }

  private async round(): Promise<void> {
    if (this.kept?.unit) {
      const outcome = await send(this.urls.sync, this.about(), () => void this.reload());
      this.noted(outcome);
      if (outcome === "offline") return this.reload();
    }
    await this.fetchSnapshot();
    await this.reload();
  }

  private noted(outcome: Outcome): void {
    if (outcome === "offline") this.seen("offline");
    else if (outcome !== "later") this.trouble = outcome === "sent" ? "" : outcome;
  }

  private seen(net: "live" | "offline"): void {
    if (net === "offline" || this.net !== "live") this.net = net;
    this.changed();
  }

  private async fetchSnapshot(): Promise<void> {
    const done = (await store.actions()).filter((action) => action.state === "done");
    const unit = this.kept?.unit?.id ?? (await store.setting<number>("unit"));
    let answer: Response;
    try {
      answer = await fetch(`${this.urls.snapshot}?unit=${unit ?? ""}`, { credentials: "same-origin", signal: AbortSignal.timeout(20_000) });
    } catch {
      return this.seen("offline");
    }
    if (answer.redirected || answer.status === 403) { this.trouble = "signed-out"; return; }
    if (!answer.ok) return this.seen("offline");
    await this.keep((await answer.json()) as Snapshot, done);
  }

  private async keep(snapshot: Snapshot, done: Action[]): Promise<void> {
    await store.keepSnapshot(snapshot, done);
    this.kept = snapshot;
    setServerNow(snapshot.made_at);
    if (this.trouble === "signed-out") this.trouble = "";
    this.seen("live");
    this.listen();
    if (!snapshot.unit?.on_duty) where.unfollow();
  }

  /** Follow the log: what concerns the unit is fetched at once. */
  private listen(): void {
    if (this.stopLive || !this.kept?.unit) return;
    this.stopLive = connectLive({
      url: `${this.urls.stream}?county=${this.kept.unit.county}`,
      onEvent: (event: LogEvent) => {
        const mine = Number(event.data?.unit_id ?? 0) === this.kept?.unit?.id;
        if (mine || event.verb === "incident.amended" || event.verb === "orders.given") void this.refresh();
      },
      onState: (state) => {
        const before = this.net;
        this.net = state === "stale" ? "offline" : state;
        if (state === "live" && before !== "live") void this.refresh();
        this.changed();
      },
      onReset: () => undefined,
      onEnd: () => { this.stopLive = undefined; void this.refresh(); },
    });
  }

  async choose(unit: number): Promise<void> {
    const kept = await store.snapshotOf(unit);
    await store.setSetting("unit", unit);
    this.kept = kept ?? { ...this.kept!, unit: { ...this.kept!.unit!, id: unit } };
    await this.refresh();
    if (this.kept?.unit?.id !== unit || this.net !== "live") this.say(t("unit_needs_network"), true);
  }

  /** Share the position while on duty; what cannot be sent is kept and sent later. */
  share(): void {
    if (!this.kept?.unit?.on_duty) return;
    void store.setSetting("share", true);
    where.follow((fix) => void this.tell(fix), () => this.say(t("denied"), true));
    this.changed();
  }

  private async tell(fix: Fix): Promise<void> {
    if (!this.now()?.unit?.on_duty) return where.unfollow();
    try {
      if (this.net !== "live" || this.waiting().length) throw new Error("later");
      const url = this.urls.position.replace("/0/", `/${this.kept!.unit!.id}/`);
      await postForm(url, { lon: String(fix.lon), lat: String(fix.lat), at: String(fix.at) });
    } catch {
      await store.addFix(fix);
    }
  }

  /** Forget the duty when somebody signs out; the outbox stays until its owner signs in again. */
  async leave(): Promise<void> {
    await store.forgetSnapshots();
  }
}
