"""A broker of three clustered NATS nodes on loopback, in the place of a Mosquitto.

Each node speaks MQTT 3.1.1 at a port of its own. The programs know one address, so a cutter stands in
front: it hands a connection to a node that lives, as a name with several addresses or a load balancer
does. Users have names and passwords and may do everything: this is not where the access list is tested.
"""

import json
import shutil
import signal
import urllib.error
import urllib.request
from types import SimpleNamespace

from cutter import Cutter
from mqtt import RawMqtt
from process import Process, free_port
from servers import base_environment
from wait import NotInTime, wait_for

NODES = 3
PROBE_USER = "observer"
NODE_S = 30  # a node's time to come up, and to know what the others know


class Node:
    """One nats-server with a folder of its own."""

    def __init__(self, folder, name):
        folder.mkdir(parents=True)
        self.name = name
        self.folder = folder
        self.mqtt_port, self.route_port, self._client_port, self._http_port = (free_port()
                                                                               for _ in range(4))
        self._config = folder / "nats.conf"
        self.process = Process(name, ["nats-server", "-c", self._config], folder / "nats.log",
                               base_environment(folder))

    def write(self, nodes, passwords):
        routes = ", ".join(f'"nats://127.0.0.1:{node.route_port}"' for node in nodes)
        users = ", ".join(f'{{user: "{user}", password: "{password}"}}'
                          for user, password in passwords.items())
        self._config.write_text(f"""
server_name: {self.name}
listen: 127.0.0.1:{self._client_port}
http: 127.0.0.1:{self._http_port}
jetstream {{ store_dir: "{self.folder}/store", max_mem: 64MB, max_file: 1GB }}
cluster {{ name: chaos, listen: 127.0.0.1:{self.route_port}, routes: [{routes}] }}
mqtt {{ listen: 127.0.0.1:{self.mqtt_port} }}
authorization {{ users: [{users}] }}
""")

    def ask(self, path):
        """What its monitoring says, or None."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self._http_port}/{path}", timeout=1) as answer:
                return json.load(answer)
        except (urllib.error.URLError, OSError):
            return None

    def streams(self):
        """{name: whether all of the cluster have it whole} of those that it leads, and the names of
        all that it knows."""
        told = self.ask("jsz?streams=true") or {}
        known = {stream["name"]: stream.get("cluster", {})
                 for account in told.get("account_details", []) for stream in account.get("stream_detail", [])}
        led = {name: all(each["current"] for each in cluster.get("replicas", []))
               for name, cluster in known.items() if cluster.get("leader") == self.name}
        return led, set(known)


class NatsCluster:
    """What a test asks of a Mosquitto (servers.py); its nodes are killed one by one.

    users: those who are known from the start; another one makes the nodes read their files anew.
    """

    certificates = None
    version = 3  # of MQTT: NATS refuses 5

    def __init__(self, folder, users):
        self.folder = folder
        self.passwords = {user: f"pw-of-{user}" for user in users}
        self.nodes = [Node(folder / f"node{number + 1}", f"node{number + 1}") for number in range(NODES)]
        self._front = Cutter()
        self.ports = [node.mqtt_port for node in self.nodes]
        self.port = self._front.listen("the cluster", self.ports)

    @property
    def url(self):
        return f"mqtt://127.0.0.1:{self.port}"

    @property
    def process(self):
        """One for all: whether any runs, and the log of the first."""
        return next((node.process for node in self.nodes if node.process.is_running),
                    self.nodes[0].process)

    def add_user(self, name):
        if name not in self.passwords:
            self.passwords[name] = f"pw-of-{name}"
            self._write()
        return self.passwords[name]

    def _write(self):
        for node in self.nodes:
            node.write(self.nodes, self.passwords)
            if node.process.is_running:
                node.process.signal(signal.SIGHUP)

    def start(self):
        self._write()
        for node in self.nodes:
            node.process.start()
        rescues = self.rescues()
        while True:
            try:
                wait_for(self.is_well, NODE_S, "a cluster that is well")
                return self
            except NotInTime:  # its nodes agree on no leader
                if not next(rescues, None):
                    raise

    def is_well(self):
        """All nodes run, and each stream has a leader and all its copies. (That of a node alone,
        /healthz, remembers for long the consumers of clients that are gone.)"""
        if not all(node.ask("healthz?js-server-only=true") for node in self.nodes):
            return False
        told = [node.streams() for node in self.nodes]
        led = {name: is_whole for each, _ in told for name, is_whole in each.items()}
        return set().union(*(known for _, known in told)) <= set(led) and all(led.values())

    def carries(self):
        """Whether each node serves who comes anew: a subscription is made, and brings what is published."""
        return all(self._node_carries(node) for node in self.nodes)

    def _node_carries(self, node):
        door = SimpleNamespace(port=node.mqtt_port, certificates=None, version=self.version)
        topic = f"probe/{node.name}"
        try:
            client = RawMqtt(door, PROBE_USER, [topic], password=self.passwords[PROBE_USER])
        except (AssertionError, OSError):
            return False
        try:
            client.publish(topic, b"?")
            client.heard.wait_for(lambda heard: heard.topic == topic)
            return True
        except AssertionError:
            return False
        finally:
            client.close()

    def rescues(self):
        """Starts all nodes anew, with their stores and, when it is asked for more, without."""
        for what in ("restarted", "restarted without its stores"):
            for node in self.nodes:
                node.process.kill()
            for node in self.nodes:
                if what != "restarted":
                    shutil.rmtree(node.folder / "store", ignore_errors=True)
                node.process.start()
            yield what

    def stop(self):
        self._front.close()
        for node in self.nodes:
            if node.process.is_running:
                node.process.stop()
