"""Fixtures of the end-to-end tests: the real programs (AGENT_BUILD), real servers on loopback.

    house         a private installation, see house.py; nothing runs before house.start()
    people        the thread on which all XMPP clients of the tests live
    xmpp_server   a Prosody without TLS, shared by all tests; accounts are per test
    certificates  a certificate authority and a certificate for localhost
    broker        a Mosquitto of the test's own, with the shipped ACL and nothing else
    scene         a house with an agent1 that the test plays and one real agent2, see scene.py
    folder        a run folder for the shim alone, see run_folder.py
    agent1        an agent1 that the test plays for agentctl, see played.py
    console       an agentctl that knows that agent1
    models        language models that a test scripts, in the order of the chain: models(kind, **entry)
    screens       agentctl on terminals of its own: screens(console, *options, **environment)
    at_prompt     the same, when its prompt stands there
    thinking      such a terminal on which a sentence waits for its answer, and the chat: (screen, chat)

Servers that a test kills are its own: Prosody(tmp_path / "prosody"), house.broker. All waiting goes
through wait.py. When a test fails, the logs of its programs stand in the report.
"""

import pytest

import process
from house import LOG_LINES_SHOWN, House
from played import PlayedAgent1
from provider import Provider
from run_folder import RunFolder
from scene import Scene
from screen import Screen
from servers import Certificates, Mosquitto, Prosody
from xmpp import XmppLoop

process.adopt_orphans()
_shared_logs = []


@pytest.fixture(scope="session")
def people():
    loop = XmppLoop()
    yield loop
    loop.close()


@pytest.fixture(scope="session")
def certificates(tmp_path_factory):
    return Certificates(tmp_path_factory.mktemp("certificates"))


class _Lazy:
    """A server that starts when it is first needed."""

    def __init__(self, make):
        self._make = make
        self.server = None

    def __call__(self):
        if not self.server:
            self.server = self._make().start()
            _shared_logs.append(self.server.process)
        return self.server

    def close(self):
        if self.server:
            self.server.stop()


@pytest.fixture(scope="session")
def _shared_prosody(tmp_path_factory):
    lazy = _Lazy(lambda: Prosody(tmp_path_factory.mktemp("prosody")))
    yield lazy
    lazy.close()


@pytest.fixture
def xmpp_server(_shared_prosody):
    return _shared_prosody()


@pytest.fixture
def broker(tmp_path):
    server = Mosquitto(tmp_path / "broker").start()
    yield server
    server.stop()


@pytest.fixture
def house(tmp_path, _shared_prosody, people):
    made = House(tmp_path, _shared_prosody, people)
    yield made
    made.close()


@pytest.fixture
def scene(house):
    return Scene(house)


@pytest.fixture
def folder(tmp_path):
    made = RunFolder(tmp_path)
    yield made
    made.close()


@pytest.fixture
def agent1(house):
    played = house.add(PlayedAgent1(house.broker))
    house.agent1._key = played.key  # the real one is never started here
    return played


@pytest.fixture
def console(house, agent1):
    return house.ctl("sylvain", is_known=False)


@pytest.fixture
def models(house):
    started = []

    def start(kind, **entry):
        started.append(Provider(kind))
        house.agent1.config["llm"]["chain"].append(started[-1].entry(**entry))
        return started[-1]

    yield start
    for provider in started:
        provider.close()


@pytest.fixture
def screens(house):
    opened = []

    def open_screen(console, *options, **environment):
        opened.append(Screen(house.folder, console.argv(*options), {**console.environment, **environment}))
        return opened[-1]

    yield open_screen
    for screen in opened:
        screen.close()


@pytest.fixture
def at_prompt(screens):
    def open_screen(console, *options, **environment):
        screen = screens(console, *options, **environment)
        screen.wait_for(lambda text: text.endswith(">"))
        return screen

    return open_screen


@pytest.fixture
def thinking(agent1, console, at_prompt):
    screen = at_prompt(console)
    chat = agent1.hear(screen, "how are they?")
    agent1.reply(chat, "")
    screen.wait_for("agent1  0 s")
    return screen, chat


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item):
    outcome = yield
    report = outcome.get_result()
    if not report.failed:
        return
    house = item.funcargs.get("house")
    if house:
        report.sections += [section for section in house.reports() if section[1]]
    servers = [*_shared_logs, *([item.funcargs["broker"].process] if "broker" in item.funcargs else [])]
    for server in servers:
        lines = server.log_text().splitlines()[-LOG_LINES_SHOWN:]
        report.sections.append((f"log of {server.name}", "\n".join(lines)))
