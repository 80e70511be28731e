import { render } from "preact";
import { App } from "./app";
import { ClientContext, openClient } from "./core/client";
import { startWorker } from "./core/notifications";
import "./styles/base.css";
import "./styles/ui.css";
import "./styles/layout.css";
import "./styles/chat.css";

const root = document.querySelector("#app")!;

async function start(): Promise<void> {
  const client = await openClient();
  render(
    <ClientContext.Provider value={client}>
      <App />
    </ClientContext.Provider>,
    root,
  );
}

start().catch((why: unknown) => {
  render(
    <main class="welcome">
      <h1>Parley cannot start here</h1>
      <p>{String(why)}</p>
    </main>,
    root,
  );
});
startWorker().catch((why: unknown) => {
  console.warn("no service worker:", why);
});
