import { chromium, type Browser } from "playwright-core";

/** Debian's; another Chromium by PARLEY_CHROMIUM. */
const executablePath = process.env["PARLEY_CHROMIUM"] ?? "/usr/bin/chromium";

/** A browser that asks nobody on the network for anything. */
export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--lang=en-GB",
    ],
  });
}
