# Sourced by `run`: makes the files of a private installation in $run. What holds keys, accounts and
# people's own changes is made once; what depends on the ports follows them.
# shellcheck shell=bash
# shellcheck disable=SC2154 # top, build, run, log, mqtt_port, xmpp_port, share_port are run's

# Makes a file from standard input unless it is there: people may edit what they find.
make_once() {
    mkdir -p "$(dirname "$1")"
    if [ -e "$1" ]; then cat >/dev/null; else cat >"$1.new" && mv "$1.new" "$1"; fi
}

password() { # NAME: its password, made once
    [ -s "$run/passwords/$1" ] || openssl rand -hex 12 | make_once "$run/passwords/$1"
    cat "$run/passwords/$1"
}

# A certificate authority of our own and the XMPP server's certificate.
make_certificates() {
    local dir=$run/tls new=$run/tls.new
    [ ! -d "$dir" ] || return 0
    rm -rf "$new"
    mkdir -p "$new"
    (
        cd "$new"
        curve=(-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes)
        openssl req -x509 "${curve[@]}" -keyout ca.key -out ca.pem -days 3650 -subj "/CN=make run of agent1"
        openssl req "${curve[@]}" -keyout server.key -out server.csr -subj /CN=localhost
        echo "subjectAltName=DNS:localhost,DNS:rooms.localhost,IP:127.0.0.1" >names
        openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 3650 \
            -extfile names -out server.pem
    ) >"$log/openssl.log" 2>&1 || fail_part openssl "could not make the certificates"
    mv "$new" "$dir"
}

configure_broker() {
    local dir=$run/broker user
    mkdir -p "$dir"
    if [ ! -e "$dir/passwords" ]; then
        for user in agent1 local agentctl; do echo "$user:$(password "$user")"; done >"$dir/passwords.new"
        mosquitto_passwd -U "$dir/passwords.new"
        mv "$dir/passwords.new" "$dir/passwords"
    fi
    cp "$top/config/mosquitto.acl.example" "$dir/acl"
    cat >"$dir/mosquitto.conf" <<END
listener $mqtt_port 127.0.0.1
allow_anonymous false
password_file $dir/passwords
acl_file $dir/acl
set_tcp_nodelay true
max_inflight_messages 0
log_type error
log_type warning
log_type notice
END
    [ "$(id -u)" -ne 0 ] || echo "user root" >>"$dir/mosquitto.conf"
}

configure_xmpp() {
    local dir=$run/prosody user as_root=false
    mkdir -p "$dir"
    [ "$(id -u)" -ne 0 ] || as_root=true
    cat >"$dir/prosody.cfg.lua" <<END
run_as_root = $as_root
pidfile = "$dir/prosody.pid"
data_path = "$dir"
certificates = "$run/tls"
log = { info = "*console" }
interfaces = { "127.0.0.1" }
c2s_ports = { $xmpp_port }
c2s_direct_tls_ports = {}
s2s_ports = {}
http_ports = { $share_port }
http_interfaces = { "127.0.0.1" }
https_ports = {}
network_settings = { nagle = false }
modules_enabled = { "roster", "saslauth", "tls", "disco", "ping", "smacks", "posix", "pep", "carbons", "offline", "version", "blocklist", "vcard4" }
modules_disabled = { "s2s" }
authentication = "internal_hashed"
password_hash = "SHA-256"
c2s_require_encryption = true
ssl = { certificate = "$run/tls/server.pem", key = "$run/tls/server.key" }
VirtualHost "localhost"
Component "rooms.localhost" "muc"
Component "share.localhost" "http_file_share"
http_host = "localhost"
http_external_url = "http://localhost:$share_port/"
END
    for user in agent1 you; do
        [ ! -e "$dir/localhost/accounts/$user.dat" ] || continue
        printf '%s\n%s\n' "$(password "xmpp-$user")" "$(password "xmpp-$user")" |
            prosodyctl --config "$dir/prosody.cfg.lua" adduser "$user@localhost" >>"$log/prosody.log" 2>&1 ||
            fail_part prosody "did not make the account $user@localhost"
    done
}

show_key() { # PROGRAM --config PATH: its public key, made at first use
    "$build/$1" "${@:2}" --show-key 2>>"$log/$1.log" || fail_part "$1" "did not show its key"
}

mqtt_members() { # USER: what agent1, agent2 and agentctl have in common
    echo "\"url\": \"mqtt://127.0.0.1:$mqtt_port\", \"username\": \"$1\", \"password_file\": \"$run/passwords/$1\""
}

agent1_config() { # KEYS of the user: members of a JSON array
    cat <<END
{ "name": "agent1", "language": "en", "state_dir": "$run/agent1/state",
  "xmpp": { "enabled": true, "jid": "agent1@localhost", "password_file": "$run/passwords/xmpp-agent1",
            "host": "127.0.0.1", "port": $xmpp_port, "tls": "required", "ca_file": "$run/tls/ca.pem" },
  "mqtt": { $(mqtt_members agent1) },
  "users": [ { "name": "owner", "jids": ["you@localhost"], "keys": [$1], "role": "admin" } ] }
END
}

# Everybody needs somebody else's key: agent1's first, without its user's.
introduce_programs() {
    local dir=$run/agent1/config agent1_key agent2_key agentctl_key
    mkdir -p "$dir" "$run/agent1/state" "$run/local/state" "$run/agentctl"
    agent1_config "" >"$dir/config.json"
    agent1_key=$(show_key agent1 --config "$dir")
    make_once "$run/local/agent2.json" <<END
{ "name": "local", "mqtt": { $(mqtt_members local) },
  "orchestrator_key": "$agent1_key", "state_dir": "$run/local/state",
  "skills_dir": "$top/config/skills", "shell": true, "max_parallel": 4, "queue": 100 }
END
    make_once "$run/agentctl/agentctl.json" <<END
{ "mqtt": { $(mqtt_members agentctl) },
  "orchestrator_key": "$agent1_key", "key_file": "$run/agentctl/key" }
END
    agent2_key=$(show_key agent2 --config "$run/local/agent2.json")
    agentctl_key=$(show_key agentctl --config "$run/agentctl/agentctl.json")
    make_once "$dir/agents_registry.json" <<END
{ "agents": { "local": { "description": "this machine, for trying things out", "accepted": true,
    "public_key": "$agent2_key" } } }
END
    make_once "$dir/blackout_hours.json" <<<'[]'
    make_once "$dir/reports_schedule.json" \
        <<<'{ "agents": {}, "daily_report_time": "22:30", "daily_report_enabled": false }'
    make_once "$dir/tasks_schedule.json" <<<'{ "tasks": [] }'
    agent1_config "\"$agentctl_key\"" >"$dir/config.json"
    echo "$run" >"$run/introduced"
}

# The folder may have moved since, and the ports may be others.
configure_programs() {
    [ -e "$run/introduced" ] || introduce_programs
    sed -i -E "s#mqtt://127\.0\.0\.1:[0-9]+#mqtt://127.0.0.1:$mqtt_port#
               s#(\"port\": )[0-9]+#\1$xmpp_port#
               s#\"$(cat "$run/introduced")/#\"$run/#" \
        "$run/agent1/config/config.json" "$run/local/agent2.json" "$run/agentctl/agentctl.json"
    echo "$run" >"$run/introduced"
}

configure_everything() {
    make_certificates
    : >"$log/prosody.log"
    configure_broker
    configure_xmpp
    configure_programs
}
