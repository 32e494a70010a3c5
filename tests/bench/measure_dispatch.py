"""Dispatch alone: chats from a console to agents that say "accepted" and "succeeded" at once.

Everything of agent1 is in it: the frame of the chat, the gate, the run and its outbox on disk, the
sealed task, the ack, the result, the outcome on disk, the reply. The agents and the console are
lean C clients on the same machine, so that they and the broker take their part of its processors.
One order a message, and 20 (as many as one message may carry).
"""

import statistics

from measures import LOAD, ROUNDS, BenchHouse, Peer, Promises, cpu_ms, table

AGENTS = 20
# {orders in a message: messages unanswered}. A stock Mosquitto drops what is queued for one client
# beyond 1,000 messages, and each task is three for agent1.
WINDOWS = {1: 200, 20: 10}
BURST = max(LOAD * 4, 2000)


def main():
    house = BenchHouse()
    rows = []
    rates = {}
    try:
        names = [f"fake{i}" for i in range(AGENTS)]
        peers = {name: Peer() for name in names}
        for name in names:
            house.agent1.registry["agents"][name] = {"public_key": peers[name].key, "accepted": True}
        house.start()
        arguments = [word for name in names for word in (name, house.key_file(name, peers[name]))]
        house.mqtt("bench-agents", house.agent1.key, *arguments)
        texts = [f"@{name} true" for name in names]
        consoles = {lines: house.console(lines, *texts) for lines in WINDOWS}
        for lines, console in consoles.items():
            console.round(200 // lines, WINDOWS[lines])
        rates = {lines: [] for lines in WINDOWS}
        costs = {lines: [] for lines in WINDOWS}
        for _ in range(max(ROUNDS // 2, 3)):
            for lines, console in consoles.items():
                before = cpu_ms(house.agent1.pid)
                elapsed, _ = console.round(BURST // lines, WINDOWS[lines])
                rates[lines].append(BURST / elapsed * 1000)
                costs[lines].append((cpu_ms(house.agent1.pid) - before) / BURST)
        for lines in WINDOWS:
            rows.append([f"{lines} a message", f"{statistics.median(rates[lines]):.0f}",
                         f"{min(rates[lines]):.0f}–{max(rates[lines]):.0f}",
                         f"{statistics.median(costs[lines]):.3f}", str(len(rates[lines]) * BURST)])
    finally:
        house.close()
    table(f"dispatch to {AGENTS} agents that answer at once", ["orders", "tasks/s", "spread",
          "agent1 CPU ms/task", "n"], rows)
    promises = Promises()
    for lines in WINDOWS:
        promises.tell_at_least(f"tasks dispatched, {lines} a message",
                               statistics.median(rates[lines]), 5000, "/s")
    promises.end()


if __name__ == "__main__":
    main()
