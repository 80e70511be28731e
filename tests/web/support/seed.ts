import { once } from "node:events";
import { WebSocket } from "ws";

/** So many sends are under way at a time. */
const UNDER_WAY = 200;

interface Frame {
  readonly t: string;
  readonly id?: number;
}

/** Fills a conversation over a session of its own, as fast as that goes. */
export async function seed(
  url: string,
  login: { user: string; password: string },
  conv: string,
  bodies: readonly string[],
): Promise<void> {
  const answer = await fetch(`${url}/v1/login`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(login),
  });
  const { token } = (await answer.json()) as { token: string };
  const socket = new WebSocket(`${url.replace("http", "ws")}/v1/ws`);
  let next = 0;
  let acked = 0;
  const send = (frame: object) => socket.send(JSON.stringify(frame));
  const sendNext = () => {
    const id = next++;
    const body = bodies[id];
    if (body !== undefined)
      send({ t: "send", id: id + 2, cid: `seed-${id}`, conv, body });
  };
  socket.on("message", (data) => {
    const read = JSON.parse(String(data)) as Frame | Frame[];
    for (const frame of Array.isArray(read) ? read : [read]) {
      if (frame.t === "hello")
        send({ t: "auth", id: 1, token, device: "seeder" });
      else if (frame.t === "ready")
        for (let i = 0; i < UNDER_WAY; ++i) sendNext();
      else if (frame.t === "error")
        socket.emit("error", new Error(JSON.stringify(frame)));
      else if (frame.t === "ack") {
        if (++acked === bodies.length) socket.close();
        else sendNext();
      }
    }
  });
  await once(socket, "close");
}

/** Texts of many lengths, each with its number; the same every time. */
export function manyBodies(count: number): string[] {
  const words = "the hatter the hare and a dormouse sat at the table".split(" ");
  return Array.from({ length: count }, (_, i) => {
    const length = 1 + ((i * 7919) % 40);
    const text = Array.from({ length }, (_, j) => words[(i + j * j) % 11]);
    return `#${i + 1} ${text.join(" ")}`;
  });
}
