"""What people write wrongly in agent1's folder: --check and a start say where, what, and what was
expected, and exit 78; a bad reload keeps the running configuration."""

import json

import pytest

from parties import start_with
from wait import wait_for

EX_CONFIG = 78

GOOD = {
    "xmpp": {"enabled": False},
    "mqtt": {"url": "mqtt://127.0.0.1:1"},
    "users": [{"name": "ana", "role": "admin"}],
}


def changed(**members):
    return {**GOOD, **members}


def with_mqtt(**members):
    return changed(mqtt={**GOOD["mqtt"], **members})


def with_user(**members):
    return changed(users=[{"name": "ana", "role": "admin", **members}])


KEY = "x25519:WGmv9FBUlzLLqu1eXfmzCm2jHLDldCutWtShp2jxpns"

BAD_CONFIGS = {
    "a missing comma": ('{\n  "mqtt": {}\n  "users": []\n}', ["line 3", "','"]),
    "nothing": ("", ["config.json", "line 1"]),
    "a trailing word": (json.dumps(GOOD) + " x", ["config.json", "line 1"]),
    "two members of one name": ('{"mqtt": {}, "mqtt": {}}', ["mqtt", "twice"]),
    "not an object": ("[]", ["config.json", "object"]),
    "a number for a text": (with_mqtt(url=5), ["mqtt.url", "5", "text"]),
    "no broker": (changed(mqtt={}), ["mqtt.url", "missing"]),
    "a URL of another kind": (with_mqtt(url="http://x"), ["mqtt.url", "http://x", "mqtt://host"]),
    "a text for a boolean": (with_mqtt(seal="yes"), ["mqtt.seal", "yes", "true or false"]),
    "an unknown role": (with_user(role="root"), ["users[0].role", "root", "viewer, operator, admin"]),
    "a user without a name": (changed(users=[{"role": "admin"}]), ["users[0].name", "missing"]),
    "a JID with a resource": (with_user(jids=["a@b/c"]), ["users[0].jids", "a@b/c", "bare JID"]),
    "a key that is none": (with_user(keys=["x25519:AAAA"]), ["users[0].keys", "x25519:AAAA"]),
    "one JID for two people": (
        changed(users=[{"name": "a", "role": "admin", "jids": ["x@y"]},
                       {"name": "b", "role": "viewer", "jids": ["X@y"]}]),
        ["users[1]", "x@y", '"a"']),
    "a zone that is none": (changed(timezone="Mars/Base"), ["timezone", "Mars/Base", "Europe/Paris"]),
    "a path for a zone": (changed(timezone="/usr/share/zoneinfo/Europe/Paris"), ["timezone", "expected"]),
    "a file that is no zone": (changed(timezone="tzdata.zi"), ["timezone", "tzdata.zi", "Europe/Paris"]),
    "a duration without a unit": (changed(tasks={"timeout": "10"}), ["tasks.timeout", "10"]),
    "a duration out of bounds": (changed(tasks={"expires": "400d"}), ["tasks.expires", "400d"]),
    "XMPP without a JID": (changed(xmpp={"enabled": True}), ["xmpp.jid", "missing"]),
    "XMPP without a password": (changed(xmpp={"jid": "a@b"}), ["xmpp.password_file", "missing"]),
    "a port of no range": (changed(xmpp={"enabled": False, "port": 70000}), ["xmpp.port", "70000"]),
    "a password in clear over the net": (
        changed(xmpp={"jid": "agent1@example.org", "password": "x", "tls": "none"}),
        ["xmpp.tls", '"none"', "example.org", "readable on the way"]),
    "nobody to talk to": (changed(users=[]), ["users", "empty", "at least one user"]),
    "an unknown TLS word": (changed(xmpp={"enabled": False, "tls": "maybe"}), ["xmpp.tls", "maybe"]),
    "a password file that is not there": (with_mqtt(password_file="/nonexistent/x"),
                                          ["mqtt.password", "/nonexistent/x"]),
    "two passwords": (with_mqtt(password="a", password_env="B"), ["mqtt.password"]),
    "a certificate that is not there": (with_mqtt(ca_file="/nonexistent/ca"),
                                        ["mqtt.ca_file", "/nonexistent/ca", "cannot be read"]),
    "a certificate without a key": (with_mqtt(cert_file="/etc/hostname"), ["cert_file", "key_file"]),
}

BAD_FILES = {
    "a time that is none": ("blackout_hours.json", [{"start": "25:00", "end": "05:00"}],
                            ["[0].start", "25:00", "23:59"]),
    "an empty window": ("blackout_hours.json", [{"start": "03:00", "end": "03:00"}], ["[0]", "03:00"]),
    "no day": ("blackout_hours.json", [{"start": "03:00", "end": "04:00", "days": []}], ["[0].days"]),
    "a day that is none": ("blackout_hours.json", [{"start": "03:00", "end": "04:00", "days": ["xyz"]}],
                           ["[0].days", "xyz"]),
    "no array": ("blackout_hours.json", {}, ["array"]),
    "no agents": ("agents_registry.json", {"agent": {}}, ["agents", "missing"]),
    "a name of no agent": ("agents_registry.json", {"agents": {"Web 1": {}}}, ["agents.Web 1"]),
    "a reserved name": ("agents_registry.json", {"agents": {"status": {}}}, ["agents.status"]),
    "accepted without a key": ("agents_registry.json", {"agents": {"a": {"accepted": True}}},
                               ["agents.a.public_key", "missing"]),
    "one key for two": ("agents_registry.json",
                        {"agents": {"a": {"accepted": True, "public_key": KEY},
                                    "b": {"accepted": True, "public_key": KEY}}},
                        ["public_key", '"a"']),
    "a zone that is none": ("agents_registry.json",
                            {"agents": {"a": {"work_hours": {"start": "07:00", "end": "23:00",
                                                             "timezone": "Mars"}}}},
                            ["agents.a.work_hours.timezone", "Mars"]),
    "no JSON": ("tasks_schedule.json", None, ["tasks_schedule.json", "line 1"]),
}


def assert_check_fails(house, words, file):
    checked = house.agent1.run("--check")
    assert checked.returncode == EX_CONFIG, checked
    assert file in checked.stderr and checked.stdout == ""
    for word in words:
        assert word in checked.stderr, checked.stderr
    started = house.agent1.run()
    assert started.returncode == EX_CONFIG, started


@pytest.mark.parametrize("what", BAD_CONFIGS)
def test_a_bad_config(house, what):
    content, words = BAD_CONFIGS[what]
    house.agent1.config_folder.mkdir(parents=True)
    text = content if isinstance(content, str) else json.dumps(content)
    (house.agent1.config_folder / "config.json").write_text(text)
    assert_check_fails(house, words, "config.json")


@pytest.mark.parametrize("what", BAD_FILES)
def test_a_bad_file(house, what):
    name, content, words = BAD_FILES[what]
    house.agent1.write()
    (house.agent1.config_folder / name).write_text("{,}" if content is None else json.dumps(content))
    assert_check_fails(house, words, name)


def test_a_user_and_an_agent_with_one_key(house):
    house.agent1.config["users"] = [{"name": "ana", "role": "admin", "keys": [KEY]}]
    house.agent1.registry["agents"]["web1"] = {"accepted": True, "public_key": KEY}
    house.agent1.write()
    assert_check_fails(house, ["agents.web1.public_key", '"ana"'], "agents_registry.json")


def test_a_file_that_cannot_be_read(house):
    house.agent1.write()
    (house.agent1.config_folder / "blackout_hours.json").unlink()
    (house.agent1.config_folder / "blackout_hours.json").mkdir()
    assert_check_fails(house, [], "blackout_hours.json")


def test_no_folder(house):
    house.agent1.config_folder = house.folder / "nowhere"
    checked = house.agent1.run("--check")
    assert checked.returncode == EX_CONFIG and "nowhere/config.json" in checked.stderr


def test_unknown_keys_warn_and_comments_do_not(house):
    house.agent1.config.update({"_note": "mine", "userz": []})
    house.agent1.write()
    checked = house.agent1.run("--check")
    assert checked.returncode == 0, checked
    assert '"userz"' in checked.stderr and '"users"' in checked.stderr and "_note" not in checked.stderr


def test_a_time_in_a_file_that_may_be_two_is_what_it_was(house):
    house.agent1.write()
    tasks = [{"agent": "web1", "task": "true", "cron": "05-06 08:00"}]
    (house.agent1.config_folder / "tasks_schedule.json").write_text(json.dumps({"tasks": tasks}))
    assert house.agent1.run("--check").returncode == 0


@pytest.mark.parametrize("options, words", [
    (["--frobnicate"], "frobnicate"), (["--config"], "config"), (["word"], "word"),
])
def test_wrong_usage(house, options, words):
    house.agent1.write()
    run = house.agent1.run(*options)
    assert run.returncode == 2 and words in run.stderr and "--help" in run.stderr


def test_version_and_help(house):
    assert house.agent1.run("--version").stdout.startswith("agent1 ")
    assert "--config" in house.agent1.run("--help").stdout


def test_a_reload_takes_what_is_good_and_keeps_what_is_bad(house):
    person = house.person("ana")
    _, user = start_with(house)
    house.agent1.blackouts = [{"start": "00:00", "end": "24:00", "label": "all day"}]
    house.agent1.write()
    house.agent1.reload()
    wait_for(lambda: "all day" in user.ask("!blackout")["text"], what="the new blackout")
    assert "refused (blackout)" in user.ask("@web1 true")["text"]
    house.agent1.blackouts = [{"start": "25:00", "end": "26:00"}]
    house.agent1.write()
    house.agent1.reload()
    log = house.logs / "agent1.log"
    wait_for(lambda: "the running configuration stays" in log.read_text(), what="a refused reload")
    assert "25:00" in log.read_text()
    shown = user.ask("!blackout")["text"]
    assert "all day" in shown and "are NOT in use" in shown and "25:00" in shown
    assert person.wait_for("I keep the running configuration").text.count("25:00") == 1
    house.agent1.blackouts = []
    house.agent1.write()
    house.agent1.reload()
    person.wait_for("The configuration is good again, and in use")
    assert "NOT in use" not in user.ask("!blackout")["text"]


def test_a_saved_file_is_read_anew_without_a_signal(house):
    person = house.person("ana")
    _, user = start_with(house)
    blackouts = house.agent1.config_folder / "blackout_hours.json"
    blackouts.write_text(json.dumps([{"start": "00:00", "end": "24:00", "label": "all day"}]))
    wait_for(lambda: "all day" in user.ask("!blackout")["text"], what="the new blackout")
    blackouts.write_text("[{]")
    assert "blackout_hours.json" in person.wait_for("I keep the running configuration").text
    assert "refused (blackout)" in user.ask("@web1 true")["text"]
    # As editors save: the new file takes the old one's place.
    (house.agent1.config_folder / "new").write_text("[]")
    (house.agent1.config_folder / "new").rename(blackouts)
    person.wait_for("The configuration is good again, and in use")
    assert "all day" not in user.ask("!blackout")["text"]


@pytest.mark.parametrize("name", ["reports_schedule.json", "tasks_schedule.json"])
def test_a_schedule_that_is_saved_is_checked(house, name):
    person = house.person("ana")
    start_with(house)
    (house.agent1.config_folder / name).write_text("[{]")
    assert name in person.wait_for("I keep the running configuration").text
    (house.agent1.config_folder / name).write_text("{}")
    person.wait_for("The configuration is good again, and in use")
