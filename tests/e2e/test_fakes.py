"""The fakes of both sides understand each other, so that a failure elsewhere is not theirs."""

from fakes import FakeAgent, FakeAgent1, FakeConsole
from wire import Peer


def test_a_task_there_and_back(broker):
    agent1 = FakeAgent1(broker)
    web1 = FakeAgent(broker, "web1", agent1.key)
    web1.connect()
    assert agent1.wait_registered("web1").kind == "clear"
    assert web1.wait_for("ack")["state"] == "done"

    task = agent1.task("web1", "echo hello")
    received = web1.next_task(run=task["run"])
    assert received.object == task
    assert agent1.wait_for("ack", run=task["run"])["state"] == "accepted"
    web1.succeed(received, "hello\n")
    assert agent1.result(task)["output"] == "hello\n"
    assert web1.wait_for("ack", run=task["run"])["state"] == "done"

    agent1.control("web1", "pause")
    assert agent1.wait_for("ack")["state"] == "done"
    asked = agent1.control("web1", "query", run=task["run"], attempt=1, expires=task["expires"])
    answer = agent1.wait_for("answer", in_reply_to=asked["id"])
    assert answer["data"]["runs"][0]["state"] == "not_known"
    for party in (web1, agent1):
        assert not party.refused
        party.close()


def test_a_frame_for_somebody_else_is_refused(broker):
    agent1 = FakeAgent1(broker)
    web1 = FakeAgent(broker, "web1", Peer().key)
    web1.connect()
    web1.mqtt.publish("agents/errors", "mark")
    agent1.mqtt.wait_for("mark")
    assert not agent1.heard.items
    assert len(agent1.refused) == 3
    for party in (web1, agent1):
        party.close()


def test_a_console_speaks_to_agent1(broker):
    agent1 = FakeAgent1(broker)
    console = FakeConsole(broker, agent1.key, "0123456789abcdef")
    asked = console.chat("!help")
    chat = agent1.wait_for("chat", id=asked["id"])
    assert (chat["text"], chat["reply_to"]) == ("!help", console.outbox)
    for party in (console, agent1):
        party.close()
