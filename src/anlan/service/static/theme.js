// Runs before the first paint: applies the reader's theme so that a dark page never flashes white.
(() => {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    let chosen = "auto";
    try { chosen = localStorage.getItem("theme") || "auto"; } catch { /* storage refused: follow the device */ }
    document.documentElement.dataset.theme = chosen;
    document.documentElement.dataset.bsTheme = chosen === "auto" ? (dark.matches ? "dark" : "light") : chosen === "night" ? "dark" : chosen;
  };
  dark.addEventListener("change", apply);
  addEventListener("anlan:theme", apply);
  apply();
})();
