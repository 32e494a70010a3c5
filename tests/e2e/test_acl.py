"""The shipped ACL on a real Mosquitto: each agent has its own subtree, whatever it sends.

A denied publication is an error in MQTT 5 and a silent success in 3.1.1, and a denied subscription is
granted and filtered: so what counts here is what arrives. After each try a mark goes over the same
connection; the broker keeps the order, so what is not there when the mark comes will never be.
"""

import pytest

from mqtt import RawMqtt
from servers import Mosquitto

SESSION = "0123456789abcdef"

# user, topic, whether the user's publications there arrive
PUBLISH = [
    ("agent1", "agents/web1/inbox", True),
    ("agent1", "agents/web1/control", True),
    ("agent1", f"agents/cli/{SESSION}/outbox", True),
    ("agent1", "agents/ha/web1/state", True),
    ("web1", "agents/agent1/inbox", True),
    ("web1", "agents/register", True),
    ("web1", "agents/status/web1", True),
    ("web1", "agents/daily_report", True),
    ("web1", "agents/errors", True),
    ("agentctl", "agents/agent1/inbox", True),
    ("web1", "agents/web1/inbox", False),
    ("web1", "agents/web1/control", False),
    ("web1", "agents/web2/inbox", False),
    ("web1", "agents/web2/control", False),
    ("web1", "agents/status/web2", False),
    ("web1", "agents/agent1/control", False),
    ("web1", "agents/agent1/anything", False),
    ("web1", f"agents/cli/{SESSION}/outbox", False),
    ("web1", "agents/cli/outbox", False),
    ("web1", "agents/acl-probe/inbox", False),
    ("web1", "agents/events/health", False),
    ("web1", "agents/events/world", False),
    ("web1", "agents/ha/web1/set", False),
    ("web1", "agents/scheduler/notifications", False),
    ("web1", "elsewhere", False),
    ("agentctl", "agents/web1/inbox", False),
    ("agentctl", "agents/web1/control", False),
    ("agentctl", "agents/status/web1", False),
    ("agentctl", f"agents/cli/{SESSION}/outbox", False),
    ("agentctl", "agents/events/health", False),
    ("agentctl", "elsewhere", False),
]

# user, filter that it subscribes to, topic of a publication, whether it arrives
READ = [
    ("agent1", "agents/agent1/inbox", "agents/agent1/inbox", True),
    ("agent1", "agents/status/+", "agents/status/web1", True),
    ("agent1", "agents/register", "agents/register", True),
    ("agent1", "agents/acl-probe/inbox", "agents/acl-probe/inbox", True),
    ("web1", "agents/web1/inbox", "agents/web1/inbox", True),
    ("web1", "agents/web1/control", "agents/web1/control", True),
    ("agentctl", f"agents/cli/{SESSION}/outbox", f"agents/cli/{SESSION}/outbox", True),
    ("agentctl", "agents/cli/outbox", "agents/cli/outbox", True),
    ("web1", "agents/web2/inbox", "agents/web2/inbox", False),
    ("web1", "agents/+/inbox", "agents/web2/inbox", False),
    ("web1", "#", "agents/web2/control", False),
    ("web1", "agents/#", "agents/agent1/inbox", False),
    ("web1", "agents/status/+", "agents/status/web2", False),
    ("web1", "agents/register", "agents/register", False),
    ("web1", "agents/errors", "agents/errors", False),
    ("web1", "#", f"agents/cli/{SESSION}/outbox", False),
    ("web1", "agents/events/health", "agents/events/health", False),
    ("agentctl", "#", "agents/web1/inbox", False),
    ("agentctl", "#", "agents/agent1/inbox", False),
    ("agentctl", "agents/status/+", "agents/status/web1", False),
    ("agentctl", "#", "agents/register", False),
]

# Where every user may write, respectively read: the way of the mark.
WRITE_MARK = "agents/agent1/inbox"
READ_MARK = {"agent1": "agents/agent1/inbox", "web1": "agents/web1/inbox", "agentctl": "agents/cli/outbox"}


@pytest.fixture(scope="module")
def fenced(tmp_path_factory):
    """A broker with the shipped ACL and, only to watch and to publish anything, a user `observer`."""
    folder = tmp_path_factory.mktemp("acl") / "broker"
    broker = Mosquitto(folder)
    broker.acl_file.write_text(broker.acl_file.read_text() + "\nuser observer\ntopic readwrite #\n")
    broker.start()
    yield broker
    broker.stop()


@pytest.mark.parametrize("version", [5, 3])
@pytest.mark.parametrize("user,topic,arrives", PUBLISH)
def test_publishing(fenced, user, topic, arrives, version):
    observer = RawMqtt(fenced, "observer", ["#"])
    client = RawMqtt(fenced, user, version=version)
    client.publish(topic, "tried")
    client.publish(WRITE_MARK, "mark")
    observer.wait_for("^mark$")
    tried = [heard.topic for heard in observer.heard.all("^tried$")]
    assert tried == ([topic] if arrives else [])
    client.close()
    observer.close()


@pytest.mark.parametrize("user,subscription,topic,arrives", READ)
def test_reading(fenced, user, subscription, topic, arrives):
    observer = RawMqtt(fenced, "observer")
    client = RawMqtt(fenced, user, [subscription, READ_MARK[user]])
    observer.publish(topic, "secret")
    observer.publish(READ_MARK[user], "mark")
    client.wait_for("^mark$")
    assert bool(client.heard.all("^secret$")) == arrives
    client.close()
    observer.close()


def test_a_retained_message_for_another_is_not_read(fenced):
    observer = RawMqtt(fenced, "observer")
    observer.publish("agents/status/web2", "old", retain=True)
    client = RawMqtt(fenced, "web1", ["agents/status/+", "agents/web1/inbox"])
    observer.publish("agents/web1/inbox", "mark")
    client.wait_for("^mark$")
    assert not client.heard.all("^old$")
    client.close()
    observer.publish("agents/status/web2", "", retain=True)
    observer.close()


def test_a_last_will_for_another_is_not_published(fenced):
    observer = RawMqtt(fenced, "observer", ["#"])
    for topic in ("agents/status/web2", "agents/status/web1"):
        client = RawMqtt(fenced, "web1", will=(topic, "offline", 1, True))
        client.client.loop_stop()
        client.client.socket().close()  # no DISCONNECT: the broker publishes the will
    observer.wait_for("^offline$")
    assert {heard.topic for heard in observer.heard.all("^offline$")} == {"agents/status/web1"}
    observer.publish("agents/status/web1", "", retain=True)
    observer.close()


@pytest.mark.parametrize("user,password", [("web1", "wrong"), ("", "")])
def test_nobody_enters_without_a_password(fenced, user, password):
    fenced.add_user("web1")
    with pytest.raises(AssertionError, match="refused"):
        RawMqtt(fenced, user, password=password)
