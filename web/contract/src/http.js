import { request } from "node:http";

/**
 * One request, as it is given; fetch would not send all that is tested here.
 * @param {string} url
 * @param {{method?: string, headers?: object, body?: string | Buffer}} what
 */
export function ask(url, { method = "GET", headers = {}, body } = {}) {
  return new Promise((done, failed) => {
    const out = request(url, { method, headers, agent: false });
    const answered = (answer) => {
      const parts = [];
      answer.on("error", failed);
      answer.on("data", (x) => parts.push(x));
      answer.on("end", () =>
        done({
          status: answer.statusCode,
          headers: answer.headers,
          type: answer.headers["content-type"]?.split(";")[0],
          text: Buffer.concat(parts).toString(),
        }),
      );
    };
    out.on("response", answered);
    out.on("upgrade", (answer, socket) => {
      socket.destroy();
      done({ status: answer.statusCode, headers: answer.headers, text: "" });
    });
    out.on("error", failed);
    out.end(body);
  });
}

/** A JSON request with a token, and the JSON of its answer. */
export async function askJson(url, method, token, value) {
  const answer = await ask(url, {
    method,
    headers: token ? { authorization: `Bearer ${token}` } : {},
    body: value === undefined ? undefined : JSON.stringify(value),
  });
  if (answer.status >= 300)
    throw new Error(`${method} ${url}: ${answer.status} ${answer.text}`);
  return answer.text ? JSON.parse(answer.text) : undefined;
}

/** Registers a user; gives the access token. */
export async function register(server, user) {
  const body = { user, password: `password of ${user}` };
  return (await askJson(`${server.url}/v1/register`, "POST", null, body)).token;
}
