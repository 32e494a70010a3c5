"""Long output as a file on the XMPP server (XEP-0363): a real Prosody with http_file_share, and file
servers that fail. The file is read back by HTTP and compared."""

import contextlib
import http.server
import re
import ssl
import struct
import threading
import urllib.request

import pytest

from servers import Prosody
from test_french import speaks
from test_xmpp_rooms import Room
from wait import wait_for

OOB = "{jabber:x:oob}x/{jabber:x:oob}url"
# 23,893 bytes: what an agent keeps of an output is more.
LONG = "@web1 seq 1 5000; echo 'd\u00e9j\u00e0 vu'"
CONTENT = "".join(f"{number}\n" for number in range(1, 5001)) + "d\u00e9j\u00e0 vu\n"
ANSWER = r"^#1 web1: succeeded \(exit 0, .* s\) \(the end of its output; all of it follows as a file\)\n```\n"


@contextlib.contextmanager
def sharing(house, tmp_path, certificates=None, share=""):
    """The house's XMPP server takes files."""
    server = Prosody(tmp_path / "sharing", certificates=certificates, share=share).start()
    house.use_xmpp_server(server)
    try:
        yield server
    finally:
        server.stop()


class FileServer:
    """A file server that answers every PUT with a status, or holds it until it is told."""

    def __init__(self, status=500):
        self.status = status
        self.puts = []
        self.may_answer = threading.Event()
        self.may_answer.set()
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_PUT(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.puts.append((self.path, body))
                outer.may_answer.wait(30)
                with contextlib.suppress(OSError):
                    self.send_response(outer.status)
                    self.end_headers()

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/"

    def close(self):
        self.may_answer.set()
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def file_server():
    server = FileServer()
    yield server
    server.close()


def link_of(heard):
    """The URL of a message that is a link and says so."""
    found = heard.stanza.xml.find(OOB)
    return found.text if found is not None and found.text == heard.text else None


def wait_for_link(person):
    return link_of(person.wait_for(lambda heard: link_of(heard), 30))


def start(house):
    """The service is found a moment after the start: an order before that is answered as without."""
    house.start()
    wait_for(lambda: "files to share.localhost" in house.agent1.process.log_text(), what="the service")


def read(url, context=None):
    with urllib.request.urlopen(url, timeout=10, context=context) as answer:
        return answer.read().decode(), answer.headers["Content-Type"]


def test_long_output_is_a_file_beside_its_end(house, tmp_path):
    with sharing(house, tmp_path):
        ana = house.person("ana")
        house.agent("web1")
        start(house)
        first = ana.ask(LONG, ANSWER, 30)
        assert first.text.endswith("\n5000\nd\u00e9j\u00e0 vu\n```") and "\n4986\n" not in first.text
        url = wait_for_link(ana)
        assert url.endswith("/run-1-web1.txt")
        assert read(url) == (CONTENT, "text/plain; charset=utf-8")
        ana.ask("@web1 seq 1 30", r"^#2 web1: succeeded \(exit 0, [^)]*\)\n```\n1\n")
        ana.ask("!help why", "!why")
        assert len(ana.heard.all(lambda heard: link_of(heard))) == 1


def test_over_tls_with_the_authority_of_the_xmpp_server(house, tmp_path, certificates):
    with sharing(house, tmp_path, certificates):
        ana = house.person("ana")
        house.agent("web1")
        start(house)
        ana.ask(LONG, ANSWER, 30)
        url = wait_for_link(ana)
        assert url.startswith("https://")
        assert read(url, ssl.create_default_context(cafile=certificates.ca))[0] == CONTENT


def test_a_server_on_this_machine_under_another_name(house, tmp_path, certificates):
    """As with Debian's /etc/hosts, where a machine's own name means 127.0.1.1: what the XMPP server is called
    says nothing, where the connection leads does. 127.1 is a name to all but the resolver."""
    with sharing(house, tmp_path, certificates):
        ana = house.person("ana")
        house.agent("web1")
        house.agent1.config["xmpp"]["host"] = "127.1"
        start(house)
        ana.ask(LONG, ANSWER, 30)
        assert wait_for_link(ana).startswith("https://localhost:")


def test_in_a_room_the_link_comes_to_the_room(house, tmp_path):
    with sharing(house, tmp_path):
        room = Room(house)
        house.agent("web1")
        start(house)
        room.wait_agent1()
        room.say(room.ana, "@web1 seq 1 5000; echo password=hunter22")
        room.ana.wait_for(ANSWER, 30)
        heard = room.ana.wait_for(lambda heard: link_of(heard), 30)
        assert heard.kind == "groupchat" and heard.sender == room.jid
        content = read(link_of(heard))[0]
        assert "\n5000\n" in content and "hunter22" not in content and "password=[redacted]" in content


def test_without_room_on_the_server_the_output_is_still_there(house, tmp_path):
    with sharing(house, tmp_path, share="http_file_share_daily_quota = 100"):
        ana = house.person("ana")
        house.agent("web1")
        start(house)
        ana.ask(LONG, ANSWER, 30)
        ana.wait_for(r"^#1 web1: no file of its output: the XMPP server has no more room for our files "
                     r"\(.*\); !output 1 shows all of it$", 30)
        before = len(ana.heard.items)
        ana.ask("!output 1", "d\u00e9j\u00e0 vu\n```$")
        pieces = [heard.text for heard in ana.heard.items[before:]]
        assert len(pieces) == 3 and all(piece.endswith("\n```") for piece in pieces)
        numbers = [int(line) for piece in pieces for line in piece.splitlines() if line.isdigit()]
        assert numbers == list(range(1, 5001))


def test_a_file_server_that_fails(house, tmp_path, file_server):
    with sharing(house, tmp_path, share=f'http_file_share_base_url = "{file_server.url}"'):
        ana = house.person("ana")
        house.agent("web1")
        start(house)
        ana.ask(LONG, ANSWER, 30)
        ana.wait_for(r"^#1 web1: no file of its output: the file server refused it \(HTTP 500\); "
                     r"!output 1 shows all of it$", 30)
        assert [body.decode() for _, body in file_server.puts] == [CONTENT]


def test_a_crash_between_upload_and_link(house, tmp_path, file_server):
    file_server.status = 201
    with sharing(house, tmp_path, share=f'http_file_share_base_url = "{file_server.url}"'):
        ana = house.person("ana")
        house.agent("web1")
        start(house)
        file_server.may_answer.clear()
        ana.ask(LONG, ANSWER, 30)
        wait_for(lambda: file_server.puts, what="a file under way")
        house.agent1.kill()
        file_server.may_answer.set()
        house.agent1.start()
        wait_for_link(ana)
        ana.ask("!help why", "!why")
        assert len(ana.heard.all(lambda heard: link_of(heard))) == 1
        assert len(file_server.puts) == 2 and file_server.puts[1][1].decode() == CONTENT
        assert len(ana.heard.all("^#1 web1: succeeded")) >= 1


def test_a_server_that_takes_no_files(house):
    ana = house.person("ana")
    house.agent("web1")
    house.start()
    answer = ana.ask(LONG, "^#1 web1: succeeded", 30)
    assert "(the end of its output; !output 1 shows more)\n" in answer.text
    ana.ask("!help why", "!why")
    assert not ana.heard.all(lambda heard: link_of(heard))


def test_a_chart_of_the_day_is_a_picture(house, tmp_path):
    with sharing(house, tmp_path):
        ana = house.person("ana")
        house.agent("web1")
        start(house)
        ana.ask("@web1 true", r"^#1 web1: succeeded", 30)
        ana.send("DAILY_REPORT:")
        text = ana.wait_for(r"what ended since midnight").text
        assert "\nAudit: " in text and text.endswith("█=1\n```") and "\n```\nsucceeded " in text
        url = wait_for_link(ana)
        assert re.search(r"/runs-20\d\d-\d\d-\d\d\.png$", url)
        with urllib.request.urlopen(url, timeout=10) as answer:
            picture, kind = answer.read(), answer.headers["Content-Type"]
        assert kind == "image/png" and picture[:8] == b"\x89PNG\r\n\x1a\n"
        assert struct.unpack(">II", picture[16:24]) == (800, 400)
        ana.ask("DAILY_REPORT: web2", "no agent of that name")
        assert len(ana.heard.all(lambda heard: link_of(heard))) == 1


def test_the_month_ahead_is_a_picture(house, tmp_path):
    with sharing(house, tmp_path):
        ana = house.person("ana")
        speaks(house, "ana", "fr")
        house.agent("web1")
        house.agent1.blackouts = [{"start": "02:00", "end": "05:00"}]
        house.agent1.tasks = {"tasks": [{"id": "apt", "agent": "web1", "task": "true", "cron": "daily 03:00"}]}
        start(house)
        ana.send("!calendar web1")
        text = ana.wait_for(r"^web1, le mois qui vient, fuseau ").text
        assert "░░░1" in text
        url = wait_for_link(ana)
        assert re.search(r"/calendar-web1-20\d\d-\d\d-\d\d\.png$", url)
        with urllib.request.urlopen(url, timeout=10) as answer:
            picture, kind = answer.read(), answer.headers["Content-Type"]
        assert kind == "image/png" and picture[:8] == b"\x89PNG\r\n\x1a\n"
        assert struct.unpack(">II", picture[16:24]) == (800, 1420) and len(picture) < 65536
