"""What a model says is shown while it still speaks, over the real programs: on XMPP as one message that
corrects itself, with agentctl on a terminal line by line, as parts with --json; and what a provider that
refuses, breaks or gives triggers shows of it. A scripted provider speaks in pieces."""
import json
import re

import pytest

KINDS = ["ollama", "openai", "anthropic"]
# Nothing that begins so is a refusal, so it is shown as it comes.
SURE = "The two agents are there and the disk of the first has room for years.\n"
LONG = SURE + "".join(f"Line {n} says something of the disk.\n" for n in range(1, 40))


def objects(done):
    return [json.loads(line) for line in done.stdout.splitlines()]


def put_together(parts):
    """What they are together, byte by byte."""
    text = b""
    for part in parts:
        assert part["offset"] <= len(text), part
        text = text[:part["offset"]] + part["text"].encode()
    return text.decode()


def raw_states(person):
    return [s for s in person.raw.items if "chatstates" in s and "<body" not in s]


@pytest.mark.parametrize("kind", KINDS)
def test_as_parts_with_json(house, models, kind):
    """In pieces of three bytes, slowly; every part is how the answer begins."""
    provider = models(kind)
    ctl = house.ctl("oskar", "operator")
    house.start()
    provider.answer(SURE + "Ça va très bien. Really, all of it.\nThe end.", cut=100, pause_s=0.02)
    said = objects(ctl.send("how are they?", "--json"))
    parts, final = said[:-1], said[-1]
    assert final["final"] and "offset" not in final
    assert final["text"] == SURE + "Ça va très bien. Really, all of it.\nThe end."
    assert parts and all(part["type"] == "reply" and not part["final"] for part in parts)
    assert (final["text"] + "\n").startswith(put_together(parts))
    assert not any("outcome" in part for part in parts)


def test_one_message_on_xmpp(house, models):
    provider = models("ollama")
    house.agent("web1")
    oskar = house.person("oskar", "operator", can_correct=True, plugins=("xep_0085",))
    house.start()
    oskar.introduce()
    provider.answer(LONG + "DELEGATE: web1 | echo it-is-up", pause_s=0.03)
    oskar.send("how are they?")
    first = oskar.wait_for("The two agents")
    assert first.text.endswith(" …") and not first.replaces
    assert "composing" in raw_states(oskar)[0]
    assert "DELEGATE" not in first.text
    corrected = oskar.wait_for(lambda m: m.replaces == first.id and m.text.endswith(" …"))
    assert corrected.text.startswith(SURE)
    last = oskar.wait_for(r"#1 web1: queued$")
    assert last.replaces == first.id
    assert last.text == LONG + "asked for: DELEGATE: web1 | echo it-is-up\n#1 web1: queued"
    assert "active" in str(last.stanza)
    done = oskar.wait_for(r"^#1 web1: succeeded.*it-is-up")
    assert not done.replaces


def test_no_stream_without_corrections(house, models):
    provider = models("ollama")
    oskar = house.person("oskar", "operator")
    house.start()
    oskar.ask("!agents", ".")
    provider.answer(LONG, pause_s=0.01)
    oskar.ask("how are they?", "The two agents")
    assert oskar.heard.items[-1].text == LONG.strip()
    assert not any(message.replaces for message in oskar.heard.items)


def test_on_a_terminal(house, models, at_prompt):
    provider = models("openai")
    ctl = house.ctl("oskar", "operator")
    house.start()
    screen = at_prompt(ctl)
    text = SURE + "The second of them\nis well.\n```\nload 0.1\n```\nThat is all."
    provider.answer(text, pause_s=0.1)
    screen.enter("how are they?")
    screen.wait_for("has room for years.\nagent1  ")
    assert provider.look()["answered"] == 0
    seen = screen.wait_for("That is all.\nagent1>")
    assert seen.endswith(f"how are they?\n{text}\nagent1>")


def test_a_command_passes_a_model_that_hangs(house, models, at_prompt):
    provider = models("ollama", timeout="60s")
    ctl = house.ctl("oskar", "operator")
    house.start()
    screen = at_prompt(ctl)
    provider.answer(LONG, hang_after=4000)
    screen.enter("how are they?")
    screen.wait_for("Line 1 says something of the disk.\n")
    screen.enter("!status")
    screen.wait_for(lambda text: "\n> !status\nagent1 " in text and "refused messages since start" in text)
    screen.enter("!reset")
    screen.wait_for("(given up: forgotten by !reset)\n> !reset\nforgotten: what I was about to answer\nagent1>")
    provider.wait_gone(1)


@pytest.mark.parametrize("how", ["refuses", "breaks", "says an error"])
def test_one_that_is_passed_over(house, models, how):
    first, second = models("ollama"), models("ollama")
    ctl = house.ctl("oskar", "operator")
    house.start()
    refusal = "I see what you mean, and I am sorry, but I can't help with that. " * 4
    if how == "refuses":
        first.answer(refusal, cut=50, pause_s=0.01)
    elif how == "breaks":
        first.answer(LONG, break_after=5000)
    else:
        first.error("overloaded", after=LONG)
    second.answer("Both of them are well, and the disk of the first has room for many years.\nBye.")
    said = objects(ctl.send("how are they?", "--json"))
    assert said[-1]["text"] == "Both of them are well, and the disk of the first has room for many years.\nBye."
    parts = said[:-1]
    assert not any("sorry" in part["text"] for part in parts)
    if how != "refuses":
        assert any("The two agents" in part["text"] for part in parts)
        assert [part["text"] for part in parts if part["offset"] == 0][1] == ""
    assert said[-1]["text"].startswith(put_together(parts).rstrip("\n"))


def test_triggers_and_thoughts_are_not_shown(house, models):
    provider = models("anthropic")
    house.agent("web1")
    ctl = house.ctl("oskar", "operator")
    house.start()
    text = ("<think>\nDELEGATE: web1 | echo not-this\n" + SURE + "</think>\n" + SURE + "web1: succeeded, I believe.\n"
            "DELEGATE: web1 | echo by-model\nThen we know.")
    provider.answer(text, cut=40, pause_s=0.02)
    said = objects(ctl.send("how are they?", "--json"))
    parts = [o for o in said if "offset" in o]
    for part in parts:
        assert "by-model" not in part["text"]
        assert "think" not in part["text"] and "not-this" not in part["text"]
        assert not re.search(r"^web1: succ", part["text"], re.MULTILINE), part
    assert any("(says the model) web1: succeeded" in part["text"] for part in parts)
    assert not any("not-this" in o.get("text", "") or "think" in o.get("text", "") for o in said)


def test_in_french(house, models):
    first, second = models("ollama"), models("ollama", timeout="30s")
    house.agent1.config["language"] = "fr"
    oskar = house.person("oskar", "operator", can_correct=True)
    house.start()
    oskar.introduce()
    first.error("overloaded", after=SURE, pause_s=0.01)
    second.answer("Bonjour.", hang_before=True)
    oskar.send("comment vont-ils ?")
    begun = oskar.wait_for("The two agents")
    taken_back = oskar.wait_for(r"un autre modèle est interrogé")
    assert taken_back.replaces == begun.id
    oskar.ask("!reset", r"abandonné")


def test_who_waits_longer_than_half_a_minute(house, models):
    """A model that begins to speak after half a minute is waited for."""
    provider = models("ollama", timeout="60s")
    ctl = house.ctl("oskar", "operator")
    house.start()
    provider.answer("At last.", pause_s=8)
    done = ctl.send("hello", seconds=90)
    assert done.stdout == "At last.\n", done
