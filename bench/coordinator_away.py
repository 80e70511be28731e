#!/usr/bin/python3
"""What clients notice when ZooKeeper is away for a minute.

Starts three nodes with scripts/cluster. A client of each sends to groups of its
own and to one that all share, and ZooKeeper is stopped, and started again after
a minute. Prints how many messages were sent, how many were refused or not
answered, and the longest time between two acks of a group. The exit status is 1
if any was refused or not answered. Needs python3-websockets.
"""
import asyncio
import json
import os
import sys
import tempfile
import time

import websockets

from failover import cluster, objects, post

AWAY = 60
BEFORE = 10
AFTER = 20
GROUPS = 10  # of each client, beside the one of all
EVERY = 0.125  # seconds between two messages of a group


class Client:
    def __init__(self, node, token, groups):
        self.node, self.token = node, token
        self.acked = {conv: [time.monotonic()] for conv in groups}
        self.open = set()
        self.sent = self.refused = 0
        self.ends = False

    async def run(self):
        async with websockets.connect(
                f"ws://127.0.0.1:808{self.node}/v1/ws") as socket:
            await socket.send(json.dumps({"t": "auth", "id": 1,
                                          "token": self.token,
                                          "device": "bench"}))
            while all(one["t"] != "ready"
                      for one in objects(await socket.recv())):
                pass
            reads = asyncio.create_task(self.read(socket))
            number = 1
            while not self.ends:
                for conv in self.acked:
                    number += 1
                    self.open.add(number)
                    self.sent += 1
                    await socket.send(json.dumps(
                        {"t": "send", "id": number, "cid": f"{number}",
                         "conv": conv, "body": "message"}))
                await asyncio.sleep(EVERY)
            last = time.monotonic() + 10
            while self.open and time.monotonic() < last:
                await asyncio.sleep(0.1)
            reads.cancel()

    async def read(self, socket):
        async for frame in socket:
            newest = 0
            for one in objects(frame):
                newest = max(newest, one.get("useq", 0))
                if one["t"] == "ack":
                    self.acked[one["conv"]].append(time.monotonic())
                    self.open.discard(one["id"])
                elif one["t"] == "error":
                    self.refused += 1
                    self.open.discard(one.get("id"))
            if newest:
                await socket.send(json.dumps({"t": "recv", "useq": newest}))

    def silence(self, since, until):
        """The longest time between two acks of one of the groups."""
        longest = 0
        for times in self.acked.values():
            within = [since] + [t for t in times if since < t < until] + [until]
            longest = max([longest]
                          + [b - a for a, b in zip(within, within[1:])])
        return longest


async def main():
    with tempfile.TemporaryDirectory() as data:
        os.environ["PARLEY_CLUSTER_DIR"] = data
        cluster("up")
        try:
            tokens = [post("/v1/register", {"user": f"sender{node}",
                                            "password": "password"})["token"]
                      for node in (1, 2, 3)]
            shared = post("/v1/groups",
                          {"cid": "shared", "name": "group",
                           "members": ["sender2", "sender3"]},
                          tokens[0])["conv"]
            clients = []
            for node, token in zip((1, 2, 3), tokens):
                own = [post("/v1/groups", {"cid": str(i), "name": "group",
                                           "members": []}, token)["conv"]
                       for i in range(GROUPS)]
                clients.append(Client(node, token, own + [shared]))
            runs = [asyncio.create_task(x.run()) for x in clients]
            await asyncio.sleep(BEFORE)
            began = time.monotonic()
            await asyncio.to_thread(cluster, "stop", "zookeeper")
            await asyncio.sleep(AWAY)
            await asyncio.to_thread(cluster, "start", "zookeeper")
            back = time.monotonic()
            await asyncio.sleep(AFTER)
            end = time.monotonic()
            for x in clients:
                x.ends = True
            await asyncio.gather(*runs)
        finally:
            cluster("down")
    sent = sum(x.sent for x in clients)
    refused = sum(x.refused for x in clients)
    open_ones = sum(len(x.open) for x in clients)
    print(f"ZooKeeper away for {back - began:.0f} s: {sent} sent, "
          f"{refused} refused, {open_ones} not answered")
    for name, since, until in (("before", began - BEFORE / 2, began),
                               ("while it is away", began, back),
                               ("after", back, end)):
        print(f"  longest time between two acks of a group, {name}: "
              f"{max(x.silence(since, until) for x in clients):.2f} s")
    return 1 if refused or open_ones else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
