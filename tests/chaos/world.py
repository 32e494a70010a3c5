"""One house for chaos: a broker with a database, an XMPP server, agent1 and agents of its own, and the
parts of it that can die. Nothing here waits for a part that was started again: the stream shows when
it serves."""

import os
import signal

from cutter import Cutter
from house import House
from nats_cluster import NatsCluster
from servers import Prosody
from stream import Stream

PERSISTENCE = "autosave_interval 1\nautosave_on_changes true\n"
KEEP_ALIVE = "5s"
XMPP_LINK = "the XMPP server"


def _look_at_process(pid):
    """(argv, parent) of a process; argv has two words at least."""
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            argv = file.read().decode(errors="replace").split("\0")
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as stat:
            parent = int(stat.read().rsplit(")", 1)[1].split()[1])
    except (OSError, IndexError):
        return ["", ""], 0
    return argv if len(argv) > 1 else ["", ""], parent


class Part:
    """Something that can be killed: its process, and what must work again afterwards."""

    def __init__(self, name, process, needs):
        self.name = name
        self.process = process
        self.needs = needs

    def problem(self):
        """What is wrong with a process that nobody killed, or None."""
        if self.process.is_running or self.process.is_asked_to_end:
            return None
        return f"{self.name} ended by itself with {self.process.child.returncode}"

    def may_be_killed(self):
        return True

    def kill(self, _chance):
        self.process.kill()

    def start(self):
        self.process.start()


class BrokerPart(Part):
    """Half of the times its database dies with it."""

    def __init__(self, broker, needs):
        super().__init__("broker", broker.process, needs)
        self._broker = broker

    def kill(self, chance):
        is_losing_all = chance.random() < 0.5
        self._broker.kill(with_database=is_losing_all)
        if is_losing_all:
            (self._broker.folder / "mosquitto.db.new").unlink(missing_ok=True)


class NodePart(Part):
    """One node of the cluster at a time, and the next only when the last has caught up: without two of
    three the cluster stands still, and may lose what it has."""

    def __init__(self, cluster, needs):
        super().__init__("broker", cluster.process, needs)
        self._cluster = cluster

    def may_be_killed(self):
        return self._cluster.is_well()

    def problem(self):
        ended = [node.name for node in self._cluster.nodes
                 if not node.process.is_running and not node.process.is_asked_to_end]
        return f"{', '.join(ended)} ended by itself" if ended else None

    def kill(self, chance):
        self.process = chance.choice(self._cluster.nodes).process
        self.process.kill()


class World:
    """agents: how many agent2; is_cut: a Cutter lies between the programs and both servers; broker:
    "mosquitto", or "nats" for a cluster of three nodes."""

    def __init__(self, folder, people, chance, agents=2, is_cut=False, is_long=False, broker="mosquitto"):
        folder.mkdir(parents=True)
        self.folder = folder
        self.effects = folder / "effects"
        self.effects.touch()
        self.names = [f"web{number + 1}" for number in range(agents)]
        self.server = Prosody(folder / "prosody").start()
        self.house = House(folder, self.server, people)
        if broker == "nats":
            users = ("agent1", "agentctl", "observer", *self.names)
            self.house.use_cluster(NatsCluster(folder / "cluster", users).start())
        else:
            self._use_persistent_broker()
        self.agents = [self.house.agent(name) for name in self.names]
        self.stream = Stream(self.house, self.server, people, chance, self.names, self.effects,
                             folder.name, is_long)
        self.cutter = None
        if is_cut:
            self.cutter = Cutter()
            self._go_through_cutter()
        elif broker == "nats":
            self._be_quick_to_notice()
        self.parts = {}

    def _use_persistent_broker(self):
        broker = self.house.use_broker(is_persistent=True)
        broker.stop()
        with open(broker.folder / "mosquitto.conf", "a", encoding="ascii") as config:
            config.write(PERSISTENCE)
        broker.start()

    def _be_quick_to_notice(self):
        for program in (self.house.agent1, *self.agents):
            program.write()
            program.config["mqtt"]["keep_alive"] = KEEP_ALIVE

    def _go_through_cutter(self):
        house = self.house
        self._be_quick_to_notice()
        for program in (house.agent1, *self.agents):
            port = self.cutter.listen(f"{program.name} to the broker", house.broker.ports)
            program.config["mqtt"]["url"] = f"mqtt://127.0.0.1:{port}"
        house.agent1.config["xmpp"]["port"] = self.cutter.listen(f"agent1 to {XMPP_LINK}",
                                                                 [self.server.port])

    def start(self):
        """Starts everything and lets each door and each agent serve once."""
        self.house.agent1.start()
        for agent in self.agents:
            agent.start()
        self.stream.connect(self.house, self.names)
        self.parts = {part.name: part for part in self._make_parts()}
        assert self.stream.pump(lambda: self.serves(0, self.all_needs), 30), "it does not come up"
        return self

    def rescues(self):
        """What an operator does to a broker that serves nobody, one attempt after the other; yields what
        was done. A Mosquitto must come back by itself, and where who comes anew is served the fault is
        not the broker's."""
        broker = self.house.broker
        if not isinstance(broker, NatsCluster):
            return
        rescues = broker.rescues()
        while not broker.carries() and (done := next(rescues, None)):
            yield done

    @property
    def all_needs(self):
        return {*self.names, "xmpp", "cli"}

    def _make_parts(self):
        house = self.house
        broker = NodePart if isinstance(house.broker, NatsCluster) else BrokerPart
        parts = [Part("agent1", house.agent1.process, self.all_needs),
                 broker(house.broker, {*self.names, "cli"}),
                 Part("xmpp", self.server.process, {"xmpp"})]
        return parts + [Part(agent.name, agent.process, {agent.name}) for agent in self.agents]

    @staticmethod
    def is_xmpp_link(name):
        return name.endswith(XMPP_LINK)

    def needs_of_link(self, name):
        """What must work again after this connection of the cutter was treated badly."""
        who = name.split()[0]
        if self.is_xmpp_link(name):
            return {"xmpp"}
        return {*self.names, "cli"} if who == "agent1" else {who}

    def serves(self, since, needs):
        """Whether every door and agent of `needs` brought a task to its end that was asked for
        since then."""
        seen = set()
        for task in reversed(self.stream.ended):
            if task.ended_at < since:
                break
            if task.sent_at >= since:
                seen |= {task.agent, task.door}
        return needs <= seen

    def shims(self):
        """The shims that run now: (pid, run id)."""
        states = tuple(str(agent.state) for agent in self.agents)
        found = {}
        for entry in os.listdir("/proc"):
            if entry.isdigit():
                argv, parent = _look_at_process(entry)
                if argv[0].endswith("agent2-shim") and argv[1].startswith(states):
                    found[int(entry)] = (parent, os.path.basename(argv[1]).split(".")[0])
        # Between fork and exec the command of a task looks like its shim.
        return [(pid, run) for pid, (parent, run) in found.items() if parent not in found]

    @staticmethod
    def kill_shim(pid):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass

    def close(self):
        """Ends everything in good order; returns what was wrong with that."""
        problems = []
        self.stream.close()
        try:
            self.house.close()
        except AssertionError as error:
            problems.append(str(error))
        if self.cutter:
            self.cutter.close()
        self.server.stop()
        return problems
