// A bot that repeats whatever mentions it. README.md says how to start it.
import { setTimeout } from "node:timers/promises";
import { WebSocket } from "ws";

const { BOT_USER: user = "echo", BOT_PASSWORD: password } = process.env;
const url = process.env.PARLEY_URL ?? "http://localhost:8080";

async function signIn(path) {
  const body = JSON.stringify({ user, password });
  const answer = await (await fetch(url + path, { method: "POST", body })).json();
  return answer.token ?? Promise.reject(answer);
}

async function session() {
  const token = await signIn("/v1/login").catch(() => signIn("/v1/register"));
  const socket = new WebSocket(url.replace("http", "ws") + "/v1/ws", "parley.v1");
  const say = (what) => socket.send(JSON.stringify(what));
  let [last, waiting] = [0, 0]; // The newest event; answers without an ack.
  socket.onmessage = ({ data }) => {
    for (const { t, conv, seq, useq, from, body, retryable } of [JSON.parse(data)].flat()) {
      if (t === "hello") say({ t: "auth", id: 1, token, device: "echo" });
      if (t === "caught_up") console.log(`${user} listens`);
      if (t === "msg" && from !== user && body?.includes(`@${user}`)) {
        ++waiting; // The same message makes the same cid: its answer is there once.
        say({ t: "send", id: seq, cid: `to-${seq}`, conv, body, reply_to: seq });
      }
      if (retryable) return socket.close(); // What had no recv comes again.
      if (t === "ack" || t === "error") --waiting;
      if (useq && t !== "ready") last = useq;
    }
    if (last && !waiting) say({ t: "recv", useq: last });
  };
  await new Promise((end) => (socket.onclose = socket.onerror = end));
}

for (;; await setTimeout(500 + 1000 * Math.random())) await session().catch(console.error);
