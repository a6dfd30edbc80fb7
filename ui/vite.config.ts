import { defineConfig } from "vite";

export default defineConfig({
  base: "/static/dist/",
  build: {
    outDir: "../src/anlan/service/static/dist",
    emptyOutDir: true,
    manifest: "manifest.json",
    sourcemap: false,
    chunkSizeWarningLimit: 1600,
    rolldownOptions: { input: { site: "src/site.ts", board: "src/board.ts", briefing: "src/briefing.ts", places: "src/places.ts", phone: "src/phone.ts" } },
  },
});
