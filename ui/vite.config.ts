import { defineConfig } from "vite";
import type { Plugin } from "vite";

/** Chinese fonts that a device may have; with one of them it fetches none of ours. */
const LOCAL = ["Noto Sans CJK SC", "Source Han Sans SC", "HarmonyOS Sans SC", "MiSans"];

/** The bundled Chinese font: a device's own first, no boxes while a slice loads, WOFF2 only. */
function chineseFont(): Plugin {
  return {
    name: "chinese-font",
    enforce: "pre",
    transform(code, id) {
      if (!id.includes("@fontsource") || !id.endsWith(".css")) return null;
      const style = id.endsWith("/700.css") ? "Bold" : "Regular";
      const local = LOCAL.map((name) => `local("${name} ${style}"), local("${name.replaceAll(" ", "")}-${style}")`).join(", ");
      return code
        .replaceAll("font-display: swap", "font-display: block")
        .replaceAll(/, url\([^)]+\.woff\) format\('woff'\)/g, "")
        .replaceAll("src: url(", `src: ${local}, url(`);
    },
  };
}

export default defineConfig({
  plugins: [chineseFont()],
  base: "/static/dist/",
  build: {
    outDir: "../src/anlan/service/static/dist",
    emptyOutDir: true,
    manifest: "manifest.json",
    sourcemap: false,
    assetsInlineLimit: 0, // the content security policy allows no data: fonts
    chunkSizeWarningLimit: 1600,
    rolldownOptions: { input: { site: "src/site.ts", board: "src/board.ts", command: "src/command.ts", briefing: "src/briefing.ts", places: "src/places.ts", phone: "src/phone.ts", studio: "src/studio.ts", trials: "src/trials.ts", roster: "src/roster.ts" } },
  },
});
