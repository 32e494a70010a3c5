/*
 * What the tests of the XMPP edge stand on: a private Prosody, people's clients on it, and an ear
 * for the edge's events. All on loopback, in a temporary folder, at free ports. To be included
 * once.
 */
#ifndef TESTS_UNIT_AGENT1_XMPP_HOUSE_H
#define TESTS_UNIT_AGENT1_XMPP_HOUSE_H

#include "agent1/port/event.h"
#include "common/sys/clock.h"
#include "common/sys/file.h"
#include "common/sys/mailbox.h"

#include <arpa/inet.h>
#include <glib.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define HOUSE_DOMAIN   "localhost"
#define HOUSE_PASSWORD "pw-of-agent1"

/* No step of a test takes longer on a loaded machine. */
#define HOUSE_STEP_MS 20000
#define HOUSE_POLL_MS 20

static void house_turn(int64_t deadline_ms, const char *what)
{
    if (clock_boot_ms() > deadline_ms)
        fail_msg("waited too long for %s", what);
    if (!g_main_context_iteration(NULL, FALSE))
        g_usleep(500);
}

/* ---- processes ---- */

static void house_run(const char *folder, const char *command)
{
    g_auto(GStrv) argv = NULL;
    g_autofree char *output = NULL;
    g_autofree char *errors = NULL;
    int status;

    assert_true(g_shell_parse_argv(command, NULL, &argv, NULL));
    assert_true(g_spawn_sync(folder, argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &output, &errors,
                             &status, NULL));
    if (status != 0)
        fail_msg("%s: %s%s", command, output, errors);
}

/* In the child: it does not outlive a test that crashes. */
static void house_die_with_parent(gpointer data)
{
    (void)data;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
}

static void house_reap(GPid *pid, int signal)
{
    if (*pid <= 0)
        return;

    kill(*pid, signal);
    assert_int_equal(waitpid(*pid, NULL, 0), *pid);
    *pid = 0;
}

/* ---- the server ---- */

typedef struct House {
    char *folder;
    unsigned port;
    unsigned direct_tls_port;
    GPid server;
} House;

typedef enum {
    HOUSE_PLAIN = 0,
    HOUSE_WITHOUT_MANAGEMENT = 1 << 0, /* of streams */
    HOUSE_STOCK_NETWORK = 1 << 1,      /* Nagle's algorithm stays on, as users' servers have it */
} HouseOptions;

static const char house_config[] =
    "run_as_root = true\n"
    "pidfile = '%1$s/prosody.pid'\n"
    "data_path = '%1$s/data'\n"
    "admin_socket = '%1$s/admin'\n"
    "log = { info = '%1$s/log' }\n"
    "interfaces = { '127.0.0.1' }\n"
    "c2s_ports = { %2$u }\n"
    "c2s_direct_tls_ports = { %3$u }\n"
    "s2s_ports = {}\n"
    "modules_disabled = { 's2s' }\n"
    "modules_enabled = { 'roster', 'saslauth', 'tls', 'disco', 'ping', 'posix', 'presence',\n"
    "  'message', 'offline', 'iq', 'c2s', %4$s }\n"
    "%5$s\n"
    "ssl = { certificate = '%1$s/server.pem', key = '%1$s/server.key' }\n"
    "c2s_require_encryption = false\n"
    "allow_unencrypted_plain_auth = true\n"
    "authentication = 'internal_plain'\n"
    "VirtualHost '" HOUSE_DOMAIN "'\n";

static const char *const house_certificates[] = {
    "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout ca.key"
    " -out ca.pem -days 2 -subj /CN=test",
    "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout other.key"
    " -out other.pem -days 2 -subj /CN=other",
    "openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout server.key"
    " -out server.csr -subj /CN=" HOUSE_DOMAIN,
    "openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2"
    " -extfile names -out server.pem",
};

/* The caller owns it. */
static char *house_path(const House *house, const char *name)
{
    return g_build_filename(house->folder, name, NULL);
}

static void house_write(const House *house, const char *name, const char *content)
{
    g_autofree char *path = house_path(house, name);
    g_autofree char *folder = g_path_get_dirname(path);

    assert_true(file_make_folder(folder, 0700, NULL));
    assert_true(g_file_set_contents(path, content, -1, NULL));
}

/* A listening socket, which the caller closes. */
static int house_listen(unsigned *out_port)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
    socklen_t length = sizeof(address);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_int_equal(bind(fd, (struct sockaddr *)&address, length), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &length), 0);
    assert_int_equal(listen(fd, 5), 0);
    *out_port = ntohs(address.sin_port);

    return fd;
}

static unsigned house_free_port(void)
{
    unsigned port;

    close(house_listen(&port));

    return port;
}

static bool house_is_listening(unsigned port)
{
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_port = htons((uint16_t)port),
                                   .sin_addr = { htonl(INADDR_LOOPBACK) } };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool is_listening = connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0;

    close(fd);
    return is_listening;
}

static void house_start(House *house)
{
    g_autofree char *config = house_path(house, "prosody.cfg.lua");
    char *argv[] = { "prosody", "-F", "--config", config, NULL };
    int64_t deadline_ms = clock_boot_ms() + HOUSE_STEP_MS;

    assert_true(g_spawn_async(house->folder, argv, NULL,
                              G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD |
                                  G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL,
                              house_die_with_parent, NULL, &house->server, NULL));
    while (!house_is_listening(house->port))
        house_turn(deadline_ms, "the server to start");
}

static void house_kill(House *house)
{
    house_reap(&house->server, SIGKILL);
}

static House *house_new(HouseOptions options)
{
    House *house = g_new0(House, 1);
    g_autofree char *config = NULL;

    house->folder = g_dir_make_tmp("test-xmpp-XXXXXX", NULL);
    assert_non_null(house->folder);
    house->port = house_free_port();
    house->direct_tls_port = house_free_port();
    config = g_strdup_printf(
        house_config, house->folder, house->port, house->direct_tls_port,
        options & HOUSE_WITHOUT_MANAGEMENT ? "'time'" : "'smacks'",
        options & HOUSE_STOCK_NETWORK ? "" : "network_settings = { nagle = false }");
    house_write(house, "prosody.cfg.lua", config);
    house_write(house, "names", "subjectAltName=DNS:" HOUSE_DOMAIN "\n");
    for (unsigned i = 0; i < G_N_ELEMENTS(house_certificates); i++)
        house_run(house->folder, house_certificates[i]);
    house_write(house, "data/" HOUSE_DOMAIN "/accounts/agent1.dat",
                "return { ['password'] = '" HOUSE_PASSWORD "' }\n");
    house_write(house, "data/" HOUSE_DOMAIN "/accounts/alice.dat",
                "return { ['password'] = 'pw-of-alice' }\n");
    house_start(house);

    return house;
}

static void house_free(House *house)
{
    if (!house)
        return;

    house_kill(house);
    assert_true(file_remove_tree(house->folder, NULL));
    g_free(house->folder);
    g_free(house);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(House, house_free)

/* ---- a person ---- */

typedef struct Peer {
    GPid pid;
    int in;
    GIOChannel *out;
} Peer;

/* Words of the next line that begins with this; lines before it are dropped. The caller owns it. */
static char **peer_wait(Peer *peer, const char *start)
{
    int64_t deadline_ms = clock_boot_ms() + HOUSE_STEP_MS;

    for (;;) {
        g_autofree char *line = NULL;
        GIOStatus status = g_io_channel_read_line(peer->out, &line, NULL, NULL, NULL);

        if (status == G_IO_STATUS_EOF || status == G_IO_STATUS_ERROR)
            fail_msg("the peer ended while waiting for \"%s\"", start);
        if (status == G_IO_STATUS_NORMAL && g_str_has_prefix(line, start))
            return g_strsplit(g_strchomp(line), " ", -1);
        if (status == G_IO_STATUS_AGAIN)
            house_turn(deadline_ms, start);
    }
}

static Peer *peer_new(const House *house, const char *name)
{
    g_autofree char *script = g_build_filename(TEST_DATA, "xmpp_peer.py", NULL);
    g_autofree char *jid = g_strdup_printf("%s@" HOUSE_DOMAIN "/phone", name);
    g_autofree char *password = g_strdup_printf("pw-of-%s", name);
    g_autofree char *port = g_strdup_printf("%u", house->port);
    char *argv[] = { "/usr/bin/python3", script, jid, password, port, NULL };
    Peer *peer = g_new0(Peer, 1);
    int out;

    assert_true(g_spawn_async_with_pipes(house->folder, argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD,
                                         house_die_with_parent, NULL, &peer->pid, &peer->in, &out,
                                         NULL, NULL));
    peer->out = g_io_channel_unix_new(out);
    g_io_channel_set_close_on_unref(peer->out, TRUE);
    g_io_channel_set_flags(peer->out, G_IO_FLAG_NONBLOCK, NULL);

    return peer;
}

static void peer_free(Peer *peer)
{
    if (!peer)
        return;

    house_reap(&peer->pid, SIGKILL);
    close(peer->in);
    g_io_channel_unref(peer->out);
    g_free(peer);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Peer, peer_free)

static void peer_write(Peer *peer, const char *line)
{
    size_t length = strlen(line);

    for (size_t done = 0; done < length;) {
        ssize_t written = write(peer->in, line + done, length - done);

        assert_true(written > 0);
        done += (size_t)written;
    }
}

static void peer_chat(Peer *peer, const char *id, const char *to, const char *text)
{
    g_autofree char *coded = g_base64_encode((const guchar *)text, strlen(text));
    g_autofree char *line = g_strdup_printf("chat %s %s %s\n", id, to, coded);

    peer_write(peer, line);
}

static inline void peer_raw(Peer *peer, const char *xml)
{
    g_autofree char *coded = g_base64_encode((const guchar *)xml, strlen(xml));
    g_autofree char *line = g_strdup_printf("raw %s\n", coded);

    peer_write(peer, line);
}

/* The text that a word of a line stands for; the caller owns it. */
static char *peer_text(const char *word)
{
    gsize length;
    guchar *bytes = g_base64_decode(word, &length);
    char *text = g_strndup((const char *)bytes, length);

    g_free(bytes);
    return text;
}

/* ---- the edge's events ---- */

typedef struct Ear {
    Mailbox *mailbox;
} Ear;

/* With room for so many events. */
static Ear *ear_new_of(unsigned room)
{
    Ear *ear = g_new0(Ear, 1);

    ear->mailbox = mailbox_new(room, (GDestroyNotify)event_free);

    return ear;
}

static Ear *ear_new(void)
{
    return ear_new_of(1000);
}

static void ear_free(Ear *ear)
{
    if (!ear)
        return;

    mailbox_free(ear->mailbox);
    g_free(ear);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Ear, ear_free)

/* The next event. The caller owns it. */
static Event *ear_wait_any(Ear *ear)
{
    int64_t deadline_ms = clock_boot_ms() + HOUSE_STEP_MS;
    Event *event;

    while (!(event = mailbox_take(ear->mailbox))) {
        struct pollfd fd = { .fd = mailbox_fd(ear->mailbox), .events = POLLIN };

        if (poll(&fd, 1, HOUSE_POLL_MS) == 0)
            house_turn(deadline_ms, "an event");
    }

    return event;
}

/* The next event, which must be of this kind. The caller owns it. */
static Event *ear_wait(Ear *ear, EventKind kind)
{
    Event *event = ear_wait_any(ear);

    if (event->kind != kind)
        fail_msg("event %d came instead of %d", event->kind, kind);

    return event;
}

/* None comes in this time. */
static void ear_expect_nothing(Ear *ear, int64_t ms)
{
    int64_t until_ms = clock_boot_ms() + ms;

    while (clock_boot_ms() < until_ms) {
        g_autoptr(Event) event = mailbox_take(ear->mailbox);

        if (event)
            fail_msg("event %d came", event->kind);
        house_turn(INT64_MAX, "nothing");
    }
}

static void ear_expect(Ear *ear, EventKind kind)
{
    event_free(ear_wait(ear, kind));
}

static void ear_expect_said(Ear *ear, const char *id)
{
    g_autoptr(Event) event = ear_wait(ear, EVENT_SAID);

    assert_string_equal(event->said_id, id);
}

#endif
