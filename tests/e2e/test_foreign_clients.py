"""Sessions with clients that others wrote, typed as a new user would: profanity on XMPP, a script over
slixmpp, and mosquitto_pub, mosquitto_sub, mosquitto_rr on the broker."""

import json
import re
import subprocess
import time

import pytest

from foreign import MosquittoTools, Profanity
from servers import Prosody, base_environment
from wait import wait_for
from wire import Peer, Refused, message, timestamp

INBOX = "agents/agent1/inbox"
OUTBOX = "agents/cli/outbox"
SESSION = "0123456789abcdef"


# ---- profanity ------------------------------------------------------------------------------------------

@pytest.fixture
def terminal(house):
    """profanity of ana, an admin, and one agent; signed in."""
    house.agent("web1")
    jid, password = house.account("ana")
    house.start()
    made = Profanity(house.folder / "profanity", house.xmpp_server, jid, password)
    made.peer = house.agent1.config["xmpp"]["jid"]
    made.wait_signed_in()
    yield made
    made.close()


def lines_of(screen, number):
    """The lines about a run, each with the sign before its sender: "+" for a corrected message."""
    return re.findall(rf"^\S+ ([-+]) agent1\S*: (#{number} .*?) *$", screen, re.MULTILINE)


def test_profanity_a_task_is_one_message_and_its_result(terminal):
    terminal.enter(f"/msg {terminal.peer} DELEGATE: web1 | echo one; sleep 2; echo two")
    terminal.wait_for("#1 web1: succeeded (exit 0, 2")
    # What was "queued" first was corrected in place. (profanity 0.13 shows the first correction alone:
    # it looks for the next under the id of the last, where XEP-0308 wants that of the first.)
    live, result = lines_of(terminal.wait_for(r"#1 web1: "), 1)
    assert live[0] == "+" and not live[1].startswith("#1 web1: queued")
    assert result[0] == "-" and result[1].startswith("#1 web1: succeeded (exit 0, 2")
    assert re.search(r"^ +one *\n +two *$", terminal.screen.text(), re.MULTILINE)

    # Its own log has all of them: each correction names the first message.
    def is_over():
        return any("; see below" in text for _, text, _, _ in terminal.log())
    wait_for(is_over, what=lambda: f"the last correction: {terminal.log()}")
    told = [row for row in terminal.log() if row[0] == terminal.peer]
    plain = [row for row in told if not row[3]]
    assert [text.splitlines()[0].split(" (")[0] for _, text, _, _ in plain] == [
        "#1 web1: queued", "#1 web1: succeeded"]
    assert {row[3] for row in told if row[3]} == {plain[0][2]}
    assert terminal.quit() == 0


def test_profanity_help_mistakes_and_a_corrected_mistake(terminal):
    terminal.enter(f"/msg {terminal.peer} !help why")
    terminal.wait_for("!why <agent>")
    terminal.enter("!hlep")
    terminal.wait_for("!help")
    terminal.enter("@wbe1 true")
    terminal.wait_for("wbe1: refused (unknown_agent): no agent of that name; nearest:")
    terminal.enter("/correct @web1 exit 3")
    terminal.wait_for("#1 web1: failed (exit 3")
    terminal.enter("/correct @web1 exit 4")
    terminal.wait_for("your correction was not done")
    terminal.enter("!runs")
    terminal.wait_for(lambda text: text.count("#1 web1: failed") >= 2)
    assert "#2 " not in terminal.screen.text()


def test_profanity_has_agent1_as_a_contact_and_its_commands_in_a_menu(terminal):
    terminal.enter(f"/sub request {terminal.peer}")
    terminal.wait_for(f"Subscription received from {terminal.peer}")
    terminal.wait_for(f"++ {terminal.peer} (agent1) is online")
    terminal.enter(f"/cmd list {terminal.peer}/agent1")
    terminal.wait_for(lambda text: re.search(r"! +agents *\n.*! +status *\n", text, re.DOTALL))
    terminal.enter(f"/cmd exec agents {terminal.peer}/agent1")
    assert "web1: online since" in terminal.wait_for("agents completed")


def test_profanity_in_a_room(house):
    room = f"ops-{house.folder.name}@rooms.localhost".lower()
    house.agent("web1")
    jid, password = house.account("ana")
    house.agent1.config["xmpp"]["rooms"] = [{"jid": room, "nick": "agent1"}]
    house.start()
    house.agent1.process.wait_for_log(f"in the room {room}")
    terminal = Profanity(house.folder / "profanity", house.xmpp_server, jid, password)
    try:
        terminal.wait_signed_in()
        terminal.enter(f"/join {room} nick ana")
        terminal.wait_for("You have joined the room as ana")
        terminal.enter("nothing for anybody")
        terminal.enter("agent1: @web1 echo hello")
        terminal.wait_for("#1 web1: succeeded (exit 0")
        assert "no order" not in terminal.screen.text()
    finally:
        terminal.close()


def test_profanity_asks_about_a_certificate_and_talks_over_tls(house, tmp_path, certificates):
    server = Prosody(tmp_path / "prosody", certificates).start()
    house.use_xmpp_server(server)
    jid, password = house.account("ana")
    house.start()
    terminal = Profanity(house.folder / "profanity", server, jid, password, tls="force")
    try:
        terminal.wait_for("Use '/tls allow' to accept this certificate")
        terminal.enter("/tls allow")
        terminal.wait_signed_in()
        terminal.enter(f"/msg {house.agent1.config['xmpp']['jid']} !status")
        terminal.wait_for("XMPP: connected since")
    finally:
        terminal.close()
        house.agent1.stop()
        server.stop()


def test_profanity_of_a_stranger_is_told_what_to_do(house):
    jid, password = house.account("mallory", is_known=False)
    house.start()
    terminal = Profanity(house.folder / "profanity", house.xmpp_server, jid, password)
    try:
        terminal.wait_signed_in()
        terminal.enter(f"/msg {house.agent1.config['xmpp']['jid']} !agents")
        terminal.wait_for("I do not know")
    finally:
        terminal.close()


# ---- a script over slixmpp --------------------------------------------------------------------------------

# What somebody would write to ask from a cron job: asks, prints the outcome, ends.
SCRIPT = """
import re, sys, slixmpp
jid, password, port, peer, order = sys.argv[1:]
client = slixmpp.ClientXMPP(jid, password)
client["feature_mechanisms"].unencrypted_scram = True
def start(_):
    client.send_presence()
    client.send_message(mto=peer, mbody=order, mtype="chat")
def hear(message):
    if re.match(r"#\\d+ \\S+: (queued|accepted|running)", message["body"]):
        return
    print(message["body"])
    client.disconnect()
client.add_event_handler("session_start", start)
client.add_event_handler("message", hear)
client.connect(("127.0.0.1", int(port)), disable_starttls=True)
client.process(forever=False)
"""


@pytest.mark.parametrize("order, answer", (
    ("@web1 echo hello", r"#1 web1: succeeded \(exit 0, \d+\.\d s\)\n```\nhello\n```\n"),
    ("@web1 exit 3", r"#1 web1: failed \(exit 3, \d+\.\d s\)\n"),
    ("@web2 true", r"web2: refused \(unknown_agent\): no agent of that name; nearest: web1\n"),
))
def test_a_script_over_slixmpp(house, order, answer):
    house.agent("web1")
    jid, password = house.account("cron")
    house.start()
    argv = ["/usr/bin/python3", "-c", SCRIPT, jid, password, str(house.xmpp_server.port),
            house.agent1.config["xmpp"]["jid"], order]
    done = subprocess.run(argv, env=base_environment(house.folder), capture_output=True, text=True,
                          timeout=60, check=False)
    assert re.fullmatch(answer, done.stdout), done.stdout + done.stderr


# ---- Mosquitto's tools ------------------------------------------------------------------------------------

def tools(house, user="agentctl"):
    return house.add(MosquittoTools(house.broker, user, house.folder))


def allow_unsigned(house, role):
    house.agent1.write()
    house.agent1.config["mqtt"]["unsigned_role"] = role


@pytest.mark.parametrize("version", ("5", "311"))
def test_plain_text_is_answered_where_it_is_allowed(house, version):
    house.agent("web1")
    allow_unsigned(house, "viewer")
    house.start()
    ana = tools(house)
    assert "web1: online since" in ana.ask("!agents", "-V", version)[1]
    assert "refused (role)" in ana.ask("@web1 true", "-V", version)[1]
    assert "unknown command" in ana.ask("!agnets", "-V", version)[1]


def test_plain_text_is_not_answered_by_default(house):
    house.start()
    code, said = tools(house).ask("!agents", "-W", 1)
    assert (code, said.strip()) == (27, "Timed out")  # as its manual has it


def test_every_console_reads_the_answer_to_plain_text_and_no_other(house):
    ctl = house.ctl("ana")
    house.agent("web1")
    allow_unsigned(house, "operator")
    house.start()
    ana = tools(house)
    heard = ana.listen("agents/cli/#")
    assert not ana.publish(INBOX, "@web1 echo in the open")
    assert f"{OUTBOX} #1 web1: queued\n" in heard.wait_for("```\nin the open\n```")
    assert "a secret" in ctl.send("@web1 echo a secret").stdout
    assert "a secret" not in heard.text() and "agents/cli/" in heard.text()


def test_who_reads_everything_sees_who_is_there_and_nothing_that_is_said(house):
    """An observer that the access list lets read all topics: status is clear, the rest is sealed."""
    ctl = house.ctl("ana")
    house.agent("web1")
    observer = tools(house, "observer")
    heard = observer.listen("#")
    house.start()
    assert "hush" in ctl.send("@web1 echo hush").stdout
    text = heard.wait_for("agents/cli/")
    assert re.search(r'^agents/status/web1 agent/1 clear \S+ \S+ \S+\n\{"type":"status".*"online"', text,
                     re.MULTILINE)
    for topic in ("agents/agent1/inbox", "agents/web1/inbox", r"agents/cli/[a-z0-9]+/outbox"):
        assert re.search(rf"^{topic} agent/1 sealed \S+ \S+\n[\w-]+$", text, re.MULTILINE), topic
    assert "hush" not in text


# ---- forged with mosquitto_pub --------------------------------------------------------------------------

def test_the_access_list_stops_a_console_that_writes_to_an_agent(house):
    web1 = house.agent("web1")
    house.start()
    ana = tools(house)
    assert "Not authorized" in ana.publish("agents/web1/inbox", "reboot", "-V", "5")
    assert not ana.publish("agents/web1/inbox", "reboot")  # 3.1.1 has no word for it
    assert not ana.publish("agents/web1/control", "pause")
    assert "refused" not in web1.process.log_text()


FORGED = json.dumps(message("task", "agent1", run="01KAX0000000000000000000AA", number=1, attempt=1,
                            epoch=1, journal="x", agent="web1", task="touch {marks}", idempotent=False,
                            expires=timestamp(4e9), timeout_s=9, requested_by="ana"))


def test_nothing_forged_counts_where_there_is_no_access_list(house):
    """The observer may write everywhere: as an intruder on the broker."""
    ctl = house.ctl("ana")
    web1 = house.agent("web1")
    house.start()
    mallory = tools(house, "observer")
    marks = house.folder / "marks"
    other = Peer()
    task = FORGED.replace("{marks}", str(marks)).encode()
    for topic, payload in (("agents/web1/inbox", task),
                           ("agents/web1/inbox", other.seal("agents/web1/inbox", web1.key, task)),
                           ("agents/web1/control", b'{"type":"control","action":"pause"}'),
                           ("agents/status/web1", b'{"type":"status","name":"web1","state":"offline"}'),
                           ("agents/register", b"let me in"), (INBOX, b" "), (INBOX, b"\xff\x00"),
                           (INBOX, b"a" * 300000), (INBOX, b"agent/1 sealed a b\nc")):
        assert not mallory.publish(topic, payload)
        assert not mallory.publish(topic, payload, "-r")
    assert "web1: online" in ctl.send("!agents").stdout
    done = ctl.send("@web1 echo still here")
    assert "#1 web1: succeeded" in done.stdout, done.stdout + done.stderr
    assert not marks.exists()
    assert "is refused: it is not signed" in web1.process.log_text()
    assert "is refused: it is not signed" in house.agent1.process.log_text()
    refused = re.search(r"^refused messages since start: (\d+)$", ctl.send("!status").stdout, re.MULTILINE)
    assert int(refused[1]) >= 10, refused[0]
    # What was left retained changes nothing at the next start, either.
    house.agent1.restart()
    web1.restart()
    house.wait_status("web1", "online")
    assert "#2 web1: succeeded" in ctl.send("@web1 true").stdout
    assert not marks.exists()


def captured(text, topic):
    """The frames on a topic that a mosquitto_sub printed."""
    return re.findall(rf"^{topic} (agent/1 sealed \S+ \S+\n[\w-]+)$", text, re.MULTILINE)


def test_what_was_captured_and_is_sent_again_is_done_once(house):
    ctl = house.ctl("ana")
    house.agent("web1")
    mallory = tools(house, "observer")
    heard = mallory.listen("agents/#")
    house.start()
    marks = house.folder / "marks"
    assert ctl.send(f"@web1 echo x >> {marks}").returncode == 0
    chat = captured(heard.text(), INBOX)[0]
    task = captured(heard.text(), "agents/web1/inbox")[0]
    for _ in range(3):
        assert not mallory.publish(INBOX, chat)
        assert not mallory.publish("agents/web1/inbox", task)
        assert not mallory.publish("agents/web1/control", task)
    assert "#2 web1: succeeded" in ctl.send("@web1 true").stdout
    assert marks.read_text() == "x\n"


# ---- frames made elsewhere, carried by Mosquitto's tools -------------------------------------------------

def chat_of(peer, house, text):
    outbox = f"agents/cli/{SESSION}/outbox"
    chat = message("chat", SESSION, text=text, reply_to=outbox, expires=timestamp(time.time() + 60))
    return outbox, peer.seal(INBOX, house.agent1.key, chat)


def answer_to(ana, peer, outbox, frame):
    """mosquitto_rr with a frame as its message; the reply that the key opens. (With -s, that of Debian
    12 sends nothing of what it reads.)"""
    done = ana.run("mosquitto_rr", "-t", INBOX, "-e", outbox, "-m", frame.decode(), "-N", "-W", 10)
    assert done.returncode == 0, done.stderr
    return peer.open(outbox, done.stdout).object


def test_a_signed_question_through_mosquitto_rr(house):
    ana = Peer()
    house.agent1.add_user("ana", "viewer", key=ana.key)
    house.start()
    outbox, frame = chat_of(ana, house, "!status")
    reply = answer_to(tools(house), ana, outbox, frame)
    assert reply["final"] and "MQTT: connected since" in reply["text"]


def test_a_question_signed_with_an_unknown_key(house):
    house.start()
    mallory = Peer()
    outbox, frame = chat_of(mallory, house, "!status")
    reply = answer_to(tools(house), mallory, outbox, frame)
    assert reply["text"].startswith(f"unknown key {mallory.key}; ask an admin")
    with pytest.raises(Refused):
        Peer().open(outbox, frame)
