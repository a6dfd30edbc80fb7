import { defineConfig } from "vite";

export default defineConfig({
  base: "/static/dist/",
  build: {
    outDir: "../src/anlan/service/static/dist",
    emptyOutDir: true,
    manifest: "manifest.json",
    sourcemap: false,
    assetsInlineLimit: 0, // the content security policy allows no data: fonts
    chunkSizeWarningLimit: 1600,
    rolldownOptions: { input: { site: "src/site.ts", board: "src/board.ts", briefing: "src/briefing.ts", places: "src/places.ts", phone: "src/phone.ts" } },
  },
});
