#!/usr/bin/python3
"""For how long a conversation acknowledges nothing when its leader goes.

Starts three nodes with scripts/cluster, has a client of node 1 send to many
groups all the time, and takes node 2 away: by SIGKILL, and in order. Prints, of
the conversations that node 2 led, the longest time between two acks, beside
those that others led. Needs python3-websockets.
"""
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

import websockets

GROUPS = 30
EVERY = 0.4  # seconds between two messages of a group
ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")


def cluster(*words):
    subprocess.run([os.path.join(ROOT, "scripts/cluster"), *words], check=True,
                   stdout=subprocess.DEVNULL)


def post(path, body, token=None):
    """Asks node 1 until it is not unavailable any more."""
    headers = {"content-type": "application/json"}
    if token:
        headers["authorization"] = "Bearer " + token
    while True:
        request = urllib.request.Request("http://127.0.0.1:8081" + path,
                                         json.dumps(body).encode(), headers)
        try:
            return json.load(urllib.request.urlopen(request))
        except urllib.error.HTTPError as refused:
            if refused.code != 503:
                raise
            time.sleep(0.2)


def objects(frame):
    whole = json.loads(frame)
    return whole if isinstance(whole, list) else [whole]


class Sender:
    def __init__(self, socket, groups):
        self.socket = socket
        self.acked = {conv: [time.monotonic()] for conv in groups}
        self.number = 1

    async def send(self):
        while True:
            for conv in self.acked:
                self.number += 1
                await self.socket.send(json.dumps(
                    {"t": "send", "id": self.number, "cid": str(self.number),
                     "conv": conv, "body": "message"}))
            await asyncio.sleep(EVERY)

    async def read(self):
        async for frame in self.socket:
            for one in objects(frame):
                if one["t"] == "ack":
                    self.acked[one["conv"]].append(time.monotonic())

    def gaps(self, since):
        """The longest silence of each conversation."""
        longest = []
        for times in self.acked.values():
            later = [since] + [t for t in times if t > since]
            longest.append(max(b - a for a, b in zip(later, later[1:])))
        return sorted(longest)


async def measure(how, token, groups):
    async with websockets.connect("ws://127.0.0.1:8081/v1/ws") as socket:
        await socket.send(json.dumps({"t": "auth", "id": 1, "token": token,
                                      "device": how}))
        while all(one["t"] != "ready" for one in objects(await socket.recv())):
            pass
        sender = Sender(socket, groups)
        tasks = [asyncio.create_task(sender.send()),
                 asyncio.create_task(sender.read())]
        await asyncio.sleep(5)
        since = time.monotonic()
        await asyncio.to_thread(cluster, how, "2")
        await asyncio.sleep(15)
        for task in tasks:
            task.cancel()
        gaps = sender.gaps(since)
        print(f"{how:6} median {gaps[len(gaps) // 2]:6.2f} s   "
              f"90 % {gaps[len(gaps) * 9 // 10]:6.2f} s   "
              f"longest {gaps[-1]:6.2f} s")
    cluster("start", "2")
    await asyncio.sleep(10)


async def main():
    with tempfile.TemporaryDirectory() as data:
        os.environ["PARLEY_CLUSTER_DIR"] = data
        cluster("up")
        try:
            token = post("/v1/register", {"user": "sender",
                                          "password": "password"})["token"]
            groups = [post("/v1/groups", {"cid": str(i), "name": "group",
                                          "members": []}, token)["conv"]
                      for i in range(GROUPS)]
            for how in ("kill", "stop"):
                await measure(how, token, groups)
        finally:
            cluster("down")


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
