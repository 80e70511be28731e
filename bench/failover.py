#!/usr/bin/python3
"""For how long a conversation acknowledges nothing when its leader goes.

Starts three nodes with scripts/cluster, has clients of node 1 send to many
groups all the time, by WebSocket and by HTTP, and takes node 2 away: by SIGKILL,
in order, and by `cluster drain`. Prints, over the conversations that node 2 led
and those that it did not,

  pause    the longest time between two acks of a conversation
  answer   the longest time from a message's first sending to its ack, whatever
           was refused in between (and sent again, as clients do)
  refused  how many sends and requests got an error

and, of the partitions that it led, how long they had no leader, by what the
nodes log.

Needs python3-websockets. `bench/failover.py stop drain` measures only these.
"""
import asyncio
import datetime
import http.client
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request

import websockets

GROUPS = 24
EVERY = 0.02  # seconds between two messages of a group
ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
BINARY = os.environ.get("PARLEY_BINARY",
                        os.path.join(ROOT, "build/release/bin/parley"))


def cluster(*words):
    subprocess.run([os.path.join(ROOT, "scripts/cluster"), *words], check=True,
                   stdout=subprocess.DEVNULL)


def admin(*words):
    config = os.path.join(os.environ["PARLEY_CLUSTER_DIR"], "node1.toml")
    done = subprocess.run([BINARY, "admin", "--config", config, "--json",
                           "cluster", *words], check=True, capture_output=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


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
    """One session that sends to one conversation."""

    def __init__(self, conv):
        self.conv = conv
        self.number = 0
        self.open = {}  # id: (cid, first sent)
        self.acks = []
        self.answers = []  # (when, how long it took)
        self.refused = 0
        self.last_seq = 0

    async def connect(self, token):
        self.socket = await websockets.connect("ws://127.0.0.1:8081/v1/ws")
        await self.say({"t": "auth", "id": 1, "token": token,
                        "device": self.conv[2:].lower()})
        while all(one["t"] != "ready"
                  for one in objects(await self.socket.recv())):
            pass

    async def say(self, what):
        await self.socket.send(json.dumps(what))

    async def send(self, cid, first):
        self.number += 1
        self.open[self.number] = (cid, first)
        await self.say({"t": "send", "id": self.number, "cid": cid,
                        "conv": self.conv, "body": "message"})

    async def keep_sending(self):
        while True:
            await self.send(str(time.monotonic_ns()), time.monotonic())
            await asyncio.sleep(EVERY)

    async def read(self):
        async for frame in self.socket:
            now = time.monotonic()
            for one in objects(frame):
                if one["t"] == "ack":
                    _, first = self.open.pop(one["id"])
                    self.acks.append(now)
                    self.answers.append((now, now - first))
                elif one["t"] == "error":
                    self.refused += 1
                    again = self.open.pop(one["id"])
                    wait = one.get("retry_after_ms", 100) / 1000
                    asyncio.get_running_loop().call_later(
                        wait, lambda x=again: asyncio.ensure_future(
                            self.send(*x)))

    def pause(self, since):
        later = [since] + [t for t in self.acks if t > since]
        return max(b - a for a, b in zip(later, later[1:]))

    def slowest(self, since):
        return max(took for when, took in self.answers if when > since)


class Requests(threading.Thread):
    """Sends by HTTP, one request after the other over one connection."""

    def __init__(self, token, groups):
        super().__init__(daemon=True)
        self.headers = {"content-type": "application/json",
                        "authorization": "Bearer " + token}
        self.groups = groups
        self.over = False
        self.count = self.refused = 0
        self.slowest = 0.0

    def run(self):
        line = http.client.HTTPConnection("127.0.0.1", 8081)
        while not self.over:
            conv = self.groups[self.count % len(self.groups)]
            self.count += 1
            began = time.monotonic()
            line.request("POST", f"/v1/conversations/{conv}/messages",
                         json.dumps({"cid": f"http{time.monotonic_ns()}",
                                     "body": "message"}), self.headers)
            reply = line.getresponse()
            reply.read()
            self.slowest = max(self.slowest, time.monotonic() - began)
            self.refused += reply.status >= 400
            time.sleep(0.005)


def ms(seconds):
    return f"{seconds * 1000:5.0f}"


def leader_changes(node):
    """(time, partition, whether the node leads it), as its log has it."""
    path = os.path.join(os.environ["PARLEY_CLUSTER_DIR"], f"node{node}.log")
    line = re.compile(r"(\S+)Z \w+ partition\.leadership partition=(\d+) "
                      r"epoch=\d+ place=(\d)")
    with open(path, encoding="utf-8", errors="replace") as log:
        for found in filter(None, map(line.match, log)):
            when = datetime.datetime.fromisoformat(found[1] + "+00:00")
            yield when.timestamp(), int(found[2]), found[3] == "1"


def without_leader(left, since):
    """How long each partition of the node that left since then had none. Of one
    that died, what it led had none from then on."""
    led = set()
    ended = {}
    for when, partition, leads in leader_changes(left):
        if leads:
            led.add(partition)
        elif partition in led:
            led.remove(partition)
            if when >= since:
                ended[partition] = when
    ended.update({partition: since for partition in led})
    begun = {}
    for node in {1, 2, 3} - {left}:
        for when, partition, leads in leader_changes(node):
            if leads and when >= since:
                begun[partition] = min(when, begun.get(partition, when))
    return [max(begun[partition] - when, 0)
            for partition, when in ended.items() if partition in begun]


async def measure(how, token, groups):
    led = {row["partition"] for row in admin("partitions")
           if "partition" in row and row["leader"] == "node2"}
    senders = [Sender(conv) for conv in groups]
    for one in senders:
        await one.connect(token)
    tasks = [asyncio.create_task(job) for one in senders
             for job in (one.keep_sending(), one.read())]
    await asyncio.sleep(3)
    requests = Requests(token, groups)
    requests.start()
    await asyncio.sleep(2)
    since, at = time.monotonic(), time.time()
    if how == "drain":
        await asyncio.to_thread(admin, "drain", "node2")
    else:
        await asyncio.to_thread(cluster, how, "2")
    await asyncio.sleep(12)
    requests.over = True
    for task in tasks:
        task.cancel()
    pauses = sorted(one.pause(since) for one in senders)
    slowest = sorted(one.slowest(since) for one in senders)
    print(f"{how:6} {len(led):3} partitions led | ms: "
          f"pause median {ms(pauses[len(pauses) // 2])} "
          f"90 % {ms(pauses[len(pauses) * 9 // 10])} "
          f"longest {ms(pauses[-1])} | "
          f"answer median {ms(slowest[len(slowest) // 2])} "
          f"longest {ms(slowest[-1])} | "
          f"refused {sum(one.refused for one in senders)} of "
          f"{sum(len(one.acks) for one in senders)} | "
          f"HTTP longest {ms(requests.slowest)} "
          f"refused {requests.refused} of {requests.count}", flush=True)
    bare = sorted(without_leader(2, at))
    if bare:
        print(f"{how:6} without a leader | ms: "
              f"median {ms(bare[len(bare) // 2])} "
              f"90 % {ms(bare[len(bare) * 9 // 10])} "
              f"longest {ms(bare[-1])} of {len(bare)}", flush=True)
    for one in senders:
        await one.socket.close()
    if how == "drain":
        admin("drain", "node2", "--off")
    else:
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
            for how in sys.argv[1:] or ("kill", "stop", "drain"):
                await measure(how, token, groups)
        finally:
            cluster("down")


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
