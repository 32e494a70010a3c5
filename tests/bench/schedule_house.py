"""What measures of schedules stand on: agent1 with a stock broker, and files of many schedules.

The agents are one lean C client; the person is a console that asks in frames, as agentctl does.
"""

import pathlib
import shutil
import tempfile
import time

from fakes import FakeAgent, FakeConsole
from measures import BUILD, StockMosquitto, Tool, cpu_ms, memory
from process import Notifications, Process
from programs import Agent1, write_json, write_secret
from wait import wait_for
from wire import Peer

AGENTS = 20
SESSION = "0123456789abcdef"
START_LIMIT_S = 300
# So long without CPU, and what was begun is done.
QUIET_S = 2
QUIET_MS = 40


def schedules(count, cron, prefix="s", agents=AGENTS):
    """As a person writes them, with an id, so that the file is not changed by agent1."""
    return [{"id": f"{prefix}{i}", "agent": f"fake{i % agents}", "task": f"true {i}", "cron": cron}
            for i in range(count)]


def yearly(count):
    """Once a year, half a year from now, at many different times."""
    month = (time.gmtime().tm_mon + 5) % 12 + 1
    return [{**entry, "cron": f"*-{month:02d}-{i % 28 + 1:02d} {i // 60 % 24:02d}:{i % 60:02d}"}
            for i, entry in enumerate(schedules(count, ""))]


class ScheduleHouse:
    """Stock Mosquitto and agent1 without XMPP, in a temporary folder of the disk of /var/tmp."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="bench-", dir="/var/tmp"))
        self.logs = self.folder / "log"
        self.logs.mkdir()
        users = ("bench", "agent1", "agentctl", "timed")
        self.broker = StockMosquitto(self.folder / "broker", acl="".join(
            f"user {user}\ntopic readwrite #\n" for user in users))
        for user in users:
            self.broker.add_user(user)
        self.broker.start()
        self.agent1 = Agent1(self)
        self.key = self.agent1.key
        self.peers = {f"fake{i}": Peer() for i in range(AGENTS)}
        self.peers["timed"] = Peer()
        for name, peer in self.peers.items():
            self.agent1.registry["agents"][name] = {"public_key": peer.key, "accepted": True}
        self.person = Peer()
        self.agent1.add_user("person", "admin", key=self.person.key)
        self.open = []

    def save(self, entries):
        """Saves tasks_schedule.json as an editor does: a new file in place of the old."""
        self.agent1.tasks = {"tasks": entries}
        write_json(self.agent1.config_folder / "tasks_schedule.json", self.agent1.tasks)

    def forget(self):
        """A fresh database."""
        for file in self.agent1.state.glob("agent1.db*"):
            file.unlink()

    def start(self):
        """Milliseconds from fork to ready, and of CPU until then and until it is quiet."""
        agent1 = self.agent1
        agent1.write()
        ready = Notifications(agent1.folder / "notify")
        environment = {**agent1.environment, "NOTIFY_SOCKET": str(ready.path)}
        agent1.process = Process(agent1.name, [agent1.executable, *agent1.arguments()],
                                 self.logs / "agent1.log", environment)
        began = time.monotonic()
        agent1.process.start()
        try:
            ready.wait_for("READY=1", agent1.process, START_LIMIT_S)
        finally:
            ready.close()
        elapsed, cpu = (time.monotonic() - began) * 1000, self.cpu()
        return elapsed, cpu, self.settle()

    def cpu(self):
        return cpu_ms(self.agent1.pid)

    def settle(self):
        """Waits until agent1 is quiet; the milliseconds of CPU that it had had by then."""
        seen = {"cpu": self.cpu(), "at": time.monotonic()}

        def is_quiet():
            if self.cpu() > seen["cpu"] + QUIET_MS:
                seen.update(cpu=self.cpu(), at=time.monotonic())
            return time.monotonic() > seen["at"] + QUIET_S
        wait_for(is_quiet, START_LIMIT_S, "agent1 is quiet")
        return seen["cpu"]

    def private_mib(self):
        return memory(self.agent1.pid)[2]

    def start_agents(self):
        arguments = [word for name, peer in self.peers.items() if name != "timed"
                     for word in (name, write_secret(self.folder / f"{name}.key",
                                                     peer.file_text().strip()))]
        tool = Tool(BUILD / "bench/bench-agents", [self.broker.port, "bench",
                    self.broker.passwords["bench"], self.key, *arguments], self.folder)
        self.open.append(tool)

    def console(self):
        console = FakeConsole(self.broker, self.key, SESSION, peer=self.person)
        self.open.append(console)
        return console

    def timed_agent(self, listener):
        agent = TimedAgent(self.broker, "timed", self.key, listener, peer=self.peers["timed"])
        self.open.append(agent)
        agent.connect()
        return agent

    def close(self):
        for each in self.open:
            each.close()
        self.agent1.stop()
        self.broker.stop()
        shutil.rmtree(self.folder)


class TimedAgent(FakeAgent):
    """Tells when each task came, by the wall clock, before it opens its frame."""

    def __init__(self, broker, name, agent1_key, listener, **options):
        self.listener = listener
        super().__init__(broker, name, agent1_key, **options)

    def _on_message(self, publication):
        self.arrived_ms = time.time() * 1000
        super()._on_message(publication)

    def answer(self, received):
        super().answer(received)
        if received["type"] == "task":
            self.listener(received["run"], self.arrived_ms)
            self.succeed(received)
