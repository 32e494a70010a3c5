"""The real agent2 with an agent1 that a test plays (scene.py): skills and its file."""

import json

import pytest

from scene import NAME, Scene
from wait import wait_for

PACK = {
    "format": 1,
    "pack": "try",
    "skills": [
        {
            "name": "try.say", "description": "Say a word", "risk": "read", "idempotent": True,
            "params": [{"name": "word", "type": "name", "required": True},
                       {"name": "times", "type": "int", "minimum": 1, "maximum": 3},
                       {"name": "loud", "type": "bool", "flag": "--loud"}],
            "argv": ["printf", "%s|", "{word}", ["-n{times}"], ["{loud}"]],
            "environment": {"LC_ALL": "C"},
        },
        {"name": "try.env", "description": "Show the environment", "risk": "read", "argv": ["env"],
         "environment": {"OF_THE_SKILL": "yes", "LANG": "C.UTF-8"}},
        {"name": "try.slow", "description": "Too slow", "risk": "read", "argv": ["sleep", "60"],
         "timeout": "1s"},
    ],
}


@pytest.fixture
def skilled(house):
    folder = house.folder / "skills"
    folder.mkdir()
    (folder / "try.json").write_text(json.dumps(PACK))
    return Scene(house, skills_dir=str(folder), shell=False)


@pytest.mark.parametrize("call, output", [
    ("try.say hello", "hello|"),
    ("try.say(hello, times=2)", "hello|-n2|"),
    ("try.say word=hello loud=yes", "hello|--loud|"),
    ("try.say(hello, 3, true)", "hello|-n3|--loud|"),
    ('try.say("hello", loud=no)', "hello|"),
])
def test_a_skill_gets_its_arguments(skilled, call, output):
    skilled.start()
    result = skilled.run(call)
    assert (result["state"], result["output"]) == ("succeeded", output)


def test_a_skill_with_args_of_json(skilled):
    skilled.start()
    result = skilled.run(None, skill="try.say", args={"word": "hello", "times": 2, "loud": True})
    assert result["output"] == "hello|-n2|--loud|"


@pytest.mark.parametrize("call, reason", [
    ("try.say", "word is missing; expected try.say(word, times?, loud?)"),
    ("try.say -x", "not beginning with '-' or '@'"),
    ("try.say a/b", 'word: "a/b": expected a name'),
    ("try.say(a, times=4)", 'times: "4": expected a whole number from 1 to 3'),
    ("try.say(a, 1, yes, more)", "too many arguments"),
    ("try.say(a, speed=1)", 'no parameter "speed"'),
    ("try.say('a", "a quotation is not closed"),
    ("uptime", "skills: try.say(word, times?, loud?), try.env, try.slow"),
    ("rm -rf / # please", "free text is not allowed here; skills: try.say"),
])
def test_what_is_no_good_call_is_refused(skilled, call, reason):
    skilled.start()
    refusal = skilled.rejected(skilled.task(call), "skill")
    assert reason in refusal["reason"]


def test_an_unknown_skill_by_name_is_refused(skilled):
    skilled.start()
    refusal = skilled.rejected(skilled.task(None, skill="try.nothing", args={}), "skill")
    assert "try.say(word, times?, loud?)" in refusal["reason"]


def test_the_registration_describes_the_skills(skilled):
    skilled.start()
    skills = {skill["name"]: skill for skill in skilled.registration["skills"]}
    assert sorted(skills) == ["try.env", "try.say", "try.slow"]
    assert skills["try.say"]["risk"] == "read" and skills["try.say"]["idempotent"] is True
    assert [p["name"] for p in skills["try.say"]["params"]] == ["word", "times", "loud"]


def test_the_environment_is_an_allow_list(skilled):
    skilled.agent.environment["SECRET"] = "do not tell"
    skilled.start()
    output = skilled.run("try.env")["output"]
    assert "OF_THE_SKILL=yes" in output and "LANG=C.UTF-8" in output and "PATH=" in output
    assert "SECRET" not in output and "NOTIFY_SOCKET" not in output


def test_a_skill_has_its_own_time_limit(skilled):
    skilled.start()
    result = skilled.run("try.slow", timeout_s=60)
    assert (result["state"], result["duration_ms"] < 30000) == ("timed_out", True)


# ---- configuration -----------------------------------------------------------------------------------

@pytest.mark.parametrize("change, message_part", [
    ({"name": "agent1"}, "name"),
    ({"name": "Web1"}, 'name: "Web1"'),
    ({"orchestrator_key": "x25519:short"}, "orchestrator_key"),
    ({"orchestrator_key": []}, "orchestrator_key: expected 1 to 8 keys"),
    ({"max_parallel": 0}, "max_parallel"),
    ({"queue": 101}, "queue"),
    ({"mqtt": {"url": "http://x"}}, "mqtt.url"),
    ({"mqtt": {"url": "mqtt://x", "password": "a", "password_file": "b"}}, "mqtt.password"),
    ({"work_hours": {"start": "25:00", "end": "08:00"}}, "work_hours.start"),
    ({"work_hours": {"start": "07:00", "end": "08:00", "timezone": "Mars"}}, "work_hours.timezone"),
    ({"skills_dir": "/nonexistent"}, "skills_dir"),
    ({"run_as": "nobody-of-that-name"}, "run_as"),
    ({"state_dir": None}, "state_dir"),
    ({"tasks": {"max_output": "1"}}, "tasks.max_output"),
    ({"launcher": "rocket"}, "launcher"),
])
def test_check_names_what_is_wrong(scene, change, message_part):
    scene.agent.config.update(change)
    scene.agent.config.setdefault("mqtt", {"url": "mqtt://127.0.0.1:1"})
    scene.agent.config = {k: v for k, v in scene.agent.config.items() if v is not None}
    scene.agent.write()
    checked = scene.agent.run("--check")
    assert checked.returncode == 78
    assert message_part in checked.stderr and "agent2.json" in checked.stderr
    assert scene.agent.run().returncode == 78  # so is a start


def test_check_names_what_is_wrong_in_a_pack(skilled):
    pack = json.loads(json.dumps(PACK))
    pack["skills"][0]["argv"][2] = "{speed}"
    (skilled.house.folder / "skills" / "try.json").write_text(json.dumps(pack))
    skilled.agent.write()
    checked = skilled.agent.run("--check")
    assert checked.returncode == 78
    assert "try.json: skills[0].argv[2]: {speed}: there is no such parameter" in checked.stderr


def test_check_warns_of_unknown_keys(scene):
    scene.agent.config["shel"] = True
    scene.agent.config["_comment"] = "fine"
    scene.agent.write()
    checked = scene.agent.run("--check")
    assert checked.returncode == 0
    assert "shel" in checked.stderr and "_comment" not in checked.stderr


def test_the_shipped_packs_are_good(scene):
    from servers import TOP
    scene.agent.config["skills_dir"] = str(TOP / "config/skills")
    scene.agent.write()
    checked = scene.agent.run("--check")
    assert (checked.returncode, checked.stderr) == (0, "")


def test_usage_and_version(scene):
    import subprocess
    program = str(scene.agent.executable)
    run = lambda *options: subprocess.run([program, *options], capture_output=True, text=True,
                                          env=scene.agent.environment, check=False)
    assert run("--version").stdout.startswith("agent2 ")
    assert "--config" in run("--help").stdout
    assert run().returncode == 2 and run("--nonsense").returncode == 2 and run("x").returncode == 2


def test_a_reload_brings_new_skills(skilled):
    skilled.start()
    pack = json.loads(json.dumps(PACK))
    pack["skills"][0]["name"] = "try.new"
    path = skilled.house.folder / "skills" / "try.json"
    path.write_text(json.dumps(pack))
    skilled.agent.process.signal(1)
    register = skilled.agent1.wait_registered(NAME)
    assert "try.new" in [skill["name"] for skill in register["skills"]]
    assert register["policy_hash"] != skilled.registration["policy_hash"]
    assert skilled.run("try.new hello")["output"] == "hello|"
    path.write_text("{")  # a bad one changes nothing
    skilled.agent.process.signal(1)
    log = skilled.house.logs / f"{NAME}.log"
    wait_for(lambda: "the running configuration stays" in log.read_text(), what="the log line")
    assert skilled.run("try.new again")["output"] == "again|"
