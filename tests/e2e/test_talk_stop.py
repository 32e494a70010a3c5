"""An answer of a model is stopped, over the real programs: on XMPP alone with agent1 and in a room, with agentctl on
a terminal and from another one. What was said stays, the provider is left at once, and no trigger is done."""
import pytest

from test_talk_stream import LONG, SURE, raw_states
from test_xmpp_rooms import Room

STOPPED = "(stopped by you)"


@pytest.fixture
def slow(models):
    """A language model that is waited for for long."""
    return models("ollama", timeout="60s")


def drips(provider, text, **manner):
    """Its next answer never comes to its end."""
    provider.answer(text, **{"hang_after": 3000, **manner})


@pytest.mark.parametrize("word", ["!stop", "Stop, please!"])
def test_on_xmpp(house, slow, word):
    house.agent("web1")
    oskar = house.person("oskar", "operator", can_correct=True, plugins=("xep_0085",))
    house.start()
    oskar.introduce()
    drips(slow, SURE + "DELEGATE: web1 | reboot\n" + LONG)
    oskar.send("how are they?")
    first = oskar.wait_for("The two agents")
    assert first.text.endswith(" …")
    oskar.send(word)
    last = oskar.wait_for(r"\(stopped by you\)$")
    assert last.replaces == first.id and last.text.startswith(SURE)
    assert "\nDELEGATE: not run: its answer was stopped\n" in last.text
    assert "active" in str(last.stanza)
    oskar.wait_for('^stopped: the answer to "how are they\\?"$')
    slow.wait_gone(1)
    states = len(raw_states(oskar))
    oskar.ask("!stop", "^Nothing is being written to you here")
    assert len(raw_states(oskar)) == states  # it writes no more
    oskar.ask("!runs", "^no runs")

    slow.answer("You are welcome.")
    oskar.ask("thanks", r"^You are welcome\.$")
    assert [role for role, _ in slow.requests[-1].messages] == ["user", "assistant", "user"]
    assert slow.requests[-1].messages[0][1] == "how are they?"
    assert slow.requests[-1].messages[1][1].startswith(SURE.strip())
    assert "DELEGATE" not in slow.requests[-1].messages[1][1]


def test_nothing_of_it_comes_back_with_agent1(house, slow):
    oskar = house.person("oskar", "operator", can_correct=True)
    house.start()
    oskar.introduce()
    drips(slow, LONG)
    oskar.send("how are they?")
    oskar.wait_for("The two agents")
    oskar.ask("!stop", "^stopped: ")
    house.agent1.kill()
    house.agent1.start()
    slow.answer("I was.")
    oskar.ask("were you stopped?", r"^I was\.$")
    assert not [m for m in oskar.heard.items if "restarted" in m.text]
    assert slow.requests[-1].messages[1][1].startswith(SURE.strip())


def test_in_a_room(house, slow):
    room = Room(house)
    house.start()
    room.wait_agent1()
    drips(slow, LONG)
    room.say(room.ana, "agent1: how are they?")
    slow.wait_requests(1)
    room.ana.ask("!stop", "^Nothing is being written to you here")
    room.say(room.ana, "agent1: stop")
    room.ana.wait_for(r"\(stopped by you\)$")
    room.ana.wait_for(r"^The answer to you is stopped\.$")
    slow.wait_gone(1)


def test_ctrl_c_on_a_terminal(house, slow, at_prompt):
    ctl = house.ctl("oskar", "operator")
    house.start()
    screen = at_prompt(ctl)
    drips(slow, LONG)
    screen.enter("how are they?")
    screen.wait_for("Line 1 says something of the disk.\n")
    screen.press("C-c")
    screen.wait_for(lambda text: f"\n{STOPPED}\nagent1>" in text and "Line 1 says" in text)
    slow.wait_gone(1)
    slow.answer("Good morning.")
    screen.enter("hello")
    screen.wait_for("Good morning.\nagent1>")
    screen.enter("stop")
    screen.wait_for("agent1> stop\nok\nagent1>")
    drips(slow, LONG, hang_before=True)  # before agent1 itself has said a word
    screen.enter("and now?")
    slow.wait_requests(4)
    screen.press("C-c")
    screen.wait_for(f"and now?\n{STOPPED}\nagent1>")
    slow.wait_gone(2)


def test_from_another_terminal(house, slow, at_prompt):
    """Before the model has said a word; and in French."""
    ctl = house.ctl("oskar", "operator")
    house.agent1.config["language"] = "fr"
    house.start()
    screen = at_prompt(ctl)
    drips(slow, LONG, hang_before=True)
    screen.enter("comment vont-ils ?")
    slow.wait_requests(1)
    done = ctl.send("!stop")
    assert done.stdout == "arrêté : la réponse à « comment vont-ils ? »\n", done
    screen.wait_for("(arrêté par vous)\nagent1>")
    slow.wait_gone(1)
    assert ctl.send("!stop").stdout.startswith("Rien ne s'écrit pour vous ici en ce moment")
