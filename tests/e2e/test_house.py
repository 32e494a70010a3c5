"""A house with the real agent1 and an agent played by the test."""

import pytest

from parties import accepted_agent, known_console
from programs import sanitizer_reports
from servers import Prosody


def test_a_task_from_xmpp_to_a_fake_agent_and_back(house):
    connect_web1 = accepted_agent(house)
    sylvain = house.person("sylvain")
    house.start()
    web1 = connect_web1()
    sylvain.send("DELEGATE: web1 | echo hello")
    task = web1.next_task()
    assert (task["task"], task["number"], task["requested_by"]) == ("echo hello", 1, "sylvain")
    web1.succeed(task, "hello\n")
    assert "hello" in sylvain.wait_for(r"#1 web1: succeeded").text
    assert web1.wait_for("ack", run=task["run"])["state"] == "done"


def test_a_console_without_a_program(house):
    connect = known_console(house, "viewer")
    house.start()
    assert connect().ask("!help")["outcome"] == "ok"


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
    report.write_text("==7==Unable to get registers from thread 8.\n")
    assert not sanitizer_reports(house.folder)
    report.write_text("ERROR: AddressSanitizer: heap-use-after-free\n")
    assert sanitizer_reports(house.folder)
    with pytest.raises(AssertionError, match="heap-use-after-free"):
        house.close()
    report.unlink()


def test_agentctl_and_a_fake_agent(house):
    connect_web1 = accepted_agent(house)
    ctl = house.ctl("sylvain")
    house.start()
    web1 = connect_web1()
    session = ctl.open("--no-color")
    session.send("DELEGATE: web1 | exit 3")
    web1.report(web1.next_task(), "failed", exit_code=3)
    session.wait_for(r"#1 web1: failed \(exit 3")
    assert session.end() == 1
    assert ctl.send("!agents").returncode == 0
