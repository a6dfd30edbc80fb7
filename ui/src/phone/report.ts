// Third view: a problem of a place, with a picture. Built once, so that typing is never disturbed.
import type { App } from "./app";
import { button, h, t } from "./dom";
import { bare } from "./picture";
import { fresh, here } from "./where";

export function reportView(app: App, kinds: [string, string][]): Node[] {
  const kind = h("select", { id: "report-kind", class: "form-select" }, ...kinds.map(([value, label]) => h("option", { value }, label))) as HTMLSelectElement;
  const where = h("input", { id: "report-where", class: "form-control", maxlength: "200", autocomplete: "off" }) as HTMLInputElement;
  const words = h("textarea", { id: "report-words", class: "form-control", rows: "3", maxlength: "2000" }) as HTMLTextAreaElement;
  const file = h("input", { id: "report-picture", type: "file", accept: "image/*", capture: "environment", class: "form-control" }) as HTMLInputElement;
  const form = h("form", { class: "report-form", novalidate: true, onsubmit: (event) => { event.preventDefault(); void sent(); } },
    h("h2", {}, t("report_title")),
    h("label", { for: "report-kind" }, t("report_kind")), kind,
    h("label", { for: "report-where" }, t("report_where")), where,
    h("label", { for: "report-words" }, t("report_words")), words,
    h("label", { for: "report-picture" }, t("report_picture")), file,
    h("p", { class: "hint" }, t("no_people")),
    h("button", { class: "btn btn-primary btn-lg w-100" }, t("report_send"))) as HTMLFormElement;

  const sent = async () => {
    const fix = fresh() ?? (await here());
    if (!fix && !where.value.trim()) { where.focus(); return app.say(t("report_needs_place"), true); }
    const picture = file.files?.[0];
    const data: Record<string, unknown> = { kind: kind.value, where: where.value.trim(), words: words.value.trim() };
    if (fix) Object.assign(data, { lon: fix.lon, lat: fix.lat });
    try {
      if (picture) data.picture = await bare(picture);
    } catch {
      return app.say(t("bad_picture"), true);
    }
    await app.act("report", data, `${t("report_title")}: ${kind.selectedOptions[0]?.textContent ?? ""}`);
    form.reset();
    app.say(t("report_kept"));
  };
  return [form];
}

export function entryForm(app: App): HTMLElement {
  const text = h("textarea", { id: "entry-text", class: "form-control", rows: "2", maxlength: "2000" }) as HTMLTextAreaElement;
  const write = async () => {
    if (!text.value.trim()) { text.focus(); return app.say(t("entry_empty"), true); }
    await app.act("entry", { text: text.value.trim() }, `${t("entry")}: ${text.value.trim().slice(0, 40)}`);
    text.value = "";
  };
  return h("div", { class: "entry-form" }, h("label", { for: "entry-text" }, t("entry")), text, button(t("entry_write"), "btn-primary w-100", () => void write()));
}
