"""Home Assistant on the same broker, played by a plain MQTT client: it is told of every agent by discovery,
and its switches act as a user of their own, with the role that the configuration gives."""

import json

import pytest

from parties import accepted_agent
from wait import wait_for

CONFIG = "homeassistant/device/agent1_{}/config"
STATE = "agents/ha/{}/state"


class HomeAssistant:
    """What its MQTT integration does: subscribes below its prefix and to the topics it finds there."""

    def __init__(self, house):
        self.client = house.mqtt("observer", ["homeassistant/#", "agents/ha/#"])

    def retained(self, topic):
        """The newest text on the topic, or None."""
        heard = self.client.heard.all(lambda p: p.topic == topic)
        return heard[-1].text if heard else None

    def device(self, name):
        return wait_for(lambda: self.retained(CONFIG.format(name)), what=f"{name} is found")

    def wait_value(self, name, **values):
        def has_them():
            state = json.loads(self.retained(STATE.format(name)) or "{}")
            return all(state.get(key) == value for key, value in values.items()) and state
        return wait_for(has_them, what=f"{name}: {values}")

    def switch(self, name, word, retain=False):
        self.client.publish(f"agents/ha/{name}/set", word, retain=retain)


def served(house, role="none"):
    house.agent1.config["homeassistant"] = {"enabled": True, "role": role}
    return house


def test_an_agent_is_found_and_shown(house):
    house.agent("web1")
    served(house).start()
    home = HomeAssistant(house)
    config = json.loads(home.device("web1"))
    assert config["device"]["name"] == "web1"
    assert config["components"]["work"]["command_topic"] == "agents/ha/web1/set"
    home.wait_value("web1", state="online", work="ON", problem="OFF")
    house.agents["web1"].kill()
    state = home.wait_value("web1", state="offline", problem="ON")
    assert "offline since" in state["reason"]


def test_its_switch_pauses_and_resumes(house):
    house.agent("web1")
    served(house, role="operator").start()
    home = HomeAssistant(house)
    home.wait_value("web1", state="online")
    home.switch("web1", "OFF")
    home.wait_value("web1", state="paused", work="OFF")
    home.switch("web1", "ON")
    home.wait_value("web1", state="online", work="ON")


@pytest.mark.parametrize("word,role", [
    ("OFF", "none"), ("off", "operator"), ("DELEGATE: web1 | reboot", "admin"), ("x" * 1000, "operator"),
])
def test_what_it_may_not_do(house, word, role):
    house.agent("web1")
    served(house, role=role).start()
    home = HomeAssistant(house)
    home.wait_value("web1", state="online")
    home.switch("web1", word)
    home.client.publish("homeassistant/status", "online")
    # Whatever was asked before its birth message is judged by then: all is told anew after it.
    home.client.heard.skip()
    home.client.wait_for(lambda p: p.topic == CONFIG.format("web1"))
    home.wait_value("web1", state="online", work="ON")
    assert not house.observer.heard.all(lambda p: p.topic == "agents/web1/inbox")


def test_a_wish_that_was_left_behind_is_none(house):
    house.agent("web1")
    home = HomeAssistant(house)
    home.switch("web1", "OFF", retain=True)
    served(house, role="operator").start()
    home.wait_value("web1", state="online", work="ON")


def test_agent1_itself_is_shown_as_it_is(house):
    house.agent("web1")
    served(house).start()
    home = HomeAssistant(house)
    wait_for(lambda: home.retained(STATE.format("agent1")) == "online")
    house.agent1.kill()
    wait_for(lambda: home.retained(STATE.format("agent1")) == "offline", what="its last will")
    house.agent1.start()
    wait_for(lambda: home.retained(STATE.format("agent1")) == "online")
    house.agent1.stop()
    wait_for(lambda: home.retained(STATE.format("agent1")) == "offline", what="its goodbye")


def test_a_revoked_agent_is_removed(house):
    web1 = accepted_agent(house)
    console = house.ctl("ana")
    served(house).start()
    web1()
    home = HomeAssistant(house)
    home.device("web1")
    console.send("!revoke web1")
    wait_for(lambda: home.retained(CONFIG.format("web1")) == "", what="its device is removed")
    wait_for(lambda: home.retained(STATE.format("web1")) == "", what="its state is removed")


def test_nothing_is_told_unless_it_is_switched_on(house):
    house.agent("web1")
    house.start()
    home = HomeAssistant(house)
    home.switch("web1", "OFF")
    house.wait_status("web1", "online")
    assert not home.client.heard.all(lambda p: p.topic.startswith("homeassistant/"))
