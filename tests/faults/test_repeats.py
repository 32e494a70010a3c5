"""What a broker may do with messages: say them again, hold them back, keep them."""

import random
import time

import pytest

from conftest import size
from scene import NAME, Scene
from wait import wait_for
from wire import timestamp

TOPIC = f"agents/{NAME}/inbox"
AT_ONCE = 50
PUBLICATIONS = 10


@pytest.fixture
def scene(house):
    return Scene(house, max_parallel=8)


class Effects:
    """A file to which each task appends its number."""

    def __init__(self, scene):
        self.path = scene.house.folder / "effects"
        self.path.touch()

    def text(self, number):
        return f"echo {number} >> {self.path}"

    def numbers(self):
        return [int(line) for line in self.path.read_text().split()]


def results_of(scene, runs, seconds):
    """The first result of each run."""
    found = {}
    position = 0

    def all_here():
        nonlocal position
        items = scene.agent1.heard.items
        while position < len(items):
            if items[position]["type"] == "result":
                found.setdefault(items[position]["run"], items[position])
            position += 1
        return all(run in found for run in runs)
    wait_for(all_here, seconds, lambda: f"results: {sum(run in found for run in runs)} of {len(runs)}")
    return [found[run] for run in runs]


def test_each_task_is_published_ten_times(scene, row):
    count = size(100, 10000 // PUBLICATIONS)
    row.want("each task published 10 times", f"{count * PUBLICATIONS} publications, {count} effects")
    effects = Effects(scene)
    chance = random.Random(20261126)
    scene.start()
    for begin in range(0, count, AT_ONCE):
        numbers = range(begin, min(begin + AT_ONCE, count))
        tasks = [scene.task(effects.text(number)) for number in numbers]
        again = tasks * (PUBLICATIONS - 2)
        chance.shuffle(again)
        for task in again:
            scene.repeat(task)
        for result in results_of(scene, [task["run"] for task in tasks], 120):
            assert result["state"] == "succeeded"
        for task in tasks:
            scene.repeat(task)  # and once more after its end
    done = scene.task(effects.text(count))
    results_of(scene, [done["run"]], 60)
    assert sorted(effects.numbers()) == list(range(count + 1))
    row.saw(f"{count * PUBLICATIONS} publications, {len(effects.numbers()) - 1} effects")


def test_tasks_are_held_back_past_their_expiry(scene, row):
    count = size(100, 1000)
    row.want("task held back past its expiry", f"{count} refused, 0 started")
    effects = Effects(scene)
    scene.start()
    expires = time.time() + 3
    held = []
    make = scene.agent1.mqtt.client.publish
    scene.agent1.mqtt.client.publish = lambda topic, payload, **_: held.append((topic, payload))
    tasks = [scene.task(effects.text(number), expires=timestamp(expires)) for number in range(count)]
    scene.agent1.mqtt.client.publish = make
    wait_for(lambda: time.time() > expires + 1, what="the expiry")
    for topic, payload in held:
        scene.agent1.mqtt.client.publish(topic, payload, qos=1)
    runs = {task["run"] for task in tasks}

    def refused():
        return {ack["run"] for ack in scene.agent1.heard.items
                if ack["type"] == "ack" and ack.get("rule") == "expired"} & runs
    wait_for(lambda: len(refused()) == count, 120, lambda: f"{len(refused())} of {count} refused")
    assert scene.run(effects.text(-1))["state"] == "succeeded"
    assert effects.numbers() == [-1]
    row.saw(f"{count} refused, 0 started")


def test_retained_tasks(scene, row):
    """A broker sends a retained message as such only to who subscribes: so each has a start of its own."""
    count = size(5, 1000)
    row.want("retained task", f"{count} refused, 0 started")
    effects = Effects(scene)
    scene.start()
    scene.run(effects.text(-1))
    frames = []
    make = scene.agent1.mqtt.client.publish
    scene.agent1.mqtt.client.publish = lambda topic, payload, **_: frames.append(payload)
    for number in range(count):
        scene.task(effects.text(number))
    scene.agent1.mqtt.client.publish = make
    log = Tail(scene.house.broker.process.log)
    came = 0
    for frame in frames:
        scene.agent.stop()
        scene.agent1.mqtt.publish(TOPIC, frame, retain=True)
        scene.start()
        came += 1
        wait_for(lambda: log.count(f"Sending PUBLISH to agent2-{NAME} (d0, q1, r1") >= came,
                 what="the retained task at the agent")
    scene.agent1.mqtt.publish(TOPIC, b"", retain=True)
    assert scene.run(effects.text(-2))["state"] == "succeeded"
    assert effects.numbers() == [-1, -2]
    row.saw(f"{came} came as retained, {len(effects.numbers()) - 2} started")


class Tail:
    """Counts in a log that grows, reading each line once."""

    def __init__(self, path):
        self._file = path.open(encoding="utf-8", errors="replace")
        self._counts = {}

    def count(self, words):
        for line in self._file:
            if words in line:
                self._counts[words] = self._counts.get(words, 0) + 1
        return self._counts.get(words, 0)
