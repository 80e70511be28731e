"""A bot that repeats whatever mentions it. README.md says how to start it."""
import asyncio, json, os, random, sys, time, urllib.request
import websockets

URL = os.environ.get("PARLEY_URL", "http://localhost:8080")
USER = os.environ.get("BOT_USER", "echo")


def sign_in(path):
    account = {"user": USER, "password": os.environ["BOT_PASSWORD"]}
    return json.load(urllib.request.urlopen(URL + path, json.dumps(account).encode()))["token"]


async def session(last=0, waiting=0):  # The newest event; answers without an ack.
    try:
        token = sign_in("/v1/login")
    except OSError:
        token = sign_in("/v1/register")
    async with websockets.connect(URL.replace("http", "ws", 1) + "/v1/ws", max_size=2**23) as socket:
        say = lambda **what: socket.send(json.dumps(what))
        await say(t="auth", id=1, token=token, device="echo")
        async for frame in socket:
            for x in json.loads(frame if frame[0] == "[" else f"[{frame}]"):
                t, conv, seq, body = map(x.get, ("t", "conv", "seq", "body"))
                if t == "caught_up":
                    print(USER, "listens", flush=True)
                if t == "msg" and x["from"] != USER and f"@{USER}" in (body or ""):
                    waiting += 1  # The same message makes the same cid: its answer is there once.
                    await say(t="send", id=seq, cid=f"to-{seq}", conv=conv, body=body, reply_to=seq)
                if x.get("retryable"):
                    raise ConnectionError(x)  # What had no recv comes again.
                waiting -= t in ("ack", "error")
                last = x.get("useq", last) if t != "ready" else last
            if last and not waiting:
                await say(t="recv", useq=last)


while True:
    try:
        asyncio.run(session())
    except (OSError, websockets.WebSocketException) as why:
        print(why, file=sys.stderr)
    time.sleep(0.5 + random.random())
