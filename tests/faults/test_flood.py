"""More than one agent may queue: the queue stays bounded, what does not fit is refused and said, memory
stays small."""

import os
import time

from conftest import size
from parties import accepted_agent, known_console
from servers import TOP
from wait import wait_for

QUEUE = 100
MEMORY_MAX_KIB = 64 * 1024
CHATS_AT_ONCE = 200


def peak_kib(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:"))


def plain_program(name):
    """The program without sanitizers, whose memory is that of the users; None where it is not built."""
    path = TOP / "build" / name
    return path if os.access(path, os.X_OK) else None


def test_tasks_at_once(house, row):
    """The agent accepts and never ends anything; the person asks on and on, many at a time."""
    count = size(1000, 100000)
    row.want(f"{count} tasks at once to one agent",
             f"at most {QUEUE} taken, each other refused (queue_full), agent1 < 64 MiB")
    plain = plain_program("agent1")
    house.agent1.executable = plain or house.agent1.executable
    connect, console = accepted_agent(house), known_console(house)
    house.start()
    agent, user = connect(), console()
    outcomes = {}
    position = 0

    def read():
        nonlocal position
        items = user.heard.items
        for heard in items[position:]:
            position += 1
            if heard["type"] == "reply" and heard["in_reply_to"] in open_chats:
                outcomes[heard["in_reply_to"]] = heard["text"]
        return len(outcomes)

    open_chats = set()
    began = time.monotonic()
    sent = 0
    while sent < count:
        for _ in range(min(CHATS_AT_ONCE, count - sent)):
            open_chats.add(user.chat(f"@web1 task {sent}")["id"])
            sent += 1
        wait_for(lambda: read() >= sent, 60, lambda: f"{len(outcomes)} of {sent} answered")
    taken = [text for text in outcomes.values() if "queued" in text]
    refused = [text for text in outcomes.values() if "refused (queue_full)" in text]
    assert len(taken) + len(refused) == count, set(outcomes.values()) - set(taken) - set(refused)
    assert len(taken) == QUEUE
    wait_for(lambda: len(agent.runs) == QUEUE, 30, lambda: f"{len(agent.runs)} tasks at the agent")
    memory = peak_kib(house.agent1.pid)
    if plain:
        assert memory < MEMORY_MAX_KIB
    assert "agent1" in user.ask("!status")["text"]
    row.saw(f"{len(taken)} taken, {len(refused)} refused, agent1 at most {memory / 1024:.1f} MiB"
            f"{'' if plain else ' (with sanitizers)'}, {count / (time.monotonic() - began):.0f} a second")


def test_tasks_at_once_without_agent1(house, row):
    """A broker full of real tasks for one agent2, as an agent1 without bounds would send them."""
    from scene import Scene
    count = size(300, 10000)  # each refusal is a durable tombstone
    row.want(f"{count} tasks at once to one agent2",
             f"at most {QUEUE} taken, each other refused (queue_full), agent2 < 64 MiB")
    scene = Scene(house)
    plain = plain_program("agent2")
    scene.agent.executable = plain or scene.agent.executable
    scene.start()
    gate = house.folder / "go"
    acks = {}
    position = 0

    def read():
        nonlocal position
        items = scene.agent1.heard.items
        for heard in items[position:]:
            position += 1
            if heard["type"] == "ack" and heard.get("run"):
                acks[heard["run"]] = heard.get("rule") or heard["state"]
        return len(acks)

    sent = 0
    while sent < count:
        for _ in range(min(500, count - sent)):
            scene.task(f"until [ -e {gate} ]; do sleep 0.5; done")
            sent += 1
        wait_for(lambda: read() >= sent, 120, lambda: f"{len(acks)} of {sent} answered")
    taken = [run for run, what in acks.items() if what == "accepted"]
    refused = [run for run, what in acks.items() if what == "queue_full"]
    assert len(taken) + len(refused) == count, set(acks.values())
    assert len(taken) <= QUEUE + 4
    memory = peak_kib(scene.agent.pid)
    folders = len(os.listdir(scene.agent.state / "runs"))
    if plain:
        assert memory < MEMORY_MAX_KIB
    gate.touch()
    for run in taken:
        assert scene.ever("result", 60, run=run)["state"] == "succeeded"
    row.saw(f"{len(taken)} taken and done, {len(refused)} refused, agent2 at most "
            f"{memory / 1024:.1f} MiB, {folders} folders")
