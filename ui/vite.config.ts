import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { initWasm, Resvg } from "@resvg/resvg-wasm";
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

/** Icons of the crew's app, drawn from the logo; a maskable one keeps the drawing in the middle four fifths. */
function appIcons(): Plugin {
  return {
    name: "app-icons",
    async generateBundle() {
      await initWasm(await readFile(createRequire(import.meta.url).resolve("@resvg/resvg-wasm/index_bg.wasm")));
      const logo = await readFile("../src/anlan/service/static/logo.svg", "utf8");
      const wide = logo.replace('viewBox="0 0 32 32"', 'viewBox="-4 -4 40 40"').replace('width="32" height="32" rx="7"', 'x="-4" y="-4" width="40" height="40"');
      for (const [name, svg, size] of [["any-192", logo, 192], ["any-512", logo, 512], ["maskable-512", wide, 512]] as const) {
        const source = new Resvg(svg, { fitTo: { mode: "width", value: size } }).render().asPng();
        this.emitFile({ type: "asset", fileName: `icons/${name}.png`, source });
      }
    },
  };
}

export default defineConfig({
  plugins: [chineseFont(), appIcons()],
  base: "/static/dist/",
  build: {
    outDir: "../src/anlan/service/static/dist",
    emptyOutDir: true,
    manifest: "manifest.json",
    sourcemap: false,
    assetsInlineLimit: 0, // the content security policy allows no data: fonts
    chunkSizeWarningLimit: 1600,
    rolldownOptions: { input: { site: "src/site.ts", board: "src/board.ts", inbox: "src/inbox.ts", command: "src/command.ts", briefing: "src/briefing.ts", places: "src/places.ts", phone: "src/phone.ts", worker: "src/worker.ts", studio: "src/studio.ts", trials: "src/trials.ts", roster: "src/roster.ts" } },
  },
});
