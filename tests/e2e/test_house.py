"""A house with the real agent1 and an agent played by the test."""

import pytest

from fakes import FakeAgent, FakeConsole
from programs import sanitizer_reports
from servers import Prosody
from wire import Peer


def add_fake_agent(house, name):
    """An accepted agent without a program."""
    peer = Peer()
    house.agent1.registry["agents"][name] = {"public_key": peer.key, "accepted": True}
    return lambda: house.add(FakeAgent(house.broker, name, house.agent1.key, peer=peer))


def test_a_task_from_xmpp_to_a_fake_agent_and_back(house):
    make_web1 = add_fake_agent(house, "web1")
    sylvain = house.person("sylvain")
    house.start()
    web1 = make_web1()
    web1.connect()
    assert web1.wait_for("ack")["state"] == "done"
    sylvain.send("DELEGATE: web1 | echo hello")
    task = web1.next_task()
    assert (task["task"], task["number"], task["requested_by"]) == ("echo hello", 1, "sylvain")
    web1.succeed(task, "hello\n")
    assert "hello" in sylvain.wait_for(r"#1 web1: succeeded").text
    assert web1.wait_for("ack", run=task["run"])["state"] == "done"


def test_a_console_without_a_program(house):
    peer = Peer()
    house.agent1.add_user("sylvain", "viewer", key=peer.key)
    house.start()
    console = house.add(FakeConsole(house.broker, house.agent1.key, "0123456789abcdef", peer=peer))
    assert console.ask("!help")["outcome"] == "ok"


def test_tls_and_servers_of_its_own(house, tmp_path, certificates):
    server = Prosody(tmp_path / "prosody", certificates).start()
    house.use_xmpp_server(server)
    house.use_broker(certificates=certificates, is_stock=True)
    sylvain = house.person("sylvain")
    house.start()
    assert "!help" in sylvain.ask("!help").text
    house.agent1.kill()
    house.agent1.start()
    assert "!help" in sylvain.ask("!help", seconds=30).text
    sylvain.close()
    house.agent1.stop()
    server.stop()


def test_a_bad_end_is_a_failure(house):
    """The house of this test is closed by hand: it complains about what ended by itself."""
    house.start()
    house.agent1.process.signal(9)
    house.agent1.process.child.wait()
    with pytest.raises(AssertionError, match="agent1 ended by itself with -9"):
        house.close()
    house.agent1.process.is_asked_to_end = True


def test_a_sanitizers_report_is_a_failure(house):
    report = house.folder / "sanitizer.123"
    report.write_text("ERROR: AddressSanitizer: heap-use-after-free\n")
    assert sanitizer_reports(house.folder)
    with pytest.raises(AssertionError, match="heap-use-after-free"):
        house.close()
    report.unlink()
