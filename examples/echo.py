"""A bot that repeats whatever mentions it. README.md says how to start it."""
import asyncio, json, os, random, sys, urllib.request
from urllib.error import HTTPError
import websockets

URL = os.environ.get("PARLEY_URL", "http://localhost:8080")
USER = os.environ.get("BOT_USER", "echo")


def post(path, body, token=""):
    headers = {"Authorization": f"Bearer {token}"}
    data = json.dumps(body).encode()
    request = urllib.request.Request(URL + path, data, headers)
    return json.load(urllib.request.urlopen(request))


def log_in():
    account = {"user": USER, "password": os.environ["BOT_PASSWORD"]}
    try:
        return post("/v1/login", account)["token"]
    except HTTPError:
        return post("/v1/register", account)["token"]


def answer(event, token):
    # The same event makes the same cid: answered twice, it is there once.
    seq, path = event["seq"], f"/v1/conversations/{event['conv']}/messages"
    reply = {"cid": f"to-{seq}", "body": event["body"], "reply_to": seq}
    try:
        post(path, reply, token)
    except HTTPError as why:
        if why.code == 401 or why.code >= 429:
            raise


async def session(place):
    token = log_in()
    address = URL.replace("http", "ws", 1) + "/v1/ws"
    options = {"subprotocols": ["parley.v1"], "max_size": 2**23}
    async with websockets.connect(address, **options) as socket:
        async for frame in socket:
            content = json.loads(frame)
            for x in content if isinstance(content, list) else [content]:
                if x["t"] == "hello":
                    auth = {"t": "auth", "id": 1, "token": token, "device": "echo"}
                    await socket.send(json.dumps(auth | place))
                elif x["t"] == "caught_up":
                    print(USER, "listens", flush=True)
                elif x["t"] == "reset":
                    place["since"] = x["useq"]
                elif "conv" in x and "useq" in x:
                    if x["t"] == "msg" and x["from"] != USER and f"@{USER}" in x.get("body", ""):
                        await asyncio.to_thread(answer, x, token)
                    place["since"] = x["useq"]
                    await socket.send(json.dumps({"t": "recv", "useq": x["useq"]}))


async def main():
    place = {}  # `since`: what came up to here has been dealt with.
    while True:
        try:
            await session(place)
        except (OSError, websockets.WebSocketException) as why:
            print(why, file=sys.stderr)
        await asyncio.sleep(0.5 + random.random())


asyncio.run(main())
