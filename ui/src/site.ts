// Every page: the framework's styles, the theme, and its few behaviours.
import "bootstrap/dist/css/bootstrap.min.css";
import "@fontsource/noto-sans-sc/400.css";
import "@fontsource/noto-sans-sc/700.css";
import "./theme.css";
import "bootstrap/js/dist/collapse";
import "bootstrap/js/dist/dropdown";

type Theme = "auto" | "light" | "dark" | "night";
const THEMES: Theme[] = ["auto", "light", "dark", "night"];
const MARKS: Record<Theme, string> = { auto: "◐", light: "☀", dark: "☾", night: "✦" };

/** Shows which theme is chosen, in words for screen readers and as a mark. */
function showTheme(button: HTMLElement): void {
  const theme = (document.documentElement.dataset.theme ?? "auto") as Theme;
  const words = button.dataset[theme] ?? theme;
  button.textContent = MARKS[theme];
  button.setAttribute("aria-label", words);
  button.title = words;
}

function nextTheme(button: HTMLElement): void {
  const now = (document.documentElement.dataset.theme ?? "auto") as Theme;
  const next = THEMES[(THEMES.indexOf(now) + 1) % THEMES.length] ?? "auto";
  try {
    localStorage.setItem("theme", next);
  } catch {
    return;
  }
  window.dispatchEvent(new Event("anlan:theme"));
  showTheme(button);
}

/** Says something at the lower corner; it stays until closed when it is an error, else eight seconds. */
function toast(text: string, kind: "info" | "error" = "info"): void {
  const box = document.getElementById("toasts");
  if (!box) return;
  const item = document.createElement("div");
  item.className = `toast show toast-${kind}`;
  item.setAttribute("role", kind === "error" ? "alert" : "status");
  const body = document.createElement("div");
  body.className = "toast-body";
  body.textContent = text;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "btn-close";
  close.setAttribute("aria-label", box.dataset.close ?? "Close");
  close.addEventListener("click", () => item.remove());
  item.append(body, close);
  box.append(item);
  if (kind === "info") window.setTimeout(() => item.remove(), 8000);
}

// Chromium keeps text that it shaped before a slice of the Chinese font came, boxes and all, where the device has
// no Chinese font of its own. Another value of a font property makes it shape anew; kerning is on with any of them.
let slices = 0;
document.fonts.addEventListener("loadingdone", (event) => {
  if (event.fontfaces.length) document.documentElement.style.fontFeatureSettings = `"kern" ${(slices += 1)}`;
});

for (const button of document.querySelectorAll<HTMLElement>("[data-theme-switch]")) {
  showTheme(button);
  button.addEventListener("click", () => nextTheme(button));
}
for (const field of document.querySelectorAll<HTMLSelectElement>("select[data-submit-on-change]")) {
  field.addEventListener("change", () => field.form?.requestSubmit());
}
for (const button of document.querySelectorAll<HTMLElement>("[data-print]")) {
  button.addEventListener("click", () => window.print());
}
for (const name of ["htmx:responseError", "htmx:sendError"]) {
  document.body.addEventListener(name, (event) => {
    const request = (event as CustomEvent<{ xhr?: XMLHttpRequest }>).detail.xhr;
    const said = request?.getResponseHeader("X-Message");
    toast(said ? decodeURIComponent(said) : (document.getElementById("toasts")?.dataset.failed ?? ""), "error");
  });
}
document.addEventListener("anlan:toast", (event) => {
  const { text, kind } = (event as CustomEvent<{ text: string; kind?: "info" | "error" }>).detail;
  toast(text, kind);
});
