"""No descriptor is left (prlimit --nofile): agent1 and agent2 shed work, live on, and recover."""

import os
import resource
import time

import pytest

from conftest import size
from parties import known_console
from scene import NAME, Scene
from wait import NotInTime, wait_for
from wire import timestamp


def open_descriptors(pid):
    return [int(name) for name in os.listdir(f"/proc/{pid}/fd")]


class Limit:
    """Takes from a running program what descriptors it has no use of yet, but for `spare`."""

    def __init__(self, pid):
        self.pid = pid
        self.before = resource.prlimit(pid, resource.RLIMIT_NOFILE)

    def lower(self, spare=0):
        # The lowest number that is free is taken first: with holes below the limit some are left.
        used = sorted(open_descriptors(self.pid))
        free = [number for number in range(len(used) + spare + 1) if number not in used]
        limit = free[spare] if spare < len(free) else len(used) + spare
        resource.prlimit(self.pid, resource.RLIMIT_NOFILE, (limit, self.before[1]))

    def lift(self):
        resource.prlimit(self.pid, resource.RLIMIT_NOFILE, self.before)


def test_agent2_without_descriptors(house, row):
    rounds = size(4, 100)
    row.want("descriptor exhaustion of agent2", f"{rounds} rounds: sheds, recovers, no crash, 0 lost")
    scene = Scene(house, max_parallel=8)
    effects = house.folder / "effects"
    effects.touch()
    scene.start()
    tasks, shed = [], 0
    for number in range(rounds):
        gate = house.folder / f"gate-{number}"
        running = scene.task(f"echo {2 * number} >> {effects}; "
                             f"until [ -e {gate} ]; do sleep 0.02; done; echo late")
        wait_for(lambda: str(2 * number) in effects.read_text().split(), what="the task that runs")
        limit = Limit(scene.agent.pid)
        limit.lower(spare=number % 4)
        second = scene.task(f"echo {2 * number + 1} >> {effects}")
        if number % 2:
            gate.touch()  # it ends while agent2 cannot look
        answer = wait_for(lambda: scene.agent1.heard.all(
            lambda r: r["type"] == "ack" and r.get("run") == second["run"]), what="an answer")[-1]
        assert scene.agent.process.is_running
        limit.lift()
        gate.touch()
        assert scene.ever("result", 30, run=running["run"])["state"] == "succeeded"
        tasks.append(2 * number)
        if answer["state"] == "rejected":
            shed += 1
            scene.repeat(second)  # what was refused stays refused
            assert scene.ever("ack", run=second["run"], state="rejected")
        else:
            assert scene.ever("result", 30, run=second["run"])["state"] == "succeeded"
            tasks.append(2 * number + 1)
        assert scene.run("true")["state"] == "succeeded"
    assert sorted(map(int, effects.read_text().split())) == sorted(tasks)
    row.saw(f"{rounds} rounds: {shed} tasks refused, {len(tasks)} done once, 0 lost, no crash")


RELOADED = ("the running configuration stays", "the configuration was read anew")


def test_agent1_without_descriptors(house, row):
    rounds = size(2, 50)
    row.want("descriptor exhaustion of agent1", f"{rounds} rounds: recovers, no crash, 0 lost")
    house.agent("web1")
    console = known_console(house)
    house.start()
    user = console()
    effects = house.folder / "effects"
    effects.touch()
    for number in range(rounds):
        limit = Limit(house.agent1.pid)
        limit.lower(spare=number % 3)
        chat = user.chat(f"@web1 echo {number} >> {effects}")
        user.wait_for("reply", in_reply_to=chat["id"], final=True, outcome="succeeded")
        assert "online" in user.ask("!agents")["text"]
        user.ask("!agentOFF web1")
        user.ask("!agentON web1")
        house.agent1.reload()  # which needs descriptors, and says whether it had them
        wait_for(lambda: any(words in house.agent1.process.log_text() for words in RELOADED),
                 what="a word about the reload")
        house.broker.kill(with_database=True)
        house.broker.start()
        user.mqtt.wait_up(60)
        began = time.monotonic()
        while time.monotonic() - began < 2:
            try:
                user.wait_for("reply", 0.2)
            except NotInTime:
                pass
            assert house.agent1.process.is_running
        limit.lift()
        # Its last word may still be that it is paused.
        wait_for(lambda: "web1: online" in user.ask("!agents", 60)["text"], 60, "web1 online")
        chat = user.ask(f"@web1 echo {number} again >> {effects}", 60)
        assert chat["outcome"] == "succeeded", chat
    assert len(effects.read_text().splitlines()) == 2 * rounds
    row.saw(f"{rounds} rounds: {2 * rounds} tasks done once, no crash")
