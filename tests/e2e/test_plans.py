"""PLAN: over real agents: in sequence, stopped by what fails, cancelled, asleep, and through kills."""

import pytest

from parties import known_console
from wait import wait_for


@pytest.fixture
def pair(house):
    """Two agents; the house, not started."""
    house.agent("web1")
    house.agent("web2")
    return house


def mark(folder, name, gate=None):
    """A task that leaves its mark, then waits for a file if one is given."""
    waits = f"; while [ ! -e {gate} ]; do sleep 0.02; done" if gate else ""
    return f"echo {name} >> {folder}/marks{waits}"


def marks(folder):
    path = folder / "marks"
    return path.read_text().split() if path.exists() else []


# ---- what is wrong ----
@pytest.mark.parametrize("steps,answer", [
    ("", "step 1 is empty: expected PLAN: <agent>|<task> ;; <agent>|<task>"),
    ("web1|{mark} ;; web2 true", 'step 2, "web2 true": there is no bar'),
    ("web1|{mark} ;;", "step 2 is empty"),
    ("web1|{mark} ;; web2|true ;; web9|true", "web9: refused (unknown_agent): no agent of that name; "
     "nearest: web1, web2\nthat is step 3 of the plan; nothing was done"),
    ("web1|{mark} ;; web2|", "the task is empty"),
    ("web1|{mark} ;; web2 --force|true", "--force: no such option"),
    ("web1|{mark} ;; db*|true", "db*: refused (unknown_agent): no accepted agent fits; there are web1, web2"),
    (" ;; ".join(["web1|{mark}"] * 51), "a plan has at most 50 steps; nothing was done"),
])
def test_nothing_is_done_when_a_step_is_wrong(pair, tmp_path, steps, answer):
    ctl = pair.ctl("sylvain")
    pair.start()
    done = ctl.send("PLAN: " + steps.replace("{mark}", mark(tmp_path, "begun")))
    assert answer in done.stdout, done.stdout
    assert done.returncode == 3
    assert "no runs yet" in ctl.send("!runs").stdout
    assert not marks(tmp_path)


def test_a_dry_run_shows_the_list(pair, tmp_path):
    ctl = pair.ctl("sylvain")
    pair.start()
    done = ctl.send(f"PLAN: web1|{mark(tmp_path, 'a')} ;; all|true", "--dry-run")
    assert "1. web1 | echo a" in done.stdout and "2. web2 | true: allowed" in done.stdout
    assert done.stdout.endswith("3 of 3 allowed now (dry run: nothing was sent)\n")
    assert not marks(tmp_path)


# ---- what is right ----
def test_in_sequence(pair, tmp_path):
    ctl = pair.ctl("sylvain")
    pair.start()
    done = ctl.send(rf"PLAN: web1|{mark(tmp_path, 'a')} ;; all|{mark(tmp_path, 'b')} ;; "
                    r"web2|case x in x) echo one \;; esac; echo $((40 + 2)) | cat")
    assert done.returncode == 0, done.stdout
    assert marks(tmp_path) == ["a", "b", "b"]
    assert "#4 web2: succeeded (exit 0" in done.stdout and "```\none\n42\n```" in done.stdout
    assert "p1: 4 succeeded; " in done.stdout
    assert "p1: step 2 of 3: 2 agents: web1, web2" in done.stderr
    shown = ctl.send("!run p1").stdout
    assert shown.startswith("p1: done · asked for by sylvain at ") and "\n3. #4 web2: succeeded" in shown
    assert " · p1 · " in ctl.send("!runs").stdout


def test_a_failure_stops_it_and_names_the_rest(pair, tmp_path):
    person = pair.person("sylvain")
    pair.start()
    person.send(f"PLAN: web1|echo fine ;; web2|echo broken; exit 7 ;; web1|{mark(tmp_path, 'never')}")
    person.wait_for(r"^p1: step 1 of 3\n#1 web1: queued$")
    summary = person.wait_for("p1: stopped: 1 succeeded, 1 failed, 1 not run; ").text
    assert summary.startswith("#2 web2: failed (exit 7")
    assert f"web1 | {mark(tmp_path, 'never')}"[:60] in summary and ": not run\n" in summary
    assert not marks(tmp_path)


def test_cancelled(pair, tmp_path):
    person = pair.person("sylvain")
    pair.start()
    person.send(f"PLAN: web1|{mark(tmp_path, 'a', tmp_path / 'never')} ;; web2|{mark(tmp_path, 'b')}")
    wait_for(lambda: marks(tmp_path) == ["a"], what="the first step")
    person.send("!cancel p1")
    person.wait_for("p1: cancelling; 1 of its runs is at work")
    person.wait_for(r"#1 web1: cancelled(.|\n)*p1: cancelled by sylvain: 1 cancelled, 1 not run; ")
    assert "p1: cancelled by sylvain" in person.ask("!run p1", "p1").text
    assert "it is over already: cancelled" in person.ask("!cancel p1", "p1").text
    assert marks(tmp_path) == ["a"]


def test_asleep_it_waits(pair, tmp_path):
    person = pair.person("sylvain")
    pair.start()
    gate = tmp_path / "gate"
    person.send(f"PLAN: web1|{mark(tmp_path, 'a', gate)} ;; web2|{mark(tmp_path, 'b')}")
    wait_for(lambda: marks(tmp_path) == ["a"], what="the first step")
    person.ask("!agentsOFF", "asleep")
    pair.wait_status("web2", "paused")
    pair.observer.heard.skip()
    gate.touch()
    pair.observer.heard.wait_for(lambda p: p.topic == "agents/web1/control")  # its result is taken
    pair.agent1.kill()
    pair.agent1.start()
    person.send("!agentsON")
    person.wait_for(r"p1: goes on with step 2 of 2; !cancel p1 stops it")
    person.wait_for(r"p1: 2 succeeded; ", 30)
    assert marks(tmp_path) == ["a", "b"]


def test_windows_make_it_wait(pair, tmp_path):
    person = pair.person("sylvain")
    pair.start()
    gate = tmp_path / "gate"
    person.send(f"PLAN: web1|{mark(tmp_path, 'a', gate)} ;; web2|{mark(tmp_path, 'b')}")
    wait_for(lambda: marks(tmp_path) == ["a"], what="the first step")
    pair.agent1.blackouts = [{"start": "00:00", "end": "24:00"}]
    pair.agent1.write()
    pair.agent1.reload()
    wait_for(lambda: "now, without" in person.ask("!blackout", "Blackout").text, what="the blackout")
    gate.touch()
    person.wait_for(r"^p1: step 2 of 2\n#2 web2: deferred \(blackout hours")
    pair.agent1.blackouts = []
    pair.agent1.write()
    pair.agent1.reload()
    person.wait_for(r"p1: 2 succeeded; ", 90)
    assert marks(tmp_path) == ["a", "b"]


def test_kills_between_the_steps(pair, tmp_path):
    """agent1 dies at each step, while it is at work and just as it ends."""
    console = known_console(pair)
    pair.start()
    user = console()
    gates = [tmp_path / f"gate{number}" for number in range(6)]
    steps = [f"web{number % 2 + 1}|{mark(tmp_path, f's{number}', gate)}"
             for number, gate in enumerate(gates)]
    chat = user.chat("PLAN: " + " ;; ".join(steps))["id"]
    user.wait_for("reply", in_reply_to=chat)
    for number, gate in enumerate(gates):
        wait_for(lambda: len(marks(tmp_path)) == number + 1, 60, lambda: f"step {number}: {marks(tmp_path)}")
        if number % 2:
            pair.agent1.kill()
            gate.touch()
        else:
            gate.touch()
            pair.agent1.kill()
        pair.agent1.start()
    user.mqtt.wait_up(60)
    wait_for(lambda: "p1: done" in user.ask("!run p1", seconds=60)["text"], 60, what="the end of p1")
    assert marks(tmp_path) == [f"s{number}" for number in range(6)]
    runs = user.ask("!runs", seconds=60)["text"]
    assert runs.count(": succeeded") == 6 and "#7 " not in runs
    user.chat("PLAN: " + " ;; ".join(steps), id=chat)
    last = user.wait_for("reply", in_reply_to=chat, final=True)
    assert "p1: 6 succeeded; " in last["text"] and len(last["runs"]) == 6
    assert marks(tmp_path) == [f"s{number}" for number in range(6)]
