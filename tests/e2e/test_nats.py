"""The same over three clustered NATS nodes, which speak MQTT 3.1.1 only: tests/chaos/nats_cluster.py.
`make chaos BROKER=nats` kills them while tasks stream."""

import pathlib
import sys

import pytest

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "chaos"))

from nats_cluster import NatsCluster  # noqa: E402 (found by the line above)
from wait import wait_for  # noqa: E402

USERS = ("agent1", "agentctl", "observer", "web1")
NODE_S = 120  # for each stream and each subscription the cluster chooses a leader anew


@pytest.fixture
def cluster(house, tmp_path):
    return house.use_cluster(NatsCluster(tmp_path / "cluster", USERS).start())


@pytest.mark.timeout(600)  # half a minute on an idle machine
def test_tasks_go_on_when_one_node_after_the_other_is_killed(house, cluster):
    web1 = house.agent("web1")
    ctl = house.ctl("ana")
    house.start()
    assert web1.process.log_text().count("the broker refuses MQTT 5; next try in 0.0 s") == 1
    marks = house.folder / "marks"
    number = 0

    def order():
        nonlocal number
        number += 1
        done = ctl.send(f"@web1 echo {number} >> {marks}", "--timeout", f"{NODE_S}s", seconds=2 * NODE_S)
        assert f"#{number} web1: succeeded" in done.stdout, done.stdout + done.stderr

    order()
    for node in cluster.nodes[:2]:
        wait_for(cluster.is_well, NODE_S, "all nodes are well")
        node.process.kill()
        node.process.start()
        order()
    assert marks.read_text().split() == [str(each + 1) for each in range(number)]


@pytest.mark.usefixtures("cluster")
def test_a_status_is_kept_by_the_cluster(house):
    house.agent("web1")
    house.start()
    late = house.mqtt("observer", ["agents/status/+"], client_id="late")
    assert late.wait_for('"state":"online"').is_retained
    house.agents["web1"].stop()
    late.wait_for('"state":"offline"')
