"""Private servers on loopback: Mosquitto and Prosody, as Debian ships them."""

import os
import pathlib
import shutil
import subprocess

from process import Process, free_port
from wait import wait_for

TOP = pathlib.Path(__file__).resolve().parents[2]
SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def base_environment(home):
    """What children see of our environment: nothing but this."""
    return {"PATH": SYSTEM_PATH, "HOME": str(home), "LC_ALL": "C.UTF-8"}


def run_tool(argv, folder):
    done = subprocess.run([str(word) for word in argv], cwd=folder, env=base_environment(folder),
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, f"{argv} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
    return done.stdout


class Certificates:
    """A certificate authority of our own and one certificate, for localhost and 127.0.0.1."""

    def __init__(self, folder):
        folder.mkdir(parents=True, exist_ok=True)
        self.ca = folder / "ca.pem"
        self.certificate = folder / "server.pem"
        self.key = folder / "server.key"
        curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        run_tool(["openssl", "req", "-x509", *curve, "-keyout", "ca.key", "-out", "ca.pem",
                  "-days", "30", "-subj", "/CN=test authority"], folder)
        run_tool(["openssl", "req", *curve, "-keyout", "server.key", "-out", "server.csr",
                  "-subj", "/CN=localhost"], folder)
        (folder / "names").write_text("subjectAltName=DNS:localhost,DNS:rooms.localhost,IP:127.0.0.1\n")
        run_tool(["openssl", "x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key",
                  "-CAcreateserial", "-days", "30", "-extfile", "names", "-out", "server.pem"], folder)


# The end of the line that a broker logs once it has started.
RUNNING = " running\n"


class Mosquitto:
    """A broker with user names and passwords (add_user) and an ACL file.

    acl: the text of the ACL; None: the shipped config/mosquitto.acl.example. is_stock leaves out
    what is tuned for tests, as users' brokers are. Killed, it forgets; is_persistent keeps a
    database. certificates: TLS instead of TCP.
    """

    version = 5  # of MQTT

    def __init__(self, folder, acl=None, is_stock=False, is_persistent=False, certificates=None):
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.port = free_port()
        self.certificates = certificates
        self.acl_file = folder / "acl"
        self.acl_file.write_text(acl if acl is not None
                                 else (TOP / "config/mosquitto.acl.example").read_text())
        self.acl_file.chmod(0o600)
        self.password_file = folder / "passwords"
        self.password_file.touch(0o600)
        self.passwords = {}
        self._write_config(is_stock, is_persistent)
        self.process = Process("mosquitto", ["mosquitto", "-c", folder / "mosquitto.conf"],
                               folder / "mosquitto.log", base_environment(folder))

    def _write_config(self, is_stock, is_persistent):
        lines = [f"listener {self.port} 127.0.0.1", "allow_anonymous false",
                 f"password_file {self.password_file}", f"acl_file {self.acl_file}",
                 f"persistence {'true' if is_persistent else 'false'}",
                 f"persistence_location {self.folder}/", "log_dest stderr", "log_type all"]
        if os.getuid() == 0:
            lines.append("user root")
        if not is_stock:
            lines += ["set_tcp_nodelay true", "max_inflight_messages 0"]
        if self.certificates:
            lines += [f"certfile {self.certificates.certificate}", f"keyfile {self.certificates.key}"]
        (self.folder / "mosquitto.conf").write_text("\n".join(lines) + "\n")

    @property
    def ports(self):
        """Where a client that can go elsewhere may go."""
        return [self.port]

    @property
    def url(self):
        return f"{'mqtts' if self.certificates else 'mqtt'}://127.0.0.1:{self.port}"

    def add_user(self, name):
        """Makes a user (once) and returns its password."""
        if name not in self.passwords:
            self.passwords[name] = f"pw-of-{name}"
            run_tool(["mosquitto_passwd", "-b", self.password_file, name, self.passwords[name]],
                     self.folder)
            if self.process.is_running:
                self.process.signal(1)
        return self.passwords[name]

    def start(self):
        """Its port answers before it knows what to do with signals: a SIGHUP would end it, and it
        would forget a SIGTERM. It is past that when it tells of the connection that asked."""
        starts = self.process.log_text().count(RUNNING)
        self.process.start()
        self.process.wait_for_port(self.port)

        def has_gone_on():
            *before, since = self.process.log_text().split(RUNNING)
            return len(before) > starts and since
        wait_for(has_gone_on, what="a broker that runs")
        return self

    def stop(self):
        self.process.stop()

    def kill(self, with_database=False):
        """kill -9; with_database also deletes what it had stored."""
        self.process.kill()
        if with_database:
            (self.folder / "mosquitto.db").unlink(missing_ok=True)


class Prosody:
    """An XMPP server for the domain localhost, with rooms at rooms.localhost.

    Without certificates it takes unencrypted connections; with them TLS is required (port:
    STARTTLS, direct_tls_port: TLS from the first byte). is_stock leaves Nagle's algorithm on.
    share: settings of http_file_share; it then takes files at share.localhost, over https when there
    are certificates. None: it takes none.
    """

    domain = "localhost"

    def __init__(self, folder, certificates=None, is_stock=False, extra="", share=None):
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.certificates = certificates
        self.port = free_port()
        self.direct_tls_port = free_port() if certificates else None
        self.config = folder / "prosody.cfg.lua"
        self.passwords = {}
        self.share_port = free_port() if share is not None else None
        self._write_config(is_stock, extra, share)
        self.process = Process("prosody", ["prosody", "-F", "--config", self.config],
                               folder / "prosody.log", base_environment(folder))

    def _share_component(self, share):
        if share is None:
            return ""
        scheme = "https" if self.certificates else "http"
        return f"""
Component "share.{self.domain}" "http_file_share"
http_host = "localhost"
http_external_url = "{scheme}://localhost:{self.share_port}/"
{share}
"""

    def _write_config(self, is_stock, extra, share):
        http_port = self.share_port if share is not None and not self.certificates else ""
        https_port = self.share_port if share is not None and self.certificates else ""
        if self.certificates:
            security = f"""
modules_disabled = {{ "s2s" }}
c2s_require_encryption = true
c2s_direct_tls_ports = {{ {self.direct_tls_port} }}
ssl = {{ certificate = "{self.certificates.certificate}", key = "{self.certificates.key}" }}
"""
        else:
            security = """
modules_disabled = { "s2s", "tls" }
c2s_require_encryption = false
allow_unencrypted_plain_auth = true
c2s_direct_tls_ports = {}
"""
        self.config.write_text(f"""
run_as_root = {'true' if os.getuid() == 0 else 'false'}
pidfile = "{self.folder}/prosody.pid"
data_path = "{self.folder}"
certificates = "{self.folder}"
admin_socket = "{self.folder}/prosody.sock"
log = {{ {{ levels = {{ min = "debug" }}, to = "console" }} }}
interfaces = {{ "127.0.0.1" }}
c2s_ports = {{ {self.port} }}
s2s_ports = {{}}
http_ports = {{ {http_port} }}
https_ports = {{ {https_port} }}
http_interfaces = {{ "127.0.0.1" }}
https_interfaces = {{ "127.0.0.1" }}
{'' if is_stock else 'network_settings = { nagle = false }'}
authentication = "internal_hashed"
password_hash = "SHA-256"
modules_enabled = {{ "roster", "saslauth", "tls", "disco", "ping", "smacks", "posix", "pep", "offline", "version", "vcard" }}
{security}
{extra}
VirtualHost "{self.domain}"
Component "rooms.{self.domain}" "muc"
{self._share_component(share)}
""")

    def add_account(self, user):
        """Makes an account (once); returns its bare JID and password."""
        if user not in self.passwords:
            self.passwords[user] = f"pw-of-{user}"
            run_tool(["prosodyctl", "--config", self.config, "register", user, self.domain,
                      self.passwords[user]], self.folder)
        return f"{user}@{self.domain}", self.passwords[user]

    def start(self):
        self.process.start()
        self.process.wait_for_port(self.port)
        return self

    def stop(self):
        self.process.stop()

    def kill(self):
        self.process.kill()


def is_there(program):
    return shutil.which(program, path=SYSTEM_PATH) is not None
