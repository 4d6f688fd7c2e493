import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// `npm run dev` shows the page of a server that is already running; BESOM_BASE_URL says where.
const server = process.env.BESOM_BASE_URL ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [react()],
  server: {
    proxy: { "/api": server, "/login": server },
  },
  build: {
    target: "es2023",
    // Browsers of these versions know light-dark(), so each colour is written once.
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    // Every browser of the target preloads modules by itself.
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        chunkFileNames: ({ name }) => `assets/${name.split("~")[0]}-[hash].js`,
        assetFileNames: ({ names }) => `assets/${names[0]?.split(/[~.]/)[0]}-[hash][extname]`,
        // Many small files pack worse than one, and each name of a file is in the first of them: what the first view needs
        // is one file, and what several others need stays together while it is small.
        codeSplitting: {
          groups: [
            { name: "first", tags: ["$initial"], priority: 1 },
            { name: "shared", minShareCount: 2, entriesAware: true, entriesAwareMergeThreshold: 1_500 },
          ],
        },
      },
    },
    // Inlined assets would need data: addresses in the content security policy.
    assetsInlineLimit: 0,
  },
  test: {
    css: { modules: { classNameStrategy: "non-scoped" } },
    // On a machine that is busy with other tests; `testSetup` says it of what is waited for.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 30_000 } },
    // A document takes a second to make, so only components get one, and share it: `testSetup` empties it.
    projects: [
      {
        extends: true,
        test: { name: "functions", include: ["src/**/*.test.ts"], environment: "node", isolate: false },
      },
      {
        extends: true,
        test: {
          name: "components",
          include: ["src/**/*.test.tsx"],
          environment: "jsdom",
          isolate: false,
          setupFiles: "./src/testSetup.ts",
        },
      },
    ],
  },
});
