#!/usr/bin/python3
"""Chaos: real agent1, agent2, Mosquitto, Prosody and SQLite; tasks stream from XMPP and as agentctl's
frames while parts are killed with -9 at random moments and started again, or connections are cut,
held and sliced.

It proves that every task has one effect at most and exactly one recorded outcome, that the person
who asked was told exactly that, once, and how long a part takes until it serves again. Each task
appends its name to a file; afterwards those lines are compared with agent1's rows and with every
message that was heard (checker.py). kinds.py says what is done, stream.py who asks, world.py what
the house is made of; nats_cluster.py is another broker than Mosquitto. Several houses ("lanes") of a
kind run at the same time, each a process.

Prints a table, a row per kind. Exits 1 when a promise broke, with the seed and the folder, which
then keeps all logs.
"""

import argparse
import dataclasses
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "e2e")]

import process  # noqa: E402 (found by the line above)

BROKEN_SHOWN = 10
BROKERS = {"mosquitto": "each with a Mosquitto",
           "nats": "each with a cluster of three NATS nodes, one killed at a time"}


def arguments():
    parser = argparse.ArgumentParser(description="kill and cut everything while tasks stream")
    parser.add_argument("--build", required=True, help="the folder of the programs")
    parser.add_argument("--folder", required=True, type=pathlib.Path, help="where the houses stand")
    parser.add_argument("-n", type=int, default=300, help="how often for each kind")
    parser.add_argument("--kind", help="one or more, comma-separated; all when it is left out")
    parser.add_argument("--seed", help="of every random choice; a new one when it is left out")
    parser.add_argument("--broker", default="mosquitto", choices=("mosquitto", "nats"))
    parser.add_argument("--lanes", type=int, default=6, help="houses at the same time")
    parser.add_argument("--keep", action="store_true", help="keep the logs of sound houses, too")
    parser.add_argument("--lane", help=argparse.SUPPRESS)
    return parser.parse_args()


# ---- one lane, in a process of its own --------------------------------------------------------------

def run_one(options):
    from lane import run_lane
    from xmpp import XmppLoop
    process.adopt_orphans()
    people = XmppLoop()
    result = run_lane(options.folder, people, options.kind, options.n, options.seed, options.broker)
    people.close()
    (options.folder / "result.json").write_text(json.dumps(dataclasses.asdict(result)))


def start_lane(options, kind, seed, number, count):
    folder = options.folder / f"{kind}{number}"
    shutil.rmtree(folder, ignore_errors=True)
    argv = [sys.executable, str(HERE / "chaos.py"), "--build", options.build, "--folder", str(folder),
            "-n", str(count), "--kind", kind, "--seed", f"{seed} {kind} {number}", "--broker",
            options.broker, "--lane", "yes"]
    output = open(options.folder / f"{kind}{number}.out", "wb")
    child = process.start(argv, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
    output.close()
    return child, folder


def run_kind(options, kind, seed):
    """All lanes of a kind; returns the results, and the folders of lanes that broke."""
    lanes = min(options.lanes, options.n)
    counts = [options.n // lanes + (number < options.n % lanes) for number in range(lanes)]
    started = [start_lane(options, kind, seed, number, count) for number, count in enumerate(counts)]
    results, bad = [], []
    for child, folder in started:
        child.wait()
        file = folder / "result.json"
        if child.returncode != 0 or not file.exists():
            bad.append(folder)
            output = folder.with_suffix(".out").read_text(errors="replace")
            results.append({"broken": [f"the lane ended with {child.returncode}: {output[-1500:]}"]})
            continue
        result = json.loads(file.read_text())
        results.append(result)
        if result["broken"] or options.keep:
            bad.append(folder)
        else:
            remove_meanwhile(folder, folder.with_suffix(".out"))
    return results, bad


removals = []


def remove_meanwhile(*paths):
    """Thousands of run folders take their time: the next kind need not wait for that."""
    removals.append(process.start(["rm", "-rf", "--", *map(str, paths)]))


# ---- the table --------------------------------------------------------------------------------------

def total(results, name):
    return sum(result.get(name, 0) for result in results)


def by_word(results, name):
    words = {}
    for result in results:
        for word, count in result.get(name, {}).items():
            words[word] = words.get(word, 0) + count
    return words


def row_of(kind, results, seconds):
    waits = sorted(wait for result in results for wait in result.get("recoveries", []))
    middle = f"{waits[len(waits) // 2]:.2f}" if waits else "-"
    worst = f"{waits[-1]:.2f}" if waits else "-"
    outcomes = by_word(results, "outcomes")
    return (f"{kind:8} {sum(by_word(results, 'kills').values()):6} {total(results, 'tasks'):7} "
            f"{outcomes.get('succeeded', 0):9} {outcomes.get('failed', 0):7} "
            f"{outcomes.get('unknown', 0):8} {total(results, 'lost'):5} {total(results, 'doubled'):8} "
            f"{total(results, 'unknown'):9} {middle:>8} {worst:>6} {seconds:6.0f} s {os.getloadavg()[0]:6.0f}")


HEADER = ("kind      kills   tasks succeeded  failed  unknown  lost  doubled  unclear*  p50 s   max s"
          "   took   load\n"
          "          (p50, max: from the restart, or from the beginning of a stall or slicing, until "
          "tasks asked for\n          afterwards were answered by all that was hurt)")


def main():
    options = arguments()
    os.environ["AGENT_BUILD"] = options.build
    if options.lane:
        run_one(options)
        return 0
    from kinds import KINDS
    chosen = options.kind.split(",") if options.kind else [kind for kind in KINDS if kind != "mixed"]
    seed = options.seed or str(random.SystemRandom().randrange(10 ** 9))
    options.folder.mkdir(parents=True, exist_ok=True)
    print(f"chaos: seed {seed}, {options.n} for each of {', '.join(chosen)}; {options.lanes} houses "
          f"at the same time, {BROKERS[options.broker]}; {os.cpu_count()} cores\n{HEADER}", flush=True)
    broken = 0
    for kind in chosen:
        began = time.monotonic()
        results, bad = run_kind(options, kind, seed)
        print(row_of(kind, results, time.monotonic() - began), flush=True)
        for what, count in by_word(results, "rescues").items():
            print(f"  {count} times the broker was {what}: it did not come back by itself")
        for result in results:
            broken += len(result["broken"])
            for line in result["broken"][:BROKEN_SHOWN]:
                print(f"  broken: {line}")
        for folder in bad:
            print(f"  kept: {folder}")
    for removal in removals:
        removal.wait()
    print("* unknown although no shim was killed")
    if broken:
        print(f"chaos: {broken} broken promises; again with SEED={seed}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
