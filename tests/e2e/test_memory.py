"""Notes that are found by what they mean, over the real programs: a scripted embedding model speaks each interface."""
import re

import pytest

from embeddings import Embeddings
from provider import Provider
from wait import wait_for

KEY = "canary-embed-8Rw2"


@pytest.fixture
def servers():
    started = []

    def start(server):
        started.append(server)
        return server

    yield start
    for server in started:
        server.close()


def entry(server, **more):
    """llm.embeddings of config.json."""
    key = {"api_key": server.key} if server.key else {}
    return {"provider": server.kind, "base_url": server.url, "model": "e"} | key | more


def recall_until(person, line, pattern):
    return wait_for(lambda: re.search(pattern, person.ask(line, r"not found|no key").text, re.DOTALL),
                    what=f"{line} finds {pattern}")


@pytest.mark.parametrize("kind", ["ollama", "openai"])
def test_found_by_meaning(house, servers, kind):
    server = servers(Embeddings(kind, key=KEY if kind == "openai" else None))
    provider = servers(Provider("ollama"))
    house.agent1.config["llm"] = {
        "chain": [{"provider": "ollama", "base_url": provider.url, "model": "m", "timeout": "5s"}],
        "embeddings": entry(server)}
    oskar = house.person("oskar", "operator")
    ana = house.person("ana")
    house.start()
    oskar.ask("REMEMBER: front gate | 4711, then left", "^remembered")
    oskar.ask("REMEMBER: --private back door | 1234", "^remembered for you alone")
    oskar.ask("REMEMBER: harbour wifi | fish", "^remembered")
    recall_until(oskar, "RECALL: entrance", "may have to do with it:.*front gate: 4711.*")
    found = recall_until(oskar, "RECALL: entrance", r"back door \(for you alone\): 1234").string
    assert "front gate" in found and "fish" not in found
    # Another's own is no nearer to anybody.
    found = recall_until(ana, "RECALL: entrance", "front gate: 4711").string
    assert "1234" not in found
    assert ("e", "front gate: 4711, then left") in server.texts and ("e", "entrance") in server.texts
    # Shown to a model unasked, too.
    oskar.ask("how does somebody come inside?", "^ok$")
    assert "- front gate: 4711, then left (oskar, " in provider.requests[-1].last
    assert "- back door: 1234 (oskar, " in provider.requests[-1].last
    # The vectors outlive a restart; another model makes them anew.
    house.agent1.stop()
    server.texts.clear()
    house.agent1.start()
    recall_until(oskar, "RECALL: entrance", "front gate: 4711")
    assert {text for _, text in server.texts} == {"entrance"}
    house.agent1.config["llm"]["embeddings"]["model"] = "f"
    house.agent1.write()
    house.agent1.reload()
    wait_for(lambda: ("f", "harbour wifi: fish") in server.texts, what="vectors of the new model")
    recall_until(oskar, "RECALL: entrance", "front gate: 4711")
    for log in house.logs.iterdir():
        assert KEY not in log.read_text(errors="replace"), log


LACKING = "looked for by words alone; by meaning is not possible just now"


def status_until(person, pattern):
    return wait_for(lambda: re.search(pattern, person.ask("!status", "awake").text), what=f"!status says {pattern}")


def test_a_provider_that_fails_or_hangs(house, servers):
    """Words alone decide then, and people are told."""
    server = servers(Embeddings("ollama"))
    house.agent1.config["llm"] = {"chain": [], "embeddings": entry(server, timeout="1s")}
    oskar = house.person("oskar", "operator")
    house.start()
    oskar.ask("REMEMBER: front gate | 4711", "^remembered")
    recall_until(oskar, "RECALL: entrance", "front gate: 4711")
    assert "memory by meaning" not in oskar.ask("!status", "awake").text
    server.is_silent = True
    oskar.ask("RECALL: gat", f"these hold it:\nfront gate: 4711.*\n{LACKING}")
    status_until(oskar, r"memory by meaning: not available since (\d{4}-\d\d-\d\d )?\d\d:\d\d \(ollama e: the server does not "
                        r"answer\); notes are found by their words meanwhile")
    oskar.ask("RECALL: entrance", f"entrance: not found.*\n{LACKING}")
    server.is_silent, server.refuse = False, 500
    house.agent1.stop()
    house.agent1.start()
    oskar.ask("RECALL: gat", f"these hold it:\nfront gate: 4711.*\n{LACKING}")
    status_until(oskar, "answers with an error")
    oskar.ask("REMEMBER: front gate | 4712", "it replaces")
    oskar.ask("RECALL: front gate", "front gate: 4712")


def test_a_provider_that_was_slow_once(house, servers):
    """It is tried again at once, and the line goes."""
    server = servers(Embeddings("openai"))
    house.agent1.config["llm"] = {"chain": [], "embeddings": entry(server, timeout="1s")}
    oskar = house.person("oskar", "operator")
    house.start()
    oskar.ask("REMEMBER: front gate | 4711", "^remembered")
    recall_until(oskar, "RECALL: entrance", "front gate: 4711")
    server.silences = 1
    oskar.ask("RECALL: entrance", LACKING)
    wait_for(lambda: ("e", "note") in server.texts, what="it is tried with any text")
    wait_for(lambda: "memory by meaning" not in oskar.ask("!status", "awake").text, what="the line goes")
    assert LACKING not in recall_until(oskar, "RECALL: entrance", "front gate: 4711").string


def test_a_provider_that_refuses_everything(house, servers):
    """No note is given up for it."""
    server = servers(Embeddings("ollama"))
    server.refuse = 400
    house.agent1.config["llm"] = {"chain": [], "embeddings": entry(server)}
    oskar = house.person("oskar", "operator")
    house.start()
    oskar.ask("REMEMBER: front gate | 4711", "^remembered")
    oskar.ask("REMEMBER: --private back door | 1234", "^remembered for you alone")
    status_until(oskar, "refuses every text")
    server.refuse = 0
    house.agent1.reload()
    found = recall_until(oskar, "RECALL: entrance", "front gate: 4711").string
    assert LACKING not in found
    recall_until(oskar, "RECALL: entrance", "back door .for you alone.: 1234")


def test_what_is_wrong_in_the_file(house):
    house.agent1.config["llm"] = {"embeddings": {"provider": "anthropic", "model": "e"}}
    house.agent1.write()
    checked = house.agent1.run("--check")
    assert checked.returncode == 78 and "llm.embeddings.provider" in checked.stderr, checked.stderr
    house.agent1.config["llm"] = {"embeddings": {"provider": "openai", "model": "e"}}
    house.agent1.write()
    checked = house.agent1.run("--check")
    assert checked.returncode == 78 and "llm.embeddings.base_url: missing" in checked.stderr, checked.stderr
