"""Clients that others wrote, run as a person runs them: profanity on a terminal, the tools of Mosquitto."""

import os
import sqlite3
import subprocess

from process import start
from screen import Screen
from servers import base_environment
from wait import DEFAULT_S, PATIENCE, Transcript, wait_for

# Wide enough that no line of ours is folded behind the long names of a test's accounts.
COLUMNS = 200
ROWS = 60


class Profanity:
    """profanity on a terminal of its own, with its own folders, signed in as `jid`.

    tls is its policy for the account: "disable" where the server offers none, "force" to be asked
    about a certificate that this machine does not know, "trust" to take it.
    """

    def __init__(self, folder, server, jid, password, tls="disable"):
        self.jid = jid
        self._data = folder / "data" / "profanity"
        config = folder / "config" / "profanity"
        for made in (config, self._data):
            made.mkdir(parents=True)
        (config / "profrc").write_text("[ui]\nsplash=false\nenc.warn=false\nroster=false\n")
        (self._data / "accounts").write_text(
            f"[{jid}]\nenabled=true\njid={jid}\npassword={password}\nserver=127.0.0.1\n"
            f"port={server.port}\nresource=profanity\ntls.policy={tls}\npresence.last=online\n"
            "presence.login=online\n")
        environment = {"XDG_CONFIG_HOME": config.parent, "XDG_DATA_HOME": self._data.parent}
        self.screen = Screen(folder, ["profanity", "-a", jid], environment)
        self.screen.resize(COLUMNS, ROWS)

    def wait_signed_in(self):
        self.screen.wait_for(f"{self.jid}/profanity logged in successfully")

    def enter(self, line):
        self.screen.enter(line)

    def wait_for(self, wanted, seconds=DEFAULT_S):
        return self.screen.wait_for(wanted, seconds)

    def log(self):
        """Its own log of chats, oldest first: (from, text, id, id of what it replaces or "")."""
        name = self.jid.replace("@", "_at_")
        database = sqlite3.connect(f"file:{self._data}/database/{name}/chatlog.db?mode=ro", uri=True)
        rows = database.execute("SELECT from_jid, message, stanza_id, replace_id FROM ChatLogs "
                                "ORDER BY id").fetchall()
        database.close()
        return [(row[0], row[1], row[2], row[3] or "") for row in rows]

    def quit(self):
        """Leaves as a person does; returns the exit code."""
        self.enter("/quit")
        return self.screen.end()

    def close(self):
        self.screen.close()


class MosquittoTools:
    """mosquitto_pub, mosquitto_sub and mosquitto_rr as one user of the broker."""

    def __init__(self, broker, user, folder):
        self._login = ["-h", "127.0.0.1", "-p", broker.port, "-u", user, "-P", broker.add_user(user),
                       "-q", 1]
        self._environment = base_environment(folder)
        self._listeners = []
        self._folder = folder
        self.heard = Transcript(f"Mosquitto's tools as {user}")

    def _argv(self, tool, *words):
        return [str(word) for word in (tool, *self._login, *words)]

    def run(self, tool, *words, stdin=None, seconds=DEFAULT_S):
        """Runs it to its end: a CompletedProcess; its output are bytes."""
        done = subprocess.run(self._argv(tool, *words), input=stdin, capture_output=True,
                              env=self._environment, timeout=seconds * PATIENCE, check=False)
        self.heard.add(f"{tool} {words}: {done.returncode} {(done.stdout + done.stderr)[:500]}")
        return done

    def publish(self, topic, text, *words):
        """mosquitto_pub; returns what it said about it."""
        done = self.run("mosquitto_pub", "-t", topic, "-s", *words,
                        stdin=text if isinstance(text, bytes) else text.encode())
        return (done.stdout + done.stderr).decode()

    def ask(self, text, *words):
        """mosquitto_rr: asks in plain text and waits for one answer; (exit code, text)."""
        done = self.run("mosquitto_rr", "-t", "agents/agent1/inbox", "-e", "agents/cli/outbox", "-m",
                        text, "-W", 10, *words)
        return done.returncode, (done.stdout + done.stderr).decode()

    def listen(self, topic):
        """mosquitto_sub in the background, once its subscription is made: see Listener."""
        listener = Listener(self._argv("mosquitto_sub", "-d", "-v", "-t", topic), self._environment,
                            self._folder / f"heard{len(self._listeners)}")
        self._listeners.append(listener)
        return listener

    def close(self):
        for listener in self._listeners:
            listener.close()


class Listener:
    """A mosquitto_sub; text() is what it printed so far, its own words between."""

    def __init__(self, argv, environment, file):
        self._file = file
        with open(file, "wb") as output:
            # Line by line only for a terminal.
            self._child = start(["stdbuf", "-oL", *argv], stdin=subprocess.DEVNULL, stdout=output,
                                stderr=output, env=environment)
        self.wait_for("Subscribed (mid: ")

    def text(self):
        return self._file.read_text(encoding="utf-8", errors="replace")

    def wait_for(self, wanted, seconds=DEFAULT_S):
        """Waits until the text was printed; returns all that was."""
        wait_for(lambda: wanted in self.text(), seconds, lambda: f"{wanted!r} in:\n{self.text()}")
        return self.text()

    def close(self):
        if self._child.poll() is None:
            os.kill(self._child.pid, 15)
        self._child.wait()
