// What a planner has changed: the ask that goes to the server, and the same as a list to take back.
export interface Shift { code: string; name: string; start: number; minutes: number; cars: number; posts: Record<string, number> }
export interface Site { code: string; name: string; lon: number; lat: number }
export interface OutDuty { unit: string; sign: string; shift: string; start: number; minutes: number; kind: string; post: string; colour: string }
export interface Ask {
  level?: string;
  cars?: Record<string, number>;
  pins?: Record<string, string[]>;
  forbidden?: Record<string, string[]>;
  posts?: Record<string, Record<string, number>>;
  duties?: Record<string, { start_min: number; minutes: number }>;
  stay?: Record<string, string>;
  out?: string[];
}
export interface Studio { ask: Ask; shifts: Shift[]; sites: Site[]; out: OutDuty[] }

export interface Entry { text: string; undo: () => void }
export interface Words { cars: string; pin: string; forbid: string; posts: string; duty: string }

type Lists = "pins" | "forbidden";

const clone = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;
const put = (text: string, values: Record<string, string>): string =>
  Object.entries(values).reduce((told, [name, value]) => told.replace(`{${name}}`, value), text);

export class Edits {
  ask: Ask;
  private readonly sites: Map<string, Site>;

  constructor(private readonly studio: Studio, private readonly changed: () => void) {
    this.ask = clone(studio.ask);
    this.sites = new Map(studio.sites.map((site) => [site.code, site]));
  }

  get any(): boolean {
    return JSON.stringify(this.ask) !== JSON.stringify(this.studio.ask);
  }

  name(code: string): string {
    return this.sites.get(code)?.name ?? code;
  }

  listed(kind: Lists, shift: string, code: string): boolean {
    return ["", shift].some((key) => (this.ask[kind]?.[key] ?? []).includes(code));
  }

  /** Pin or forbid a post in a shift, or take that back; the other of the two ends. */
  toggle(kind: Lists, shift: string, code: string): void {
    const on = !this.listed(kind, shift, code);
    for (const each of ["pins", "forbidden"] as Lists[]) {
      for (const key of ["", shift]) this.drop(each, key, code);
    }
    if (on) {
      const lists = (this.ask[kind] ??= {});
      (lists[shift] ??= []).push(code);
      delete this.ask.posts?.[shift]; // a pin leaves the rest to the search
    }
    this.tidy();
  }

  setCars(shift: string, count: number): void {
    const base = this.studio.shifts.find((one) => one.code === shift)!.cars;
    if (count === base) delete this.ask.cars?.[shift];
    else (this.ask.cars ??= {})[shift] = count;
    delete this.ask.posts?.[shift];
    this.tidy();
  }

  /** Set the cars at a post by hand; `now` are the posts shown, from which the rest is taken. */
  setPost(shift: string, code: string, count: number, now: Record<string, number>): void {
    const posts = { ...now, [code]: count };
    if (count <= 0) delete posts[code];
    (this.ask.posts ??= {})[shift] = posts;
    this.tidy();
  }

  setDuty(unit: string, shift: string, start: number, minutes: number): void {
    const base = this.studio.out.find((one) => one.unit === unit && one.shift === shift);
    const key = `${unit} ${shift}`;
    if (base && base.start === start && base.minutes === minutes && !this.studio.ask.duties?.[key]) delete this.ask.duties?.[key];
    else (this.ask.duties ??= {})[key] = { start_min: start, minutes };
    this.tidy();
  }

  entries(words: Words, clock: (minutes: number) => string): Entry[] {
    const found: Entry[] = [];
    const shiftName = (code: string) => this.studio.shifts.find((one) => one.code === code)?.name ?? code;
    const before = this.studio.ask;
    for (const [shift, cars] of Object.entries(this.ask.cars ?? {})) {
      if (before.cars?.[shift] === cars) continue;
      found.push({ text: put(words.cars, { shift: shiftName(shift), cars: String(cars) }), undo: () => { delete this.ask.cars![shift]; this.tidy(); } });
    }
    for (const kind of ["pins", "forbidden"] as Lists[]) {
      for (const [shift, codes] of Object.entries(this.ask[kind] ?? {})) {
        for (const code of codes) {
          if (before[kind]?.[shift]?.includes(code)) continue;
          const text = put(kind === "pins" ? words.pin : words.forbid, { shift: shiftName(shift), post: this.name(code) });
          found.push({ text, undo: () => { this.drop(kind, shift, code); this.tidy(); } });
        }
      }
    }
    for (const shift of Object.keys(this.ask.posts ?? {})) {
      if (JSON.stringify(before.posts?.[shift]) === JSON.stringify(this.ask.posts![shift])) continue;
      found.push({ text: put(words.posts, { shift: shiftName(shift) }), undo: () => { this.restore(shift); } });
    }
    for (const [key, duty] of Object.entries(this.ask.duties ?? {})) {
      if (JSON.stringify(before.duties?.[key]) === JSON.stringify(duty)) continue;
      const [unit] = key.split(" ");
      const sign = this.studio.out.find((one) => one.unit === unit)?.sign ?? unit;
      const text = put(words.duty, { unit: sign, from: clock(duty.start_min), to: clock(duty.start_min + duty.minutes) });
      found.push({ text, undo: () => { delete this.ask.duties![key]; this.tidy(); } });
    }
    return found;
  }

  private restore(shift: string): void {
    const before = this.studio.ask.posts?.[shift];
    if (before) this.ask.posts![shift] = clone(before);
    else delete this.ask.posts![shift];
    this.tidy();
  }

  private drop(kind: Lists, key: string, code: string): void {
    const list = this.ask[kind]?.[key];
    if (list) this.ask[kind]![key] = list.filter((one) => one !== code);
  }

  /** Leave out what is empty, so that an ask taken back equals the one that the plan was made from. */
  private tidy(): void {
    for (const kind of ["pins", "forbidden"] as Lists[]) {
      for (const [key, list] of Object.entries(this.ask[kind] ?? {})) if (!list.length) delete this.ask[kind]![key];
    }
    for (const name of ["cars", "pins", "forbidden", "posts", "duties"] as const) {
      if (this.ask[name] && !Object.keys(this.ask[name]!).length) delete this.ask[name];
    }
    this.changed();
  }
}
