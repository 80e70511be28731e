#!/usr/bin/python3
"""What it costs to have each message on three nodes instead of one.

Starts three nodes with scripts/cluster, once with one replica of each partition
and once with three, has parley-bench send direct messages through node 1, and
prints the CPU time of all three nodes together for each message. The difference
is what two followers cost. All nodes share core 0; parley-bench has core 1.

    bench/replication.py [PARLEY [PARLEY_BENCH]]
"""
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
NODES = (1, 2, 3)
SECONDS = 20
TICKS = os.sysconf("SC_CLK_TCK")


def cluster(*words):
    subprocess.run(["taskset", "-c", "0", os.path.join(ROOT, "scripts/cluster"),
                    *words], check=True, stdout=subprocess.DEVNULL)


def cpu_seconds(data):
    total = 0
    for node in NODES:
        pid = open(f"{data}/node{node}.pid").read().strip()
        fields = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()
        total += int(fields[11]) + int(fields[12])
    return total / TICKS


def appended():
    total = 0
    for node in NODES:
        url = f"http://127.0.0.1:808{node}/metrics"
        text = urllib.request.urlopen(url).read().decode()
        total += int(re.search(r"^parley_messages_appended_total (\d+)", text,
                               re.M).group(1))
    return total


def measure(bench, replicas):
    """CPU time of a message in the last ten seconds under load, in µs."""
    with tempfile.TemporaryDirectory() as data:
        os.environ.update(PARLEY_CLUSTER_DIR=data,
                          PARLEY_CLUSTER_REPLICAS=str(replicas))
        cluster("up")
        try:
            pid = open(f"{data}/node1.pid").read().strip()
            load = subprocess.Popen(
                [bench, "direct", "--url", "http://127.0.0.1:8081", "--pid", pid,
                 "--no-relay", "--rounds", "1", "--measure", str(SECONDS)],
                stdout=subprocess.DEVNULL)
            samples = []
            while load.poll() is None:
                samples.append((cpu_seconds(data), appended(),
                                time.monotonic()))
                time.sleep(0.5)
            if load.returncode != 0:
                sys.exit("parley-bench failed")
        finally:
            cluster("down")
    last = samples[-3]
    first = next(x for x in samples if x[2] >= last[2] - 10)
    messages = last[1] - first[1]
    return (last[0] - first[0]) / messages * 1e6, messages / (last[2] - first[2])


def main():
    parley = sys.argv[1] if len(sys.argv) > 1 else f"{ROOT}/build/release/bin/parley"
    bench = sys.argv[2] if len(sys.argv) > 2 else f"{ROOT}/build/release/bin/parley-bench"
    os.environ["PARLEY_BINARY"] = os.path.abspath(parley)
    costs = {}
    for replicas in (1, 3):
        costs[replicas], rate = measure(bench, replicas)
        print(f"{replicas} replica(s): {costs[replicas]:6.1f} µs a message, "
              f"{rate:.0f} messages/s", flush=True)
    print(f"two followers: {costs[3] - costs[1]:6.1f} µs a message")


if __name__ == "__main__":
    main()
