"""A private installation: a broker, agent1, and the agents, people and consoles a test adds."""

from process import end_orphans
from programs import Agent1, Agent2, Agentctl, sanitizer_reports
from mqtt import RawMqtt
from servers import TOP, Mosquitto
from wait import wait_for
from xmpp import XmppPerson

OBSERVER = "\nuser observer\ntopic readwrite #\n"
LOG_LINES_SHOWN = 150


class House:
    """Everything of one test, in one folder; the fixture `house` makes it and ends it.

        def test_delegate(house):
            web1 = house.agent("web1")            # accepted, with shell
            sylvain = house.person("sylvain")     # on XMPP, an admin
            house.start()                         # agent1, then the agents; waits for both
            sylvain.send("DELEGATE: web1 | echo hello")
            assert "hello" in sylvain.wait_for(r"#1 web1: succeeded").text

    Parts can be changed before start() (house.agent1.config, .blackouts, web1.config, …) and killed,
    stopped and started one by one afterwards (web1.kill(), house.broker.kill(), …).
    """

    def __init__(self, folder, xmpp_server, people):
        self.folder = folder
        self.logs = folder / "log"
        self.logs.mkdir(parents=True)
        self._xmpp_server = xmpp_server
        self._people = people
        self._acl = (TOP / "config/mosquitto.acl.example").read_text() + OBSERVER
        self._broker = None
        self._observer = None
        self.agent1 = Agent1(self)
        self.agents = {}
        self.people = {}
        self.consoles = {}
        self._parties = []

    # ---- servers ----------------------------------------------------------------------------------
    def use_broker(self, **options):
        """Chooses the broker's options (is_stock, is_persistent, certificates, acl) before its first
        use."""
        assert not self._broker, "the broker is there already"
        options.setdefault("acl", self._acl)
        self._broker = Mosquitto(self.folder / "broker", **options).start()
        return self._broker

    def use_cluster(self, cluster):
        """Another broker than a Mosquitto, which runs; the house ends it."""
        assert not self._broker, "the broker is there already"
        self._broker = cluster
        return cluster

    @property
    def broker(self):
        return self._broker or self.use_broker()

    @property
    def xmpp_server(self):
        if callable(self._xmpp_server):
            self._xmpp_server = self._xmpp_server()
        return self._xmpp_server

    def use_xmpp_server(self, server):
        """Another server than the shared one, for tests that kill it; the test ends it."""
        self._xmpp_server = server

    @property
    def observer(self):
        """A client of the broker that hears everything: observer.heard."""
        if not self._observer:
            self._observer = self.mqtt("observer", ["#"])
        return self._observer

    def mqtt(self, user, filters=(), **options):
        """A raw MQTT client with this user name."""
        return self.add(RawMqtt(self.broker, user, filters, **options))

    def add(self, party):
        """Adds what the house shall close and show in reports: a party of fakes.py, a raw client."""
        self._parties.append(party)
        return party

    # ---- who is in it -----------------------------------------------------------------------------
    def agent(self, name, is_accepted=True, **config):
        """Adds an agent2; config are members of its agent2.json. Not started yet."""
        agent = Agent2(self, name, **config)
        self.agents[name] = agent
        if is_accepted:
            self.agent1.registry["agents"][name] = agent.accepted_entry()
        return agent

    def account(self, name, role="admin", is_known=True):
        """An account for a client of whatever kind: its JID and password; agent1 gets one, too."""
        if not self.agent1.config["xmpp"]["enabled"]:
            self.agent1.use_xmpp(self.xmpp_server, self._account("agent1"))
        jid, password = self.xmpp_server.add_account(self._account(name))
        if is_known:
            self.agent1.add_user(name, role, jid=jid)
        return jid, password

    def person(self, name, role="admin", plugins=(), is_known=True, **options):
        """Adds a person on XMPP, signed in; agent1 gets an account, too."""
        user = self._account(name)
        if not self.agent1.config["xmpp"]["enabled"]:
            self.agent1.use_xmpp(self.xmpp_server, self._account("agent1"))
        person = XmppPerson(self._people, self.xmpp_server, user,
                            self.agent1.config["xmpp"]["jid"], plugins, **options).connect()
        if is_known:
            self.agent1.add_user(name, role, jid=person.jid)
        self.people[name] = person
        return person

    def ctl(self, name, role="admin", is_known=True):
        """Adds agentctl for a user."""
        console = Agentctl(self, name)
        if is_known:
            self.agent1.add_user(name, role, key=console.key)
        self.consoles[name] = console
        return console

    def _account(self, name):
        """An account name that no other test on the shared server has."""
        return f"{name}-{self.folder.name}".lower()

    # ---- life -------------------------------------------------------------------------------------
    def start(self):
        """Starts agent1 and all agents, and waits until each agent's status says online."""
        observer = self.observer
        self.agent1.start()
        for agent in self.agents.values():
            agent.start()
        for name in self.agents:
            self.wait_status(name, "online")
        observer.heard.skip()
        return self

    def wait_status(self, name, state, seconds=15):
        """Waits until the newest status of the agent says online, paused or offline."""
        def has_it():
            heard = self.observer.heard.all(lambda p: p.topic == f"agents/status/{name}")
            return heard and f'"state":"{state}"' in heard[-1].text
        wait_for(has_it, seconds, f"{name} {state}")

    def programs(self):
        return [*self.agents.values(), self.agent1]

    def close(self):
        """Ends everything; fails when a program ended by itself, ended badly or had a report."""
        problems = [program.problem() for program in self.programs()]
        for client in [*self.consoles.values(), *self.people.values(), *self._parties]:
            client.close()
        for program in self.programs():
            try:
                program.stop()
            except AssertionError as error:
                problems.append(str(error))
        end_orphans()
        if self._broker:
            self._broker.stop()
        problems += sanitizer_reports(self.folder)
        problems = [problem for problem in problems if problem]
        assert not problems, "\n".join(problems)

    def reports(self):
        """(title, text) of everything that helps to understand a failure."""
        logs = sorted(self.logs.glob("*.log"))
        if self._broker:
            logs.append(self._broker.process.log)
        for log in logs:
            lines = log.read_text(errors="replace").splitlines()
            yield f"log {log.name} (last {LOG_LINES_SHOWN} lines)", "\n".join(lines[-LOG_LINES_SHOWN:])
        for person in self.people.values():
            yield person.heard.title, str(person.heard)
        for console in self.consoles.values():
            for session in console.sessions:
                yield session.heard.title, str(session.heard)
        for party in self._parties:
            if party is not self._observer:
                yield party.heard.title, str(party.heard)
        if self._observer:
            yield "everything on MQTT (last 100)", "\n".join(map(str, self._observer.heard.items[-100:]))
