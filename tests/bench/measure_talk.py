"""A streamed answer of a language model through agent1, beside curl on the same scripted provider.

Each question is put to agent1 by a bare client that is what agentctl is, and to curl as agent1 put it, prompt
and all; the figure is the median of the differences. Two things are timed: the first text (of curl: the first
byte, which is of the header), of a short answer, and the whole answer, whose pieces come every
BENCH_PIECE_MS. On the way through agent1 there are, beside its own work, legs that are measured in the same moment: a QoS 1 round trip over the broker (the
question, the reply) and a FULL commit (the question is on disk before a model is asked; the whole answer
needs a second one).

Then BENCH_TALKS conversations at once, each in a session and with an answer of its own, and `!status` while
every model hangs.
"""

import json
import os
import pathlib
import statistics
import subprocess
import sys

from measures import N, ROUNDS, BenchHouse, Promises, cpu_ms, describe, table
from process import start
from wait import wait_for
from wire import Peer

PIECE_MS = int(os.environ.get("BENCH_PIECE_MS", 2))
TALKS = int(os.environ.get("BENCH_TALKS", 200))
HANGING = min(TALKS, 50)
PROVIDER = pathlib.Path(__file__).resolve().parents[1] / "e2e/provider.py"
COMMIT_ROWS = 3
LEGS = {"first text": ["QoS 1 round trip", "FULL commit"],
        "whole answer": ["QoS 1 round trip", "FULL commit", "FULL commit"]}
CHAT_BYTES = 500
# Its first piece is long enough that no refusal begins so; the second ends the line, which is shown.
FEW_WORDS = "The_two_agents_are_there_and_the_disk_of_the_first_has_room_for_years.\nThat is all."
WORDS = FEW_WORDS + " word" * 40


class ProviderProcess:
    """provider.py in a process of its own, so that no measuring takes its time."""

    def __init__(self):
        self.child = start([sys.executable, str(PROVIDER), "ollama"], stdin=subprocess.PIPE,
                           stdout=subprocess.PIPE, text=True, bufsize=1)
        self.url = f"http://127.0.0.1:{self.child.stdout.readline().strip()}"

    def do(self, what, **options):
        self.child.stdin.write(json.dumps({"do": what, **options}) + "\n")
        self.child.stdin.flush()
        return json.loads(self.child.stdout.readline())

    def close(self):
        self.child.kill()
        self.child.wait()


def curl(provider):
    """{"first text": ms of the first byte, "whole answer": ms of all of it}, by curl's own clock, of the question
    that was asked last."""
    question = json.dumps(provider.do("question"), ensure_ascii=False, separators=(",", ":"))
    done = subprocess.run(["curl", "-sSN", "-o", "/dev/null", "-w", "%{time_starttransfer} %{time_total}",
                           "-H", "Content-Type: application/json", "--data-binary", "@-",
                           provider.url + "/api/chat"], input=question, capture_output=True, text=True, check=True)
    first, whole = (float(word) * 1000 for word in done.stdout.split())
    return {"first text": first, "whole answer": whole}


def one_at_a_time(house, provider, legs, askers):
    """{what: ([ms that agent1 adds in a pair], [the same without the legs])}"""
    found = {}
    added = {what: ([], []) for what, *_ in askers}
    for _ in range(ROUNDS):
        for what, asker, text, pause_ms in askers:
            provider.do("keep", text=text, pause_s=pause_ms / 1000)
            for _ in range(N):
                times = {f"{what}: curl": curl(provider)[what]}
                busy_ms = cpu_ms(house.agent1.process.pid)
                times |= {f"{what}: agent1": asker.round(1)[1][0],
                         **{name: tool.round(1)[1][0] for name, tool in legs.items()}}
                times[f"{what}: processor time of agent1"] = cpu_ms(house.agent1.process.pid) - busy_ms
                for name, took in times.items():
                    found.setdefault(name, []).append(took)
                more = times[f"{what}: agent1"] - times[f"{what}: curl"]
                added[what][0].append(more)
                added[what][1].append(more - sum(times[leg] for leg in LEGS[what]))
    table(f"one question at a time, ms ({ROUNDS} rounds of {N})", ["", "median", "p95", "p99", "n"],
          [[name, *describe(times)] for name, times in found.items()])
    rows = []
    for what, (more, left) in added.items():
        rows.append([f"{what}: what agent1 adds beside curl", *describe(more)])
        rows.append([f"{what}: … without the legs", *describe(left)])
    table("pair by pair, ms", ["", "median", "p95", "p99", "n"], rows)
    return added


class Talkers:
    """People with a key each: a conversation is of one key."""

    def __init__(self, house, count):
        self.house = house
        self.peers = [Peer() for _ in range(count)]
        for number, peer in enumerate(self.peers):
            house.agent1.add_user(f"talker{number}", "viewer", key=peer.key)

    def ask(self, count):
        """So many of them ask, and wait for their answers."""
        tools = [self.house.mqtt("bench-console", self.house.key_file(f"talker{number}", peer),
                                 self.house.agent1.key, 1, f"question {number}")
                 for number, peer in enumerate(self.peers[:count])]
        for tool in tools:
            tool.begin(1)
        return tools


def many_at_once(house, provider, talkers):
    """({what: [ms]}) of TALKS conversations that are all under way together."""
    provider.do("keep", text=WORDS, pause_s=0.1)
    before = provider.do("look")["answered"]
    sessions = talkers.ask(TALKS)
    seen = wait_for(lambda: (look := provider.do("look"))["requests"] - look["answered"] >= TALKS
                    and look, 60, "all are thought of together")
    assert seen["answered"] == before, "some ended before the last began"
    status = house.console(1, "!status")
    _, meanwhile = status.round(N)
    whole = [session.end()[1][0] for session in sessions]
    for session in [*sessions, status]:
        session.close()
        house.tools.remove(session)
    return {f"{TALKS} answers at once": whole, "!status meanwhile": meanwhile}


def while_all_hang(house, provider, talkers):
    provider.do("keep", text="", hang_before=True)
    asked = provider.do("look")["requests"]
    waiting = talkers.ask(HANGING)
    wait_for(lambda: provider.do("look")["requests"] >= asked + len(waiting), 30, "all are asked")
    _, times = house.console(1, "!status").round(N)
    return {"!status while every model hangs": times}


def main():
    house = BenchHouse()
    provider = ProviderProcess()
    house.agent1.config["llm"] = {"chain": [{"provider": "ollama", "base_url": provider.url, "model": "m",
                                             "timeout": "120s"}]}
    talkers = Talkers(house, TALKS)
    try:
        house.start()
        house.mqtt("bench-mqtt", "echo")
        legs = {"QoS 1 round trip": house.mqtt("bench-mqtt", "ask", CHAT_BYTES),
                "FULL commit": house.legs("commit", COMMIT_ROWS)}
        first_asker, whole_asker = house.console(0, "hello"), house.console(1, "hello")
        provider.do("keep", text=WORDS)
        for tool in [*legs.values(), whole_asker]:
            tool.round(5)
        added = one_at_a_time(house, provider, legs, [("first text", first_asker, FEW_WORDS, 0),
                                                      ("whole answer", whole_asker, WORDS, PIECE_MS)])
        found = {**many_at_once(house, provider, talkers),
                 **while_all_hang(house, provider, talkers)}
    finally:
        house.close()
        provider.close()

    table("many, ms", ["", "median", "p95", "p99", "n"],
          [[name, *describe(times)] for name, times in found.items()])
    promises = Promises()
    for what, (more, left) in added.items():
        promises.tell(f"{what}: what agent1 adds beside curl", statistics.median(more), 2, " ms")
        promises.tell(f"{what}: the same without broker and disk", statistics.median(left), 2, " ms")
    for name in found:
        if "!status" in name:
            promises.at_most(f"{name}: the slowest", max(found[name]), 200, " ms")
    promises.end()


if __name__ == "__main__":
    main()
