#!/usr/bin/python3
"""What it costs to have each message on three nodes instead of one.

Starts three nodes with scripts/cluster, once with one replica of each partition
and once with three, has parley-bench send direct messages through node 1, and
prints the CPU time of all three nodes together for each message. The difference
is what two followers cost; beside it stands what the bare relay takes for a
message in the same run. Twice: as fast as it goes, where dearer messages wait
longer, and so are written more of them at once; and at a fixed rate. Node 1 leads all partitions by its weight, so that no
message goes from node to node but for replication. All nodes share core 0, as
the relay does before them; parley-bench has core 1.

    bench/replication.py [PARLEY [PARLEY_BENCH]]
"""
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
NODES = (1, 2, 3)
SECONDS = 6
RATES = (0, 6000)  # Messages a second; 0: as fast as it goes.
TICKS = os.sysconf("SC_CLK_TCK")


def cluster(*words):
    subprocess.run(["taskset", "-c", "0", os.path.join(ROOT, "scripts/cluster"),
                    *words], check=True, stdout=subprocess.DEVNULL)


def cpu_seconds(data):
    """Of each node."""
    times = []
    for node in NODES:
        pid = open(f"{data}/node{node}.pid").read().strip()
        fields = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()
        times.append((int(fields[11]) + int(fields[12])) / TICKS)
    return times


def appended():
    total = 0
    for node in NODES:
        url = f"http://127.0.0.1:808{node}/metrics"
        text = urllib.request.urlopen(url).read().decode()
        total += int(re.search(r"^parley_messages_appended_total (\d+)", text,
                               re.M).group(1))
    return total


def ask(data, *words):
    answer = subprocess.run(
        [os.environ["PARLEY_BINARY"], "admin", "--json", "--config",
         f"{data}/node1.toml", "cluster", *words],
        check=True, stdout=subprocess.PIPE).stdout.decode().splitlines()[-1]
    return json.loads(answer)


def await_order(data):
    """Partitions go to where they belong; that is not what is measured."""
    for _ in range(600):
        if ask(data, "rebalance").get("count") == 0 and ask(
                data, "status").get("whole"):
            return
        time.sleep(0.5)
    sys.exit("the partitions do not settle")


def run_load(bench, data, rate):
    """CPU time of a message at each node in the last seconds under load, in µs;
    messages a second; CPU time of the relay's message."""
    pid = open(f"{data}/node1.pid").read().strip()
    figures = f"{data}/figures.json"
    # The relays have their turn first.
    load = subprocess.Popen(
        [bench, "direct", "--url", "http://127.0.0.1:8081", "--pid", pid,
         "--rounds", "1", "--measure", str(SECONDS), "--json", figures]
        + (["--rate", str(rate)] if rate else []), stdout=subprocess.DEVNULL)
    samples = []
    while load.poll() is None:
        samples.append((cpu_seconds(data), appended(), time.monotonic()))
        time.sleep(0.5)
    if load.returncode != 0:
        sys.exit("parley-bench failed")
    relay = json.load(open(figures))["systems"][0]
    last = samples[-3]
    first = next(x for x in samples if x[2] >= last[2] - SECONDS + 2)
    messages = last[1] - first[1]
    return ([(b - a) / messages * 1e6 for a, b in zip(first[0], last[0])],
            messages / (last[2] - first[2]),
            relay["median"]["server_cpu_us_per_delivery"])


def measure(bench, replicas):
    """`run_load` at each rate, with so many replicas."""
    with tempfile.TemporaryDirectory() as data:
        os.environ.update(PARLEY_CLUSTER_DIR=data,
                          PARLEY_CLUSTER_REPLICAS=str(replicas),
                          PARLEY_CLUSTER_FIRST_WEIGHT="1000")
        cluster("up")
        try:
            await_order(data)
            loads = []
            for rate in RATES:
                print(f"{replicas} replica(s), rate {rate} …", file=sys.stderr,
                      flush=True)
                loads.append(run_load(bench, data, rate))
            return loads
        finally:
            cluster("down")


def main():
    release = f"{ROOT}/build/release/bin"
    parley = sys.argv[1] if len(sys.argv) > 1 else f"{release}/parley"
    bench = sys.argv[2] if len(sys.argv) > 2 else f"{release}/parley-bench"
    os.environ["PARLEY_BINARY"] = os.path.abspath(parley)
    alone = measure(bench, 1)
    followed = measure(bench, 3)
    for rate, one, three in zip(RATES, alone, followed):
        print(f"{rate} messages/s" if rate else "as fast as it goes")
        for replicas, (nodes, per_s, relay) in ((1, one), (3, three)):
            print(f"  {replicas} replica(s): {sum(nodes):6.1f} µs a message ("
                  + " + ".join(f"{x:.1f}" for x in nodes)
                  + f"), {per_s:.0f}/s; relay {relay:.1f} µs")
        added = sum(three[0]) - sum(one[0])
        relay = (one[2] + three[2]) / 2
        print(f"  two followers: {added:6.1f} µs a message, "
              f"{added / relay:.2f} times the relay's {relay:.1f} µs",
              flush=True)


if __name__ == "__main__":
    main()
