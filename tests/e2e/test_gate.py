"""Work that waits, over real programs: for its window, and for a person's approval. Every wait outlives
a kill of agent1, and what was put off starts exactly once, with nobody typing again."""

import datetime
import json
import zoneinfo

from wait import wait_for

PARIS = zoneinfo.ZoneInfo("Europe/Paris")
ASK = {"rules": [{"skill": "shell", "decision": "ask", "second": True, "reason": "four eyes"}]}


def now():
    return datetime.datetime.now(PARIS)


def local(**ahead):
    return (now() + datetime.timedelta(**ahead)).strftime("%H:%M")


def open_window(house, blackouts=()):
    """Edits blackout_hours.json as a person does; agent1 sees it by itself."""
    house.agent1.blackouts = list(blackouts)
    house.agent1.write()


def begin(house, *users, blackouts=(), policy=None, **agent):
    """agent1, a real web1, and an agentctl for each (name, role)."""
    house.agent1.blackouts = list(blackouts)
    house.agent1.policy = policy or {}
    house.agent("web1", **agent)
    consoles = [house.ctl(name, role) for name, role in users]
    house.start()
    house.wait_status("web1", "online")
    return consoles


def marks(folder):
    path = folder / "marks"
    return len(path.read_text().splitlines()) if path.exists() else 0


def wait_state(ctl, number, state, seconds=30):
    """The line of a run, once it is in that state."""
    def line():
        text = ctl.send(f"!run {number}").stdout
        return text if f"#{number} web1: {state}" in text else None
    return wait_for(line, seconds, f"#{number} {state}")


# ---- deferral -------------------------------------------------------------------------------------

def test_what_may_not_start_is_offered_and_starts_by_itself(house, tmp_path):
    (ana,) = begin(house, ("ana", "operator"),
                   blackouts=[{"start": local(hours=-1), "end": local(hours=2), "label": "night"}])
    said = ana.send(f"@web1 echo x >> {tmp_path}/marks")
    assert said.returncode == 3 and "refused (blackout)" in said.stdout, said
    assert "run then? !yes or !no" in said.stdout
    said = ana.send("!yes")
    assert said.returncode == 4, said
    assert "#1 web1: deferred (blackout hours" in said.stdout and "; starts " in said.stdout
    assert "Blackout hours NOW" in ana.send("!status").stdout
    house.agent1.kill()
    house.agent1.start()
    assert "#1 web1: deferred" in ana.send("!pending").stdout
    assert marks(tmp_path) == 0
    open_window(house)
    wait_state(ana, 1, "succeeded")
    assert marks(tmp_path) == 1
    assert ana.send("!yes").returncode == 3


def test_a_deferred_run_is_cancelled_and_put_off(house):
    (ana,) = begin(house, ("ana", "operator"),
                   blackouts=[{"start": local(hours=-1), "end": local(hours=2)}])
    assert ana.send("@web1 --defer true").returncode == 4
    assert ana.send("@web1 --defer true").returncode == 4
    assert ana.send("!cancel 1").returncode == 0
    assert "put off until" in ana.send("!defer 2 3h").stdout + ana.send("!run 2").stdout
    assert ana.send("!defer 2 yesterday").returncode == 3
    open_window(house)
    wait_for(lambda: "Blackout hours NOW" not in ana.send("!status").stdout, what="an open window")
    wait_state(ana, 2, "deferred (put off until")
    wait_state(ana, 1, "cancelled")


def test_a_blackout_that_begins_while_a_run_waits(house, tmp_path):
    """The agent holds it behind another one, and its own check keeps it from starting."""
    (ana,) = begin(house, ("ana", "operator"), max_parallel=1)
    gate = tmp_path / "gate"
    first, second = ana.open(), ana.open()
    first.send(f"@web1 while [ ! -e {gate} ]; do :; done")
    first.wait_for("#1 web1: queued")
    wait_state(ana, 1, "running")
    second.send(f"@web1 echo x >> {tmp_path}/marks")
    second.wait_for("#2 web1: queued")
    wait_state(ana, 2, "accepted")
    # What runs is not killed; what waits does not start.
    open_window(house, [{"start": local(), "end": local(hours=2), "label": "night"}])
    wait_for(lambda: "Blackout hours NOW" in ana.send("!status").stdout, what="the blackout")
    wait_for(lambda: "agents must still acknowledge: 0" in ana.send("!status").stdout, what="the policy there")
    gate.touch()
    wait_state(ana, 1, "succeeded")
    wait_state(ana, 2, "deferred")
    assert marks(tmp_path) == 0
    open_window(house)
    wait_state(ana, 2, "succeeded")
    assert marks(tmp_path) == 1


# ---- approvals ------------------------------------------------------------------------------------

def test_a_second_user_approves_over_a_restart(house, tmp_path):
    ana, oskar = begin(house, ("ana", "admin"), ("oskar", "operator"), policy=ASK)
    said = ana.send(f"@web1 echo x >> {tmp_path}/marks")
    assert said.returncode == 4 and "rule 1 of policy.json needs an approval of a second user: four eyes" in \
        said.stdout, said
    said = ana.send("!approve 1")
    assert said.returncode == 3 and "you asked for it yourself" in said.stdout, said
    house.agent1.kill()
    house.agent1.start()
    assert f"echo x >> {tmp_path}/marks" in oskar.send("!pending").stdout
    why = oskar.send("!why 1").stdout
    assert "- approval: from oskar" in why, why
    assert marks(tmp_path) == 0
    assert oskar.send("!approve 1").returncode == 0
    wait_state(ana, 1, "succeeded")
    said = oskar.send("!approve 1")
    assert said.returncode == 3 and "approved already by oskar at" in said.stdout, said
    assert marks(tmp_path) == 1


def test_a_notice_and_a_rejection_on_the_phone(house):
    house.agent1.policy = ASK
    house.agent("web1")
    ana, oskar = house.person("ana", "admin"), house.person("oskar", "operator")
    house.start()
    house.wait_status("web1", "online")
    oskar.send("@web1 echo hello")
    oskar.wait_for(r"#1 web1: awaiting_approval \(rule 1 of policy.json")
    notice = ana.wait_for(r"#1 web1: oskar asks since").text
    assert "```\necho hello\n```" in notice and "!approve 1 or !reject 1; expires " in notice
    ana.send("!reject 1 not today")
    oskar.wait_for(r"#1 web1: denied \(by ana: not today\)")
    ana.send("!approve 1")
    ana.wait_for(r"#1 web1: denied already by ana at")


# ---- thumbs and replies (XEP-0444, XEP-0461) ---------------------------------------------------------

def react(person, about, *emojis):
    reactions = "".join(f"<reaction>{emoji}</reaction>" for emoji in emojis)
    person.send_raw(f"<message type='chat' id='react-{about}-{len(emojis)}' to='{person.peer}'>"
                    f"<reactions xmlns='urn:xmpp:reactions:0' id='{about}'>{reactions}</reactions>"
                    "<store xmlns='urn:xmpp:hints'/></message>")


def test_a_thumb_under_the_notice_decides_over_a_crash_of_agent1(house):
    house.agent1.policy = ASK
    house.agent("web1")
    ana, oskar = house.person("ana", "admin"), house.person("oskar", "operator")
    vera = house.person("vera", "viewer")
    house.start()
    house.wait_status("web1", "online")
    oskar.send("@web1 echo hello")
    own = oskar.wait_for("#1 web1: awaiting_approval")
    notice = ana.wait_for("#1 web1: oskar asks since")
    react(vera, notice.id, "\U0001F44D")
    vera.wait_for(r"!approve: refused \(role\)")
    react(ana, own.id, "\U0001F389")
    house.agent1.kill()
    house.agent1.start()
    react(ana, notice.id, "\U0001F389", "\U0001F44D")
    oskar.wait_for(r"#1 web1: approved by ana")
    oskar.wait_for(r"#1 web1: succeeded")
    react(ana, notice.id, "\U0001F44E")
    ana.wait_for("#1 web1: approved already by ana at .*; its state: succeeded")


def test_a_reply_to_the_notice_decides(house):
    house.agent1.policy = ASK
    house.agent("web1")
    ana, oskar = house.person("ana", "admin"), house.person("oskar", "operator")
    house.start()
    house.wait_status("web1", "online")
    oskar.send("@web1 echo hello")
    notice = ana.wait_for("#1 web1: oskar asks since")
    quoted = "> #1 web1: oskar asks\n"
    ana.send_raw(f"<message type='chat' id='reply-1' to='{ana.peer}'><body>&gt; #1 web1: oskar asks\nno, not today"
                 f"</body><reply xmlns='urn:xmpp:reply:0' to='{ana.peer}' id='{notice.id}'/>"
                 "<fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:reply:0'>"
                 f"<body start='0' end='{len(quoted)}'/></fallback></message>")
    oskar.wait_for(r"#1 web1: denied \(by ana: not today\)")


def test_of_two_questions_a_thumb_answers_its_own(house):
    house.agent("web1")
    ana = house.person("ana", "admin")
    house.start()
    house.wait_status("web1", "online")
    first = ana.ask("SCHEDULE: daily 03:00 | web1 | echo first", r"Shall it be so\? !yes or !no")
    second = ana.ask("SCHEDULE: daily 04:00 | web1 | echo second", r"Shall it be so\? !yes 2 or !no 2")
    ana.ask("!yes", r"which one\?.*\n1\. .*echo first\n2\. .*echo second")
    house.agent1.kill()
    house.agent1.start()
    react(ana, second.id, "\U0001F44D")
    ana.wait_for(r"echo second")
    react(ana, second.id, "\U0001F389", "\U0001F44D")
    ana.wait_for(r"^that was answered with yes at .*; nothing is done now$")
    ana.send_raw(f"<message type='chat' id='reply-1' to='{ana.peer}'><body>no</body>"
                 f"<reply xmlns='urn:xmpp:reply:0' to='{ana.peer}' id='{first.id}'/></message>")
    ana.wait_for(r'^dropped: ".*echo first"$')
    assert "echo first" not in ana.ask("!tasks", "echo second").text


# ---- the policy file ------------------------------------------------------------------------------

def test_a_wrong_policy_is_named_and_the_running_one_stays(house):
    person = house.person("ana")
    house.agent("web1")
    house.agent1.policy = {"rules": [{"agent": "web1", "decision": "deny", "reason": "frozen"}]}
    house.start()
    house.wait_status("web1", "online")
    person.send("@web1 true")
    person.wait_for(r"web1: refused \(policy\): rule 1 of policy.json forbids it: frozen")
    path = house.agent1.config_folder / "policy.json"
    path.write_text(json.dumps({"mqtt": {"publish": ["agents/#"]}}))
    assert 'policy.json: mqtt.publish[0]: "agents/#"' in person.wait_for("I keep the running configuration").text
    done = house.agent1.run("--check")
    assert done.returncode == 78 and "policy.json: mqtt.publish[0]" in done.stderr, done
    person.send("@web1 true")
    person.wait_for(r"web1: refused \(policy\): rule 1 of policy.json forbids it: frozen")
    path.write_text(json.dumps({"rules": [{"agnet": "web1", "decision": "ask", "second": False}]}))
    person.wait_for("The configuration is good again")
    assert 'unknown key "agnet" in rules[0]' in person.wait_for("To mend in it").text
    person.send("@web1 true")
    person.wait_for(r"#1 web1: awaiting_approval")
    person.send("!approve 1")
    person.wait_for(r"#1 web1: succeeded")
