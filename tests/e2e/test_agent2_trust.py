"""The real agent2 with an agent1 that a test plays (scene.py): whose word counts."""

import json
import time

import pytest

from scene import NAME, Scene, frames, nothing_happened, publish
from wire import Peer, timestamp


def test_a_forged_task_is_refused(scene):
    scene.start()
    obj, topic, key = frames(scene)
    publish(scene, topic, Peer().seal(topic, key, obj))
    nothing_happened(scene)


def test_a_changed_task_is_refused(scene):
    scene.start()
    obj, topic, key = frames(scene)
    payload = bytearray(scene.agent1.peer.seal(topic, key, obj))
    payload[-20] = ord("A") if payload[-20] != ord("A") else ord("B")
    publish(scene, topic, bytes(payload))
    nothing_happened(scene)


def test_a_moved_task_is_refused(scene):
    scene.start()
    obj, topic, key = frames(scene)
    publish(scene, topic, scene.agent1.peer.seal("agents/other/inbox", key, obj))
    nothing_happened(scene)


def test_a_retained_task_is_refused(scene):
    scene.start()
    obj, topic, key = frames(scene)
    scene.agent.stop()
    publish(scene, topic, scene.agent1.peer.seal(topic, key, obj), retain=True)
    scene.start()
    nothing_happened(scene)


@pytest.mark.parametrize("what, changes", [
    ("of another sender", {"from": "agent7"}),
    ("for another agent", {"agent": "web2"}),
    ("with an attempt of zero", {"attempt": 0}),
    ("with a run that is none", {"run": "../../etc"}),
    ("without expiry", {"expires": None}),
])
def test_a_task_that_is_not_right_is_refused(scene, what, changes):
    scene.start()
    obj, topic, key = frames(scene, **changes)
    scene.agent1.send(topic, key, obj)
    nothing_happened(scene)


@pytest.mark.parametrize("payload", [
    b"uptime", b"", b"agent/1 sealed", b"agent/1 sealed x y\nz", b"\xff\xfe" * 100, b"x" * 300000,
])
def test_what_is_no_frame_is_refused(scene, payload):
    scene.start()
    publish(scene, f"agents/{NAME}/inbox", payload)
    publish(scene, f"agents/{NAME}/control", payload)
    nothing_happened(scene)


def test_a_clear_task_is_refused(scene):
    scene.start()
    obj, topic, key = frames(scene)
    scene.agent1.send(topic, key, obj, is_clear=True)
    nothing_happened(scene)


def test_a_task_on_the_control_topic_is_refused(scene):
    scene.start()
    obj, _, key = frames(scene)
    scene.agent1.send(f"agents/{NAME}/control", key, obj)
    nothing_happened(scene)


@pytest.mark.parametrize("body", [
    b"{", b'{"type":"task"}', b'{"type":"task","type":"task"}', b"[" * 5000, b'{"type":"dance"}',
])
def test_a_frame_with_a_bad_body_is_refused(scene, body):
    scene.start()
    topic = f"agents/{NAME}/inbox"
    publish(scene, topic, scene.agent1.peer.seal(topic, scene.registration.sender, body))
    nothing_happened(scene)


def test_a_replayed_frame_starts_nothing(scene):
    scene.start()
    obj, topic, key = frames(scene)
    payload = scene.agent1.peer.seal(topic, key, obj)
    publish(scene, topic, payload)
    assert scene.agent1.result(obj)["state"] == "succeeded"
    for _ in range(5):
        publish(scene, topic, payload)
    assert scene.agent1.result(obj)["state"] == "succeeded"
    assert scene.count() == 1


def test_a_second_orchestrator_key_is_obeyed(house):
    scene = Scene(house)
    old = Peer().key
    scene.agent.config["orchestrator_key"] = [old, scene.agent1.key]
    scene.start()
    assert scene.run(scene.mark())["state"] == "succeeded"
    # From then on everything is made for the key that spoke: status, will, results.
    assert scene.ever("status", state="online")["name"] == NAME
    scene.agent.restart()
    scene.agent1.wait_registered(NAME)
    scene.agent.kill()
    scene.ever("status", state="offline", seq=2**53 - 1)


# ---- a message that kills ----------------------------------------------------------------------------

def test_the_third_crash_on_a_message_sets_it_aside(scene):
    import hashlib
    import re
    import struct
    scene.start()
    obj, topic, key = frames(scene)
    body = json.dumps(obj)
    stable = re.sub('("ts"): "[^"]*', r"\1", body).encode()  # a repeat is of a later time
    suspect = hashlib.sha256(struct.pack("=Q", len(stable)) + stable).digest()
    suspect += struct.pack("=II", 3, 3)
    scene.agent.stop()
    page = struct.pack("=QIIQ3072s", 0x32646e61686e6961, 0, 3, 0, b"") + suspect
    file = scene.agent.state / "in-hand"
    file.write_bytes(page.ljust(file.stat().st_size, b"\0"))
    scene.agent.start()
    scene.agent1.wait_registered(NAME)
    later = body.replace(obj["ts"], timestamp(time.time() + 1)).encode()
    publish(scene, topic, scene.agent1.peer.seal(topic, key, later))
    assert "set aside" in scene.agent1.wait_for("error")["text"]
    nothing_happened(scene)
