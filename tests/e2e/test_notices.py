"""What people hear unasked, over real programs: errors, agents that are gone and back, quiet hours."""

import datetime
import re
import zoneinfo

from clock import Clock
from parties import accepted_agent
from wait import wait_for

PARIS = zoneinfo.ZoneInfo("Europe/Paris")


def tell_error(agent, text, severity="high"):
    agent.say("error", topic="agents/errors", severity=severity, text=text)


def poke(person):
    """agent1 looks at its clock."""
    return person.ask("!status", r"agent1|Blackout|agents")


def heard(person, words):
    """What it got; a message that comes again, since nobody had acknowledged it, is the same one."""
    found = {message.id: message.text for message in person.heard.items}
    return [text for text in found.values() if re.search(words, text)]


def wait_heard(person, words, seconds=15):
    """Whether it came before another answer or behind it."""
    return wait_for(lambda: heard(person, words), seconds,
                    lambda: f"{words!r} heard; so far: {person.heard}")[-1]


def kill_and_start(house):
    """agent1, until it is on XMPP again: what people say meanwhile is not done but asked about."""
    log = house.agent1.process
    before = log.log_text().count("XMPP: connected")
    house.agent1.kill()
    house.agent1.start()
    wait_for(lambda: log.log_text().count("XMPP: connected") > before, what="agent1 on XMPP")


def user_of(house, name):
    return next(user for user in house.agent1.config["users"] if user["name"] == name)


def test_errors_reach_whom_they_concern_once(house):
    ana, oskar = house.person("ana"), house.person("oskar", role="operator")
    vera = house.person("vera", role="viewer")
    user_of(house, "vera")["notices"] = "all"
    connect, other = accepted_agent(house), accepted_agent(house, "web2")
    house.start()
    agent, stranger = connect(), other()
    # Nobody's errors: in the open, on another topic, in another's name.
    agent.say("error", topic="agents/errors", is_clear=True, severity="high", text="readable")
    agent.say("error", severity="high", text="elsewhere")
    stranger.name, name = "web1", stranger.name
    tell_error(stranger, "of another")
    stranger.name = name
    for _ in range(3):
        tell_error(agent, "the disk is nearly full")
    tell_error(stranger, "all is well but one", "low")
    for person in (ana, vera):
        wait_for(lambda: heard(person, "disk") == ["web1: high: the disk is nearly full"])
        wait_for(lambda: heard(person, "well") == ["web2: low: all is well but one"])
    tell_error(agent, "the disk is nearly full", "critical")
    assert wait_heard(ana, "critical") == "web1: critical: the disk is nearly full"
    poke(ana)
    assert len(heard(ana, "disk")) == 2 and not heard(ana, "readable|elsewhere|another")
    assert "error" not in "".join(heard(oskar, "")) and not heard(oskar, "disk")


def test_an_agent_that_is_killed_and_returns(house):
    ana = house.person("ana")
    web1 = house.agent("web1", shell=True)
    clock = Clock(house.agent1)
    house.start()
    poke(ana)
    web1.kill()  # its will tells
    house.wait_status("web1", "offline")
    poke(ana)
    assert not heard(ana, "web1 is")
    clock.set(90)
    poke(ana)
    said = wait_heard(ana, r"^web1 is offline since \d\d:\d\d\. Tasks for it wait\.$")
    clock.set(3600)
    kill_and_start(house)
    clock.set(7200)
    poke(ana)
    assert heard(ana, "is offline") == [said] and not heard(ana, "back")
    web1.start()
    house.wait_status("web1", "online")
    assert re.fullmatch(r"web1 is back after (1 h 59 min|2 h)\.", wait_heard(ana, "back"))


def test_quiet_hours_over_midnight_and_a_kill(house):
    """Set in the file while agent1 runs; what came at night is one message in the morning."""
    ana, vera = house.person("ana"), house.person("vera", role="viewer")
    connect = accepted_agent(house)
    tonight = datetime.datetime.now(PARIS).replace(hour=23, minute=30, second=10)
    clock = Clock(house.agent1)
    clock.go_to(tonight)
    house.start()
    agent = connect()
    user_of(house, "vera")["notices"] = "all"
    user_of(house, "ana")["quiet_hours"] = {"start": "22:00", "end": "25:00"}
    house.agent1.write()
    assert "quiet_hours.end" in ana.wait_for("I keep the running configuration").text
    user_of(house, "ana")["quiet_hours"] = {"start": "22:00", "end": "06:00"}
    house.agent1.write()
    ana.wait_for("The configuration is good again")
    tell_error(agent, "a fan is slow")
    assert wait_heard(vera, "fan") == "web1: high: a fan is slow"
    clock.go_to(tonight + datetime.timedelta(hours=6, minutes=29))  # 05:59
    kill_and_start(house)
    agent.connect()
    tell_error(agent, "a fan stands")
    tell_error(agent, "it burns", "critical")
    assert wait_heard(ana, "burns") == "web1: critical: it burns"
    wait_heard(vera, "stands")
    assert not heard(ana, "fan")
    clock.go_to(tonight + datetime.timedelta(hours=6, minutes=30))
    poke(ana)
    digest = wait_heard(ana, "In your quiet hours:")
    assert re.fullmatch(r"In your quiet hours:\n[-0-9]+ 23:30 web1: high: a fan is slow\n"
                        r"05:59 web1: high: a fan stands", digest), digest
    kill_and_start(house)
    agent.connect()
    tell_error(agent, "it is day")
    assert wait_heard(ana, "day") == "web1: high: it is day"
    assert len(heard(ana, "fan")) == 1


def test_a_broker_that_is_gone_is_no_news_of_agents(house):
    ana = house.person("ana")
    house.agent("web1", shell=True)
    clock = Clock(house.agent1)
    house.start()
    poke(ana)
    house.broker.kill()
    house.agent1.process.wait_for_log("broker")
    clock.set(3600)
    poke(ana)
    house.broker.start()
    house.wait_status("web1", "online")
    clock.set(3700)
    poke(ana)
    assert not heard(ana, "web1 is")
