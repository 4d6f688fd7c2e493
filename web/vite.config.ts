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
    // Inlined assets would need data: addresses in the content security policy.
    assetsInlineLimit: 0,
  },
  test: {
    environment: "jsdom",
    setupFiles: "./src/testSetup.ts",
    css: { modules: { classNameStrategy: "non-scoped" } },
  },
});
