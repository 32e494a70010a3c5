"""The example files are good as they are: for the programs, for Mosquitto and for Prosody."""

import json
import shutil
import subprocess

import pytest

from mqtt import RawMqtt
from process import Process, free_port
from programs import BUILD, program_environment
from servers import TOP, base_environment, run_tool

EXAMPLES = TOP / "config"
AGENT1_FILES = ("config.json", "agents_registry.json", "blackout_hours.json", "policy.json",
                "reports_schedule.json", "tasks_schedule.json")


def copy_example(name, folder):
    """Copies an example under its real name, with what only the reader can know filled in."""
    text = (EXAMPLES / f"{name}.example").read_text()
    for placeholder, value in (("/var/lib/agent1", f"{folder}/state"),
                               ("/var/lib/agent2/agent2_debian13", f"{folder}/state"),
                               ("@PREFIX@/share/agent2/skills", str(EXAMPLES / "skills"))):
        text = text.replace(placeholder, value)
    (folder / name).write_text(text)
    return folder / name


def check(program, config, folder):
    """program --check with the passwords where systemd would put them."""
    credentials = folder / "credentials"
    credentials.mkdir()
    for name in ("agent1.mqtt-password", "agent1.xmpp-password", "mqtt-password",
                 "agent2.agent2_debian13.mqtt-password"):
        (credentials / name).touch(0o600)
        (credentials / name).write_text("secret\n")
    environment = {**program_environment(folder), "CREDENTIALS_DIRECTORY": str(credentials)}
    done = subprocess.run([BUILD / program, "--config", config, "--check"], env=environment,
                          capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert "warning" not in done.stderr
    return done


def test_agent1_takes_its_files(tmp_path):
    for name in AGENT1_FILES:
        copy_example(name, tmp_path)
    check("agent1", tmp_path, tmp_path)


def test_agent1_refuses_what_is_wrong_in_them(tmp_path):
    for name in AGENT1_FILES:
        copy_example(name, tmp_path)
    config = tmp_path / "config.json"
    config.write_text(config.read_text().replace('"10m"', '"ten minutes"'))
    with pytest.raises(AssertionError, match="tasks.timeout"):
        check("agent1", tmp_path, tmp_path)


def test_agent2_takes_its_file(tmp_path):
    check("agent2", copy_example("agent2.json", tmp_path), tmp_path)


def test_agentctl_takes_its_file(tmp_path):
    check("agentctl", copy_example("agentctl.json", tmp_path), tmp_path)


def test_every_file_of_the_product_has_an_example():
    for name in (*AGENT1_FILES, "agent2.json", "agentctl.json"):
        json.loads((EXAMPLES / f"{name}.example").read_text())


def test_mosquitto_takes_its_files(tmp_path):
    """The lines of the example, its comments about passwords followed, on another port."""
    port = free_port()
    text = (EXAMPLES / "mosquitto.conf.example").read_text()
    text = text.replace("/etc/mosquitto/agents.", f"{tmp_path}/agents.").replace("1883 ", f"{port} ")
    (tmp_path / "mosquitto.conf").write_text("user root\n" + text)
    shutil.copy(EXAMPLES / "mosquitto.acl.example", tmp_path / "agents.acl")
    (tmp_path / "agents.acl").chmod(0o600)
    run_tool(["mosquitto_passwd", "-b", "-c", "agents.passwd", "agent1", "secret"], tmp_path)
    broker = Process("mosquitto", ["mosquitto", "-c", "mosquitto.conf"], tmp_path / "log",
                     base_environment(tmp_path), folder=tmp_path)
    broker.start()
    broker.wait_for_port(port)
    broker.port, broker.certificates, broker.version = port, None, 5
    client = RawMqtt(broker, "agent1", ["agents/#"], password="secret")
    client.publish("agents/web1/inbox", "hello")
    client.wait_for("hello")
    client.close()
    broker.stop()
    assert "Error" not in broker.log_text()


def test_prosody_reads_its_example(tmp_path):
    text = (EXAMPLES / "prosody.cfg.example").read_text()
    config = tmp_path / "prosody.cfg.lua"
    config.write_text(f'run_as_root = true\ndata_path = "{tmp_path}"\ncertificates = "{tmp_path}"\n'
                      f'log = {{ info = "{tmp_path}/log" }}\n' + text)
    said = run_tool(["prosodyctl", "--config", config, "register", "agent1", "example.org", "secret"],
                    tmp_path)
    assert (tmp_path / "example%2eorg/accounts/agent1.dat").exists(), said
