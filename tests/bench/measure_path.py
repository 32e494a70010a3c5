"""A task from XMPP and from a console to a worker and back, beside the raw legs that it needs.

A round measures every raw leg and then the product, so that both saw the same machine; the ratio is
taken for each round, and its median is the promise. The legs of one task, as the code has them, in
their order:

  1 XMPP echo           the message, and the answer with the outcome
  2 FULL commits        agent1: the run with its outbox, before anything leaves; the outcome
  1 QoS 1 round trip    the task to the worker, the result back
  1 journal entry       the worker: a folder with the order, both synced, named, the name synced
  2 markers             the shim, in that folder: `claim`, `exit`, each synced with the folder
  1 shim, 1 task        the two processes

Beside it and not on the path: "queued", the worker's ack, the acks of results, `done`.
With 50 outstanding, the rate is compared with a loop that only starts shims on folders which are
there already: claim, shim, task, exit marker. All processors are at work then, so that what each
program takes of their time for a task says what the rate could be.
"""

from measures import (LOAD, N, OUTSTANDING, ROUNDS, SHIM, BenchHouse, Promises, busy_ms, children_of, cpu_ms,
                      describe, statistics, table)

# Rows of one commit of agent1 on this path (runs, outbox, chats, sayings, meta, audit).
COMMIT_ROWS = 8
TASK_BYTES = 900
TEXT = "@web1 true"

TIMES = {"XMPP echo": 1, "QoS 1 round trip": 1, "FULL commit": 2, "journal entry": 1,
         "marker and folder": 2, "shim process": 1, "task process": 1}
CONSOLE_TIMES = {**TIMES, "XMPP echo": 0, "QoS 1 round trip": 2}


def open_legs(house):
    house.xmpp("echo", "echo")
    house.mqtt("bench-mqtt", "echo")
    return {
        "XMPP echo": house.xmpp("asker", "ask", "echo@localhost"),
        "QoS 1 round trip": house.mqtt("bench-mqtt", "ask", TASK_BYTES),
        "FULL commit": house.legs("commit", COMMIT_ROWS),
        "journal entry": house.legs("entry"),
        "marker and folder": house.legs("marker"),
        "shim process": house.legs("shim", SHIM),
        "task process": house.legs("task"),
    }


def one_at_a_time(legs, doors):
    """({leg or door: [ms]}, {door: [ratio of a round]})"""
    found = {name: [] for name in [*legs, *doors]}
    ratios = {name: [] for name in doors}
    for tool in [*legs.values(), *(door for door, _ in doors.values())]:
        tool.round(max(N // 5, 5))
    for _ in range(ROUNDS):
        medians = {}
        for name, tool in legs.items():
            _, times = tool.round(N)
            found[name] += times
            medians[name] = statistics.median(times)
        for name, (tool, needs) in doors.items():
            _, times = tool.round(N)
            found[name] += times
            floor = sum(count * medians[leg] for leg, count in needs.items())
            ratios[name].append(statistics.median(times) / floor)
    return found, ratios


def show_one_at_a_time(legs, doors, found, ratios):
    rows = []
    for name in legs:
        uses = [f"{needs[name]} ×" if needs[name] else "" for _, needs in doors.values()]
        rows.append([name, *describe(found[name]), *uses])
    for name, (_, needs) in doors.items():
        floor = sum(count * statistics.median(found[leg]) for leg, count in needs.items())
        rows.append([f"sum of the legs of {name}", f"{floor:.3f}", "", "", "", "", ""])
    for name in doors:
        ratio = statistics.median(ratios[name])
        spread = f"{min(ratios[name]):.2f}–{max(ratios[name]):.2f}"
        cells = [f"{ratio:.2f} ({spread})" if other == name else "" for other in doors]
        rows.append([name, *describe(found[name]), *cells])
    table(f"one task at a time, ms ({ROUNDS} rounds of {N}; last columns: how often on the path, and "
          "the ratio to the sum)", ["", "median", "p95", "p99", "n", *doors], rows)


def used_ms(house):
    """{who: processor time until now}"""
    web1 = house.web1.pid
    return {"all": busy_ms(), "agent1": cpu_ms(house.agent1.pid),
            "agent2": cpu_ms(web1) + cpu_ms(children_of(web1)[0]),
            "XMPP server": cpu_ms(house.xmpp_server.process.pid), "broker": cpu_ms(house.broker.process.pid)}


def with_many(house, loops, doors):
    """{what: [tasks a second]}, {door: [ms]}, {what: {who: [ms of processor time for a task]}}"""
    rates = {name: [] for name in [*loops, *doors]}
    times = {name: [] for name in doors}
    uses = {name: {who: [] for who in used_ms(house)} for name in rates}
    for tool in [*loops.values(), *doors.values()]:
        tool.round(OUTSTANDING * 2, OUTSTANDING)
    for _ in range(max(ROUNDS // 2, 3)):
        for name, tool in {**loops, **doors}.items():
            before = used_ms(house)
            elapsed, each = tool.round(LOAD, OUTSTANDING)
            for who, used in used_ms(house).items():
                uses[name][who].append((used - before[who]) / LOAD)
            rates[name].append(LOAD / elapsed * 1000)
            if name in times:
                times[name] += each
    return rates, times, uses


def show_uses(uses):
    """The rest of `all` is shims, tasks, clients, and whatever else runs on the machine."""
    medians = {name: {who: statistics.median(each) for who, each in found.items()}
               for name, found in uses.items()}
    columns = list(medians["XMPP"])
    table(f"processor time of a task, ms, {OUTSTANDING} outstanding", ["", *columns],
          [[name, *(f"{found[who]:.2f}" for who in columns)] for name, found in medians.items()])
    shims, door = medians["shims alone"]["all"], medians["XMPP"]
    print(f"0.75 of the rate of shims alone leaves {shims / 0.75 - shims:.2f} ms for all else; "
          f"XMPP server and broker take {door['XMPP server'] + door['broker']:.2f} of it.")


def show_many(loops, doors, rates, times):
    rows = []
    for name in [*loops, *doors]:
        row = [name, f"{statistics.median(rates[name]):.0f}",
               f"{min(rates[name]):.0f}–{max(rates[name]):.0f}"]
        row += describe(times[name]) if name in times else ["", "", "", ""]
        for loop in loops:
            parts = [rate / base for rate, base in zip(rates[name], rates[loop])]
            row.append(f"{statistics.median(parts):.2f}" if name in doors else "")
        rows.append(row)
    table(f"{OUTSTANDING} tasks outstanding ({LOAD} a round; last columns: part of the loop's rate)",
          ["", "tasks/s", "spread", "median ms", "p95", "p99", "n", *loops], rows)


def main():
    house = BenchHouse()
    try:
        house.start()
        legs = open_legs(house)
        doors = {"XMPP": (house.xmpp("person", "task", "agent1@localhost", TEXT), TIMES),
                 "console": (house.console(1, TEXT), CONSOLE_TIMES)}
        found, ratios = one_at_a_time(legs, doors)
        show_one_at_a_time(legs, doors, found, ratios)

        loops = {"shims alone": house.folders(), "shims with journal": house.folders("journal")}
        askers = {name: tool for name, (tool, _) in doors.items()}
        rates, times, uses = with_many(house, loops, askers)
        show_many(loops, askers, rates, times)
        show_uses(uses)
    finally:
        house.close()

    promises = Promises()
    for name in doors:
        promises.at_most(f"{name}, one at a time: part of the sum of its legs",
                         statistics.median(ratios[name]), 1.3)
        parts = [rate / base for rate, base in zip(rates[name], rates["shims alone"])]
        promises.at_least(f"{name}, {OUTSTANDING} outstanding: part of the rate of shims alone",
                          statistics.median(parts), 0.75)
    promises.end()


if __name__ == "__main__":
    main()
