"""Servers that are not there, go away, refuse, or cannot be trusted; a full disk, a damaged database."""

import errno
import os
import signal
import subprocess

import pytest

from parties import accepted_agent, known_console, register, start_with
from servers import Certificates, Mosquitto, Prosody
from wait import wait_for


def log_of(house):
    return (house.logs / "agent1.log").read_text()


def wait_log(house, words, seconds=20):
    wait_for(lambda: words in log_of(house), seconds,
             lambda: f"{words!r} in the log:\n" + log_of(house)[-2000:])


# ---- the broker -----------------------------------------------------------------------------------

def test_the_broker_comes_late(house):
    connect, console = accepted_agent(house), known_console(house)
    house.agent1.write()
    house.broker.stop()
    house.agent1.start()
    wait_log(house, "no MQTT broker: ")
    house.broker.start()
    user = console()
    connect()
    assert "MQTT: connected" in user.ask("!status", seconds=60)["text"]


@pytest.mark.parametrize("with_database", [False, True])
def test_the_broker_dies_while_a_task_runs(house, with_database):
    agent, user = start_with(house)
    chat = user.chat("@web1 long")["id"]
    task = agent.next_task()
    house.broker.kill(with_database)
    wait_log(house, "no MQTT broker: ")
    house.broker.start()
    agent.mqtt.wait_up(60)
    user.mqtt.wait_up(60)
    register(agent)
    agent.succeed(task, "survived")
    wait_for(lambda: "#1 web1: succeeded" in user.ask("!runs", 60)["text"], 60, "the outcome")
    user.chat("@web1 long", id=chat)
    assert user.wait_for("reply", in_reply_to=chat, final=True)["outcome"] == "succeeded"


# who does not hear it, topic, what he says when he gives the connection up
DEAF = [("agent1", "agents/agent1/inbox", "nothing comes to agents/agent1/inbox"),
        ("web1", "agents/web1/control", "agent1 does not answer")]


@pytest.mark.parametrize("who, topic, words", DEAF)
def test_a_connection_that_brings_nothing_is_made_anew(house, who, topic, words):
    """A broker that loses a subscription: the connection stands, and it takes what is said."""
    web1, ana = house.agent("web1"), house.person("ana")
    programs = {"agent1": house.agent1, "web1": web1}
    for program in programs.values():
        program.write()
        program.config["mqtt"]["keep_alive"] = "5s"
    house.start()
    acl = house.broker.acl_file
    before = acl.read_text()
    acl.write_text(f"{before}\nuser {who}\ntopic deny {topic}\n")
    house.broker.process.signal(signal.SIGHUP)
    web1.restart()
    log = programs[who].process.log_text
    wait_for(lambda: words in log(), 40, lambda: log()[-2000:])
    acl.write_text(before)
    house.broker.process.signal(signal.SIGHUP)
    ana.send("@web1 echo heard")
    assert "heard" in ana.wait_for(r"#1 web1: succeeded", 60).text


def test_a_wrong_password_for_the_broker(house):
    house.agent1.write()
    house.agent1.config["mqtt"].pop("password_file")
    house.agent1.config["mqtt"]["password"] = "wrong"
    house.agent1.start(is_connecting=False)
    wait_log(house, "check user name and password")


def test_a_broker_whose_name_is_unknown(house):
    house.agent1.write()
    house.agent1.config["mqtt"]["url"] = "mqtt://nowhere.invalid"
    house.agent1.start(is_connecting=False)
    wait_log(house, "no MQTT broker: ", 30)
    assert "nowhere.invalid" in log_of(house)


def test_the_broker_with_tls(house, certificates):
    house.use_broker(certificates=certificates)
    _, user = start_with(house)
    assert "MQTT: connected" in user.ask("!status")["text"]


def test_a_broker_whose_certificate_does_not_verify(house, certificates, tmp_path):
    house.use_broker(certificates=certificates)
    house.agent1.write()
    other = Certificates(tmp_path / "others")
    house.agent1.config["mqtt"]["ca_file"] = str(other.ca)
    house.agent1.start(is_connecting=False)
    # The broker may be reading its new users just then and refuse a connection or two.
    wait_log(house, "certificate")
    assert "connected to the MQTT broker" not in log_of(house)


# ---- the XMPP server ------------------------------------------------------------------------------

def test_the_xmpp_server_dies_while_a_task_runs(house, tmp_path, people):
    server = Prosody(tmp_path / "own-prosody").start()
    try:
        house.use_xmpp_server(server)
        connect = accepted_agent(house)
        ana = house.person("ana")
        house.start()
        agent = connect()
        ana.send("@web1 long")
        ana.wait_for("#1 web1: queued")
        task = agent.next_task()
        server.kill()
        wait_log(house, "XMPP")
        agent.succeed(task, "while you were away")
        agent.wait_for("ack", run=task["run"], state="done")
        server.start()
        ana.connect()
        ana.wait_for("#1 web1: succeeded", 60)
    finally:
        house.close()
        server.stop()


def test_a_wrong_password_for_xmpp(house):
    house.person("ana")
    house.agent1.write()
    (house.agent1.folder / "xmpp-password").write_text("wrong\n")
    house.agent1.start()
    wait_log(house, "bad user name or password")


def test_xmpp_with_tls_and_with_a_certificate_that_does_not_verify(house, tmp_path, certificates):
    server = Prosody(tmp_path / "own-prosody", certificates=certificates).start()
    try:
        house.use_xmpp_server(server)
        ana = house.person("ana")
        house.start()
        ana.send("!status")
        ana.wait_for("XMPP: connected")
        house.agent1.stop()
        house.agent1.config["xmpp"]["ca_file"] = str(Certificates(tmp_path / "others").ca)
        house.agent1.start()
        wait_log(house, "certificate")
    finally:
        house.close()
        server.stop()


# ---- the disk -------------------------------------------------------------------------------------

def mount_small(folder):
    folder.mkdir(parents=True, exist_ok=True)
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(folder)],
                             capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip("a small file system cannot be mounted here (needs root)")


def fill(path):
    """Writes until nothing more fits."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        while True:
            os.write(descriptor, b"x" * 4096)
    except OSError as error:
        assert error.errno == errno.ENOSPC
    finally:
        os.close(descriptor)


def test_a_full_disk_refuses_and_heals(house, tmp_path):
    small = tmp_path / "small"
    mount_small(small)
    try:
        house.agent1.config["state_dir"] = str(small / "state")
        agent, user = start_with(house)
        user.chat("@web1 before")
        task = agent.next_task()
        fill(small / "ballast")
        # The log file of the database may have room for a few more rows.
        def is_refused():
            return "the disk of agent1 is full" in user.ask("@web1 " + "x" * 20000)["text"]
        wait_for(is_refused, 30, "a refusal")
        runs = len({heard["run"] for heard in agent.heard.items if heard["type"] == "task"})
        os.unlink(small / "ballast")
        agent.succeed(task, "kept")
        wait_for(lambda: agent.succeed(task, "kept") and
                 "#1 web1: succeeded" in user.ask("!runs")["text"], 30, "the outcome after healing")
        for heard in [heard for heard in agent.heard.items if heard["type"] == "task"]:
            agent.succeed(heard)
        after = len({heard["run"] for heard in agent.heard.items if heard["type"] == "task"})
        assert after == runs, "a refused task was sent"
        user.chat("@web1 after")
        agent.next_task(task="after")
    finally:
        house.close()
        subprocess.run(["umount", "-l", str(small)], check=False)


def test_on_a_full_disk_who_would_be_answered_later_hears_it(house, tmp_path):
    """!runs asks the database first, MQTT_PUBLISH the broker: on XMPP nobody would ask again."""
    small = tmp_path / "small"
    mount_small(small)
    try:
        ana = house.person("ana", "admin")
        house.agent1.config["state_dir"] = str(small / "state")
        house.agent1.policy = {"mqtt": {"publish": ["home/+"]}}
        house.start()
        ana.ask("!status", "agents:")
        fill(small / "ballast")
        for order in ("!runs", "MQTT_PUBLISH: home/lamp | ON"):
            wait_for(lambda order=order: "the disk of agent1 is full" in ana.ask(order).text, 30, order)
        os.unlink(small / "ballast")
        wait_for(lambda: "no runs" in ana.ask("!runs").text, 30, "an answer after healing")
        # What the server took already is not said, and so not stored, again and again.
        failures = log_of(house).count("not stored")
        assert failures < 100, failures
    finally:
        house.close()
        subprocess.run(["umount", "-l", str(small)], check=False)


def test_a_damaged_database_is_set_aside_and_agent1_sleeps(house):
    agent, user = start_with(house)
    user.chat("@web1 true")
    agent.succeed(agent.next_task())
    user.wait_for("reply", final=True)
    house.agent1.stop()
    database = house.agent1.state / "agent1.db"
    content = bytearray(database.read_bytes())
    content[4096:12288] = os.urandom(8192)
    database.write_bytes(content)
    house.agent1.start()
    wait_log(house, "damaged")
    assert list(house.agent1.state.glob("agent1.db.damaged-*"))
    assert "refused (standby)" in user.ask("!runs")["text"]
    assert "awake" in user.ask("!agentsON")["text"]
    assert user.ask("!runs")["text"] .startswith("no runs yet")


def test_a_database_that_does_not_open(house):
    house.agent1.write()
    (house.agent1.state / "agent1.db").mkdir()
    run = house.agent1.run()
    assert run.returncode == 1 and "agent1.db" in run.stderr


def test_a_second_agent1_in_one_folder(house):
    house.start()
    run = house.agent1.run()
    assert run.returncode == 1 and "another agent1" in run.stderr


def test_the_audit_is_sound_after_a_crash(house):
    agent, user = start_with(house)
    user.chat("@web1 true")
    agent.succeed(agent.next_task())
    user.wait_for("reply", final=True)
    house.agent1.kill()
    verified = house.agent1.run("--audit-verify")
    assert verified.returncode == 0 and "the audit is sound" in verified.stdout, verified
    subprocess.run(["sqlite3", house.agent1.state / "agent1.db",
                    "DROP TRIGGER IF EXISTS audit_no_update; "
                    "UPDATE audit SET text = 'nothing happened' WHERE seq = 2"], check=False)
    changed = house.agent1.run("--audit-verify")
    shown = subprocess.run(["sqlite3", house.agent1.state / "agent1.db",
                            "SELECT text FROM audit WHERE seq = 2"], capture_output=True, text=True,
                           check=True).stdout
    if "nothing happened" in shown:
        assert changed.returncode == 1 and "2" in changed.stderr
    else:
        assert changed.returncode == 0
