// A bot that repeats whatever mentions it. README.md says how to start it.
const WebSocket = globalThis.WebSocket ?? (await import("ws")).WebSocket;
const { PARLEY_URL: url = "http://localhost:8080", BOT_USER: user = "echo" } =
  process.env;
let since; // What came up to here has been dealt with.

async function post(path, body, token = "") {
  const headers = { authorization: `Bearer ${token}` };
  const request = { method: "POST", headers, body: JSON.stringify(body) };
  const answer = await fetch(url + path, request);
  if (!answer.ok) throw await answer.json(); // With `status` and `code`.
  return answer.json();
}

function logIn() {
  const account = { user, password: process.env.BOT_PASSWORD };
  return post("/v1/login", account).catch(() => post("/v1/register", account));
}

async function session() {
  const { token } = await logIn();
  const socket = new WebSocket(`${url.replace("http", "ws")}/v1/ws`, "parley.v1");
  const say = (what) => socket.send(JSON.stringify(what));

  async function take({ t, conv, seq, useq, from, body }) {
    if (t === "hello") say({ t: "auth", id: 1, token, device: "echo", since });
    if (t === "caught_up") console.log(`${user} listens`);
    if (t === "reset") since = useq;
    if (!conv || !useq) return; // Nothing that lasts.
    if (t === "msg" && from !== user && body?.includes(`@${user}`)) {
      // The same event makes the same cid: answered twice, it is there once.
      const reply = { cid: `to-${seq}`, body, reply_to: seq };
      await post(`/v1/conversations/${conv}/messages`, reply, token).catch((why) => {
        if (!why.status || why.status === 401 || why.status >= 429) throw why;
      });
    }
    say({ t: "recv", useq: (since = useq) });
  }

  let turn = Promise.resolve(); // One after the other; none after a failure.
  socket.onmessage = ({ data }) => {
    for (const x of [JSON.parse(data)].flat()) turn = turn.then(() => take(x));
    turn.catch(() => socket.close());
  };
  await new Promise((end) => (socket.onclose = socket.onerror = end));
}

for (;;) {
  await session().catch(console.error);
  await new Promise((later) => setTimeout(later, 500 + 1000 * Math.random()));
}
