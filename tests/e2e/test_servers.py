"""The private servers and the clients of these tests work as the other tests believe."""

import subprocess

import pytest

from mqtt import RawMqtt
from process import end_orphans, start
from servers import Mosquitto, Prosody
from wait import NotInTime, Transcript, wait_for
from xmpp import XmppPerson


@pytest.mark.parametrize("version", [5, 3])
def test_a_message_crosses_the_broker(broker, version):
    web1 = RawMqtt(broker, "web1", ["agents/web1/inbox"], version=version)
    agent1 = RawMqtt(broker, "agent1", version=version)
    agent1.publish("agents/web1/inbox", b"hello")
    assert web1.wait_for("hello").topic == "agents/web1/inbox"
    for client in (web1, agent1):
        client.close()


def test_a_broker_with_tls(tmp_path, certificates):
    broker = Mosquitto(tmp_path / "tls", certificates=certificates).start()
    client = RawMqtt(broker, "agent1", ["agents/#"])
    client.publish("agents/x", "over TLS")
    client.wait_for("over TLS")
    client.close()
    broker.stop()


def test_a_killed_broker_comes_back_on_its_port(broker):
    client = RawMqtt(broker, "agent1", ["agents/#"])
    broker.kill()
    wait_for(lambda: not client._up.is_set(), what="the end of the connection")
    broker.start()
    client.wait_up()
    client.publish("agents/x", "again")
    client.wait_for("again")
    client.close()


@pytest.mark.parametrize("with_tls", [False, True])
@pytest.mark.parametrize("is_stock", [False, True])
def test_two_people_talk(tmp_path, people, certificates, with_tls, is_stock):
    server = Prosody(tmp_path / "prosody", certificates if with_tls else None, is_stock).start()
    romeo = XmppPerson(people, server, "romeo").connect()
    juliet = XmppPerson(people, server, "juliet", peer=romeo.jid).connect()
    juliet.send("wherefore art thou & <where>?")
    heard = romeo.wait_for("wherefore")
    assert heard.sender == juliet.jid
    assert heard.text == "wherefore art thou & <where>?"
    romeo.close()
    juliet.close()
    server.stop()


def test_waiting_has_an_end_and_says_for_what():
    with pytest.raises(NotInTime, match="the moon"):
        wait_for(lambda: False, 0.05, "the moon")
    transcript = Transcript("nobody")
    transcript.add("one")
    with pytest.raises(NotInTime, match="(?s)nobody.*'two'.*one"):
        transcript.wait_for("two", 0.05)
    assert transcript.wait_for("one", 0.05) == "one"
    with pytest.raises(NotInTime):
        transcript.wait_for("one", 0.05)


def test_what_children_leave_behind_is_ended():
    child = start(["sh", "-c", "setsid sh -c 'sleep 100 & sleep 100' >/dev/null 2>&1 & echo $!"],
                  stdout=subprocess.PIPE, text=True)
    assert child.communicate()[0].strip()
    assert end_orphans() >= 1
    assert end_orphans() == 0
