"""One task for several agents: by list, pattern and label, over real agents; one summary at the end."""

import json

import pytest

from wait import wait_for

LABELS = {"web1": {"role": "web", "dc": "par"}, "web2": {"role": "web", "dc": "lyon"},
          "db1": {"role": "db", "dc": "par"}}


@pytest.fixture
def fleet(house):
    """Three agents with labels; the house, not started."""
    for name, labels in LABELS.items():
        house.agent(name)
        house.agent1.registry["agents"][name]["labels"] = labels
    return house


def objects(done, kind):
    return [found for found in map(json.loads, done.stdout.splitlines()) if found["type"] == kind]


# ---- what is wrong ----
@pytest.mark.parametrize("text,answer,code", [
    ("@web1,web9 touch {mark}", "web9: refused (unknown_agent): no agent of that name; nearest: "
                                "web1, web2; nothing was done", 3),
    ("@mail* touch {mark}", "mail*: refused (unknown_agent): no accepted agent fits; there are db1, web1, web2", 3),
    ("@role=mail touch {mark}", "role=mail: refused (unknown_agent): no accepted agent has this label; there are dc=lyon, "
                                "dc=par, role=db, role=web", 3),
    ("@web1, touch {mark}", "touch: refused (unknown_agent)", 3),
    ("@all --limit touch {mark}", "--limit touch: expected a number of agents from 1 to 1000", 3),
    ("@all --fast touch {mark}", "--fast: no such option, so nothing was done", 3),
    ("DELEGATE: web1 web2 | touch {mark}", "several agents stand with commas: web1,web2", 3),
])
def test_nothing_is_done_when_somebody_is_nobody(fleet, tmp_path, text, answer, code):
    ctl = fleet.ctl("sylvain")
    fleet.start()
    done = ctl.send(text.format(mark=tmp_path / "mark"))
    assert answer in done.stdout, done.stdout
    assert done.returncode == code
    assert ctl.send("@web1 true").returncode == 0
    assert not (tmp_path / "mark").exists()


def test_labels_that_nobody_can_type_are_refused_at_the_start(fleet):
    fleet.agent1.registry["agents"]["web1"]["labels"] = {"role": "web server"}
    fleet.agent1.write()
    done = fleet.agent1.run("--check")
    assert done.returncode == 78
    assert "agents_registry.json: agents.web1.labels.role: expected a name and a text" in done.stderr


# ---- what is right ----
@pytest.mark.parametrize("target,names", [
    ("web1,db1", ["db1", "web1"]), ("web[12]", ["web1", "web2"]), ("role=web", ["web1", "web2"]),
    ("dc=par", ["db1", "web1"]), ("web*&dc=par, db1", ["db1", "web1"]), ("all", ["db1", "web1", "web2"]),
])
def test_who_is_meant(fleet, target, names):
    ctl = fleet.ctl("sylvain")
    fleet.start()
    done = ctl.send(f"DELEGATE: {target} | echo same", "--json")
    assert done.returncode == 0
    assert len(objects(done, "result")) == len(names)
    last = objects(done, "reply")[-1]
    assert last["final"] and last["outcome"] == "succeeded" and len(last["runs"]) == len(names)
    assert last["text"].startswith(f"{', '.join(names)} ({len(names)}): succeeded\n```\nsame\n```\np1: ")


def test_failures_first_and_the_worst_code(fleet, tmp_path):
    ctl = fleet.ctl("sylvain")
    fleet.start()
    done = ctl.send(f"@all mkdir {tmp_path}/one && echo made")
    assert done.returncode == 1, done.stdout
    assert done.stdout.index(": failed (exit 1") < done.stdout.index(": succeeded (exit 0")
    assert "File exists" in done.stdout and "```\nmade\n```" in done.stdout
    assert "p1: 1 succeeded, 2 failed; " in done.stdout


def test_one_message_on_a_phone(fleet, tmp_path):
    person = fleet.person("sylvain")
    fleet.start()
    gate = tmp_path / "gate"
    person.send(f"@all while [ ! -e {gate} ]; do sleep 0.02; done; echo done")
    person.wait_for(r"^p1: 3 agents: db1, web1, web2$")
    wait_for(lambda: person.ask("!agents", "db1").text.count("1 in hand") == 3, what="three runs")
    gate.touch()
    summary = person.wait_for(r"p1: 3 succeeded; ").text
    assert summary.startswith("db1, web1, web2 (3): succeeded\n```\ndone\n```\n"), summary
    assert not person.heard.all(r"^#\d+ \w+: succeeded")


def test_somebody_is_away(fleet):
    ctl = fleet.ctl("sylvain")
    fleet.start()
    fleet.agents["web2"].stop()
    fleet.wait_status("web2", "offline")
    done = ctl.send("@web* --now echo here")
    assert done.returncode == 5
    assert done.stdout.startswith("web2: refused (offline): it is offline since "), done.stdout
    assert "1 succeeded, 1 refused (offline); " in done.stdout
    ctl.send("!agentOFF web1")
    paused = ctl.send("@web1,db1 echo here")
    assert paused.returncode == 3
    assert "web1: refused (paused)" in paused.stdout and "#2 db1: succeeded" in paused.stdout


def test_batches_stop_at_a_failure(fleet, tmp_path):
    ctl = fleet.ctl("sylvain")
    fleet.start()
    done = ctl.send(f"@all --batch 1 echo x >> {tmp_path}/marks; test $(wc -l < {tmp_path}/marks) -lt 2")
    assert done.returncode == 1
    assert (tmp_path / "marks").read_text() == "x\nx\n"
    assert "#2 web1: failed (exit 1" in done.stdout
    assert "p1: stopped: 1 succeeded, 1 failed, 1 not run; " in done.stdout


def test_limits_and_pauses(fleet):
    ctl = fleet.ctl("sylvain")
    fleet.start()
    assert "p1: 2 agents: db1, web1" in ctl.send("@all --limit 2 true").stderr
    assert ctl.send("!agentOFF role=web").stdout == "web1: paused\nweb2: paused\n"
    assert "web1: not now (paused)" in ctl.send("!why all | uptime").stdout
    assert "web2: resumed" in ctl.send("!agentON web[12]").stdout
