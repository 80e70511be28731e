import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
/** The node that `npm run dev` passes requests on to. */
const node = process.env["PARLEY_URL"] ?? "http://localhost:8080";

export default defineConfig({
  resolve: {
    alias: { "parley-client": here("../client/src/index.ts") },
  },
  esbuild: {
    jsx: "automatic",
    jsxImportSource: "preact",
  },
  build: {
    target: "es2022",
    modulePreload: { polyfill: false },
    // A data: address would need a wider Content-Security-Policy.
    assetsInlineLimit: 0,
    rollupOptions: {
      input: { app: here("index.html"), sw: here("src/worker/sw.ts") },
      output: {
        // A service worker is found anew under the name it had before.
        entryFileNames: ({ name }) =>
          name === "sw" ? "sw.js" : "assets/[name]-[hash].js",
      },
    },
  },
  server: {
    proxy: {
      "/v1": { target: node, changeOrigin: true, ws: true },
    },
  },
});
