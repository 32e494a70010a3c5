"""One house under one kind of chaos, from its start to the verdict."""

import random
import time
from dataclasses import dataclass, field

import kinds
from checker import check, read_rows
from world import World

HEAL_S = 120
QUIET_S = 1.0


@dataclass
class Result:
    """What one lane did and found; figures can be added up."""
    kind: str
    seed: str
    kills: dict = field(default_factory=dict)
    tasks: int = 0
    outcomes: dict = field(default_factory=dict)
    lost: int = 0
    doubled: int = 0
    unknown: int = 0
    recoveries: list = field(default_factory=list)  # seconds
    rescues: dict = field(default_factory=dict)  # what an operator did to the broker, and how often
    seconds: float = 0.0
    broken: list = field(default_factory=list)


class Chaos:
    """Hurts a world `count` times while its tasks stream."""

    def __init__(self, world, kind, seed, count):
        self.world = world
        self.kind = kind
        self.count = count
        self.chance = random.Random(f"{seed} what")
        self.result = Result(kind.name, seed)
        self.killed_runs = set()  # their shims were killed
        self.round = []  # what a mixed kind does next
        self._log = open(world.folder / "chaos.log", "a", encoding="utf-8")
        self._began = time.monotonic()

    # ---- what kinds use -----------------------------------------------------------------------------
    def wait(self, seconds):
        """Lets the tasks stream for so long."""
        self.world.stream.pump(lambda: False, seconds)

    def hurt(self, what):
        """Notes that it was done."""
        self.result.kills[what] = self.result.kills.get(what, 0) + 1
        self.log(what)

    def log(self, text):
        stamp = time.strftime("%H:%M:%S", time.gmtime())
        print(f"{stamp}.{int(time.time() * 1000) % 1000:03} {text}", file=self._log, flush=True)

    def wait_for(self, condition, seconds):
        """Lets the tasks stream until it holds; returns whether it does. A cluster through which
        nothing goes for so long is started anew, as an operator would: first with what it has stored,
        then without."""
        rescues = self.world.rescues()
        while not self.world.stream.pump(condition, seconds):
            rescue = next(rescues, None)
            if not rescue:
                return False
            self.result.rescues[rescue] = self.result.rescues.get(rescue, 0) + 1
            self.log(f"the broker is {rescue}")
        return True

    def recover(self, since, needs):
        """Waits until everything serves again, and notes how long that took."""
        if not self.wait_for(lambda: self.world.serves(since, needs), kinds.RECOVERY_MAX_S):
            self.result.broken.append(f"not recovered within {kinds.RECOVERY_MAX_S} s: {sorted(needs)}")
        self.result.recoveries.append(time.monotonic() - since)
        self.log(f"recovered in {time.monotonic() - since:.3f} s: {sorted(needs)}")

    # ---- the course of things -----------------------------------------------------------------------
    def _look(self):
        for part in self.world.parts.values():
            problem = part.problem()
            if problem:
                raise AssertionError(problem)

    def _hurt_all(self):
        owed = set()
        since = None
        while sum(self.result.kills.values()) < self.count:
            self.wait(self.chance.uniform(0, self.kind.pause_max_s))
            self._look()
            owed |= self.kind.hurt(self)
            since = time.monotonic()
            if owed and self.chance.random() >= kinds.IMPATIENT:
                self.recover(since, owed)
                owed = set()
        if owed:
            self.recover(since, owed)

    def _heal(self):
        stream = self.world.stream
        stream.is_open = False
        if not self.wait_for(lambda: not stream.open_tasks(), HEAL_S):
            self.log(f"not ended: {[str(task) for task in stream.open_tasks()]}")
        self.log("healed")
        # What comes late would be a second effect or a second message.
        self.wait(QUIET_S)
        self._look()

    def run(self):
        try:
            self._hurt_all()
            self._heal()
        except AssertionError as error:
            self.result.broken.append(str(error))
        self.result.broken += self.world.close()
        self._judge()
        self.result.seconds = time.monotonic() - self._began
        self._log.close()
        return self.result

    def _judge(self):
        world, result = self.world, self.result
        rows, sound = read_rows(world.house.agent1.state, world.folder)
        verdict = check(world.stream, rows, world.effects, self.killed_runs)
        result.tasks = len(world.stream.tasks)
        result.outcomes = dict(verdict.outcomes)
        result.lost, result.doubled = verdict.lost, verdict.doubled
        result.unknown = verdict.unknown
        result.broken += verdict.broken
        if sound != "ok":
            result.broken.append(f"agent1's database: {sound}")
        audit = world.house.agent1.run("--audit-verify")
        if audit.returncode != 0:
            result.broken.append(f"the audit: {audit.stdout}{audit.stderr}")


def run_lane(folder, people, kind_name, count, seed, broker="mosquitto"):
    """Makes the house in the folder, runs it, returns the Result."""
    kind = kinds.KINDS[kind_name]
    world = World(folder, people, random.Random(f"{seed} tasks"), broker=broker, **kind.options)
    try:
        world.start()
    except AssertionError:
        world.close()
        raise
    return Chaos(world, kind, seed, count).run()
