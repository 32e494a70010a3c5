"""agent1, agent2 and the shim are killed at every named point between two durable steps, while tasks
run: each has one effect and one outcome. The points are found by their calls in the sources."""

import os
import pathlib
import random
import re
import signal

import pytest

from conftest import size
from fakes import FakeAgent
from parties import known_console
from scene import Scene
from servers import TOP
from wait import NotInTime, wait_for
from wire import Peer

TIMES = 20
AT_ONCE = 3


def points_in(folder, function="crash_point"):
    """The names of the points in the C files of a folder and below."""
    text = "".join(path.read_text() for path in sorted((TOP / folder).rglob("*.c")))
    return re.findall(rf'\b{function}\((?:[a-z>-]+, )?"([a-z.-]+)"\)', text)


CREATION = [point for point in points_in("agent1") if point.startswith("new-store.")]
AGENT1 = [point for point in points_in("agent1") + points_in("common") if point not in CREATION]
AGENT2 = points_in("agent2") + points_in("common")
SHIM = points_in("agent2/shim", "abort_point")


class Stream:
    """Tasks of one console that append their numbers to a file, until each has its outcome."""

    def __init__(self, house, user):
        self.user = user
        self.path = house.folder / "effects"
        self.path.touch()
        self.texts = {}
        self.outcomes = {}
        self._position = 0

    def send(self):
        number = len(self.texts)
        self.texts[f"stream-{number}"] = f"@web1 echo {number} >> {self.path}"
        self._say(f"stream-{number}")

    def _say(self, chat):
        self.user.chat(self.texts[chat], id=chat)

    def open(self):
        """The chats that have no outcome yet."""
        items = self.user.heard.items
        while self._position < len(items):
            heard = items[self._position]
            self._position += 1
            if heard["type"] == "reply" and heard["final"] and heard["in_reply_to"] in self.texts:
                self.outcomes.setdefault(heard["in_reply_to"], heard["outcome"])
        return [chat for chat in self.texts if chat not in self.outcomes]

    def finish(self, is_given_up=lambda: False, seconds=60):
        """Says again what has no outcome, as agentctl does, until each has one."""
        for _ in range(2 * seconds):
            for chat in self.open():
                self._say(chat)
            try:
                wait_for(lambda: not self.open() or is_given_up(), 0.5)
                return
            except NotInTime:
                pass
        raise NotInTime(f"no outcome for {self.open()}")

    def check(self):
        assert set(self.outcomes.values()) <= {"succeeded"}, self.outcomes
        assert sorted(map(int, self.path.read_text().split())) == list(range(len(self.texts)))


def start_to_crash(program, point, nth):
    """Starts it so that it ends at the point; True when that was already before it was ready."""
    program.stop()
    program.environment["CRASH_AT"] = f"{point}:{nth}"
    try:
        program.start(is_connecting=False)
        return False
    except AssertionError:
        assert program.process.wait_end() == -signal.SIGKILL
        return True
    finally:
        del program.environment["CRASH_AT"]


def leave_rubbish(agent):
    """A folder without an order: the next start removes it."""
    (agent.state / "runs" / "01ARZ3NDEKTSV4RRFFQ69G5FAV.1").mkdir(exist_ok=True)


class Newcomer:
    """An accepted agent of which agent1 writes into its registry what it tells as it registers."""

    def __init__(self, house):
        self.house = house
        self.name = f"new{len(house.agent1.registry['agents'])}"
        self.peer = Peer()
        house.agent1.registry["agents"][self.name] = {"public_key": self.peer.key, "accepted": True}
        self.agent = None

    def come(self):
        self.agent = self.agent or self.house.add(
            FakeAgent(self.house.broker, self.name, self.house.agent1.key, peer=self.peer))
        self.agent.connect()


def crash(house, program, point, nth, stream):
    """One round: runs until the point is passed for the nth time, then whole again."""
    newcomer = Newcomer(house) if program is house.agent1 and point.startswith("file.") else None
    if point == "folder.going":
        leave_rubbish(program)
    is_over = start_to_crash(program, point, nth)
    for _ in range(12):
        if is_over:
            break
        if newcomer:
            newcomer.come()
        for _ in range(AT_ONCE):
            stream.send()
        stream.finish(is_given_up=lambda: not program.process.is_running)
        is_over = not program.process.is_running
    assert is_over, f"{program.name} never passed {point} for the {nth}th time"
    assert program.process.wait_end() == -signal.SIGKILL
    program.start()


@pytest.mark.parametrize("who, points", [("agent1", AGENT1), ("agent2", AGENT2)])
def test_every_point(house, row, who, points):
    times = size(1, TIMES)
    row.want(f"{who} killed at every named point", f"{len(points)} points × {times}: 0 lost, 0 doubled")
    agent = house.agent("web1")
    console = known_console(house)
    house.start()
    stream = Stream(house, console())
    chance = random.Random(who)
    rounds = [point for point in points for _ in range(times)]
    chance.shuffle(rounds)
    for point in rounds:
        is_rare = point == "folder.going" or point.startswith("file.")
        # Passages are counted for each thread: agent2's journal has eight.
        nth = 1 if is_rare else chance.randint(1, 9 if who == "agent1" else 2)
        crash(house, house.agent1 if who == "agent1" else agent, point, nth, stream)
    stream.finish()
    stream.check()
    row.saw(f"{len(rounds)} kills at {len(points)} points, {len(stream.texts)} tasks: 0 lost, 0 doubled")


def test_the_making_of_the_database(house, row):
    times = size(1, TIMES)
    row.want("agent1 killed as it makes its database", f"{len(CREATION)} points × {times}: made anew")
    house.agent1.write()
    for number in range(times):
        for point in CREATION:
            house.agent1.config["state_dir"] = str(house.folder / f"state-{number}-{point}")
            house.agent1.write()
            house.agent1.environment["CRASH_AT"] = point
            assert house.agent1.run("--audit-verify").returncode == -signal.SIGKILL
            del house.agent1.environment["CRASH_AT"]
            again = house.agent1.run("--audit-verify")
            assert again.returncode == 0, again.stderr
    row.saw(f"{times * len(CREATION)} kills, each followed by a sound database")


BEFORE_CLAIM = {"locked", "reserved", "held"}


def stopped_shim(folder):
    """The pid of the shim that has stopped at its point, or None."""
    for entry in pathlib.Path("/proc").iterdir():
        try:
            words = (entry / "cmdline").read_bytes().split(b"\0")
            if str(folder).encode() in words and (entry / "stat").read_text().rsplit(")", 1)[1][1] == "T":
                return int(entry.name)
        except OSError:
            pass
    return None


@pytest.mark.parametrize("point", SHIM)
def test_every_point_of_the_shim(house, row, point):
    """The task waits for its turn while the point is put into its folder. Killed before its claim,
    another shim starts it; after it, nobody does."""
    times = size(1, TIMES)
    row.want(f'the shim killed at "{point}"', f"{times} tasks: none started twice, none lost")
    scene = Scene(house, max_parallel=1).start()
    effects = house.folder / "effects"
    effects.touch()
    states = []
    for number in range(times):
        gate = house.folder / f"gate-{number}"
        before = scene.task(f"until [ -e {gate} ]; do sleep 0.02; done")
        scene.accepted(before)  # the order of tasks that come together is open
        task = scene.task(f"echo {number} >> {effects}")
        scene.accepted(task)
        abort_at = scene.folder(task) / "abort_at"
        abort_at.write_text(f"{point} stop")
        gate.touch()
        scene.ever("result", run=before["run"])
        shim = wait_for(lambda: stopped_shim(scene.folder(task)), what=f"the shim at {point}")
        abort_at.unlink()
        os.kill(shim, signal.SIGKILL)
        state = scene.ever("result", 60, run=task["run"])["state"]
        assert state == ("succeeded" if point in BEFORE_CLAIM | {"written"} else "unknown")
        states.append(state)
        scene.agent1.heard.skip()
        scene.repeat(task)
        assert scene.agent1.result(task)["state"] == state
    assert scene.run("true")["state"] == "succeeded"
    numbers = effects.read_text().split()
    assert len(numbers) == len(set(numbers))
    if point in BEFORE_CLAIM | {"ended", "written"}:
        assert len(numbers) == times
    row.saw(f"{times} tasks, {len(numbers)} effects, {states.count('unknown')} unknown, 0 doubled")
