"""A bot that repeats whatever mentions it. README.md says how to start it."""
import asyncio, json, os, random, sys, time, urllib.request
import websockets

URL = os.environ.get("PARLEY_URL", "http://localhost:8080")
USER = os.environ.get("BOT_USER", "echo")
place = {}  # `since`: what came up to there has been dealt with.


def sign_in(path):
    account = {"user": USER, "password": os.environ["BOT_PASSWORD"]}
    return json.load(urllib.request.urlopen(URL + path, json.dumps(account).encode()))["token"]


async def session(last, waiting=0):  # The newest event; answers without an ack.
    try:
        token = sign_in("/v1/login")
    except OSError:
        token = sign_in("/v1/register")
    async with websockets.connect(URL.replace("http", "ws", 1) + "/v1/ws", max_size=2**23) as socket:
        say = lambda **x: socket.send(json.dumps(x))
        async for frame in socket:
            for x in json.loads(frame if frame.startswith("[") else f"[{frame}]"):
                t, useq = x["t"], x.get("useq")
                if t == "hello":
                    await say(t="auth", id=1, token=token, device="echo", **place)
                if t == "caught_up":
                    print(USER, "listens", flush=True)
                if t == "reset" or "conv" in x and useq:
                    last = useq
                if t == "msg" and x["from"] != USER and f"@{USER}" in x.get("body", ""):
                    waiting += 1  # The same event makes the same cid: its answer is there once.
                    answer = {"cid": f"to-{x['seq']}", "body": x["body"], "reply_to": x["seq"]}
                    await say(t="send", id=useq, conv=x["conv"], **answer)
                if t == "ack" or t == "error" and not x["retryable"]:
                    waiting -= 1
                if x.get("retryable"):
                    await socket.close()  # All after `since` comes again.
                if not waiting and last != place.get("since"):
                    place["since"] = last
                    await say(t="recv", useq=last)


while True:
    try:
        asyncio.run(session(place.get("since")))
    except (OSError, websockets.WebSocketException) as why:
        print(why, file=sys.stderr)
    time.sleep(0.5 + random.random())
