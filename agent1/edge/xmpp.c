#include "agent1/edge/xmpp.h"

#include "agent1/edge/xmpp_command.h"
#include "agent1/edge/xmpp_memory.h"
#include "agent1/edge/xmpp_session.h"
#include "agent1/edge/xmpp_socket.h"
#include "agent1/edge/xmpp_upload.h"
#include "agent1/port/room_settings.h"
#include "common/base/host.h"
#include "common/base/problem.h"
#include "common/sys/log.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <strophe.h>
#include <time.h>
#include <unistd.h>

#include "common/base/banned.h"

#define COMMANDS_MAX  4096
#define SOCKETS_MAX   64
#define SLOTS_MAX     64
#define HANDSHAKE_S   20
#define LATER_MS      500
#define STOP_MAX_S    2
#define RESOURCE      "agent1"
#define JID_MAX_BYTES 3071

struct Xmpp {
    XmppSessionSettings settings;
    pthread_t thread;
    Mailbox *commands;

    /* The watchdog: libstrophe has no time limit for the TLS handshake, so the socket is cut from
     * here. Numbers of descriptors come from the thread: a duplicate of the one it blocks on, which
     * is ours, or -1. */
    Mailbox *sockets;
    int watched_fd;
    guint watch_id;

    guint later_id; /* a command did not fit */

    Mailbox *slots; /* XmppSlot *, from the thread */
    XmppUpload *upload;
};

/* ---- settings ---- */

/* A name, a domain, perhaps a resource; more is for the server to say (RFC 7622). */
static bool is_jid(const char *jid)
{
    const char *at = strchr(jid, '@');
    const char *slash = strchr(jid, '/');

    if (strlen(jid) > JID_MAX_BYTES || !g_utf8_validate(jid, -1, NULL))
        return false;
    for (const char *c = jid; *c && c != slash; c++) {
        if ((unsigned char)*c <= ' ' || strchr("\"&'<>\x7f", *c))
            return false;
    }
    if (!at || at == jid || (slash && at > slash) || strchr(at + 1, '@'))
        return false;

    return at[1] && at + 1 != slash && (!slash || slash[1]);
}

static bool is_set(const char *text)
{
    return text && *text;
}

static bool check_settings(const XmppSettings *settings, const char *host, GError **error)
{
    if (!is_set(settings->password)) {
        g_set_error(error, PROBLEM, PROBLEM_MISSING, "xmpp.password: missing");
        return false;
    }
    if (settings->port > UINT16_MAX) {
        g_set_error(error, PROBLEM, PROBLEM_VALUE, "xmpp.port: %u is more than 65535",
                    settings->port);
        return false;
    }
    if (settings->tls == XMPP_TLS_NONE && !host_is_loopback(host)) {
        g_set_error(error, PROBLEM, PROBLEM_VALUE,
                    "xmpp.tls: \"none\" is for a server on this machine only, and %s is not: the "
                    "password would be readable on the way",
                    host);
        return false;
    }
    if (is_set(settings->ca_file) && access(settings->ca_file, R_OK) != 0) {
        g_set_error(error, PROBLEM, PROBLEM_IO, "xmpp.ca_file: %s: %s", settings->ca_file,
                    g_strerror(errno));
        return false;
    }

    return true;
}

static GPtrArray *copy_rooms(const GPtrArray *rooms)
{
    GPtrArray *copies = g_ptr_array_new_with_free_func(room_settings_free);

    for (unsigned i = 0; rooms && i < rooms->len; i++)
        g_ptr_array_add(copies, room_settings_copy(rooms->pdata[i]));

    return copies;
}

static bool read_settings(const XmppSettings *settings, XmppSessionSettings *out, GError **error)
{
    const char *resource;
    g_autofree char *domain = NULL;

    if (!is_set(settings->jid) || !is_jid(settings->jid)) {
        g_set_error(error, PROBLEM, PROBLEM_VALUE, "xmpp.jid: \"%s\" is no name@domain",
                    settings->jid ? settings->jid : "");
        return false;
    }
    resource = strchr(settings->jid, '/');
    domain = g_strdup(strchr(settings->jid, '@') + 1);
    domain[strcspn(domain, "/")] = '\0';
    if (!check_settings(settings, is_set(settings->host) ? settings->host : domain, error))
        return false;

    *out = (XmppSessionSettings){
        .account = { .jid = resource ? g_strdup(settings->jid)
                                     : g_strconcat(settings->jid, "/" RESOURCE, NULL),
                     .domain = g_steal_pointer(&domain),
                     .password = g_strdup(settings->password),
                     .host = is_set(settings->host) ? g_strdup(settings->host) : NULL,
                     .port = (unsigned short)settings->port,
                     .tls = settings->tls,
                     .ca_file = is_set(settings->ca_file) ? g_strdup(settings->ca_file) : NULL },
        .ping_s = settings->ping_s,
        .rooms = copy_rooms(settings->rooms),
    };

    return true;
}

/* ---- the watchdog ---- */

/* Descriptors travel as pointers, of which NULL is none. */
static void *pack_fd(int fd)
{
    return GINT_TO_POINTER(fd + 2);
}

static int unpack_fd(void *item)
{
    return GPOINTER_TO_INT(item) - 2;
}

static void close_packed(void *item)
{
    int fd = unpack_fd(item);

    if (fd >= 0)
        close(fd);
}

/* On the XMPP thread. The original may be closed and its number reused at any time, so a duplicate
 * goes over; cutting it cuts the same connection. */
static void on_socket(int fd, void *data)
{
    Xmpp *xmpp = data;
    void *item = pack_fd(fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, 0));

    if (!mailbox_post(xmpp->sockets, item))
        close_packed(item);
}

static gboolean on_handshake_too_long(gpointer data)
{
    Xmpp *xmpp = data;

    xmpp->watch_id = 0;
    xmpp_socket_cut(xmpp->watched_fd);

    return G_SOURCE_REMOVE;
}

static void watch(void *item, void *data)
{
    Xmpp *xmpp = data;

    if (xmpp->watch_id)
        g_source_remove(xmpp->watch_id);
    xmpp->watch_id = 0;
    if (xmpp->watched_fd >= 0)
        close(xmpp->watched_fd);

    xmpp->watched_fd = unpack_fd(item);
    if (xmpp->watched_fd >= 0)
        xmpp->watch_id = g_timeout_add_seconds(HANDSHAKE_S, on_handshake_too_long, xmpp);
}

/* ---- commands ---- */

static void post(Xmpp *xmpp, XmppCommandKind kind, const char *id, const char *jid,
                 const char *text);

static gboolean on_later(gpointer data)
{
    Xmpp *xmpp = data;

    xmpp->later_id = 0;
    post(xmpp, XMPP_COMMAND_SAY_AGAIN, NULL, NULL, NULL);

    return G_SOURCE_REMOVE;
}

/* What does not fit is dropped here, and all after it, until the thread can be told: it makes the
 * core say it again. */
static void post_command(Xmpp *xmpp, XmppCommand *command)
{
    if (mailbox_post(xmpp->commands, command))
        return;

    xmpp_command_free(command);
    if (!xmpp->later_id) {
        log_line(LOG_LEVEL_WARNING, "XMPP: too much waits to be said");
        xmpp->later_id = g_timeout_add(LATER_MS, on_later, xmpp);
    }
}

static void post(Xmpp *xmpp, XmppCommandKind kind, const char *id, const char *jid,
                 const char *text)
{
    XmppCommand *command = g_new0(XmppCommand, 1);

    command->kind = kind;
    command->id = g_strdup(id);
    command->jid = g_strdup(jid);
    command->text = g_strdup(text);
    post_command(xmpp, command);
}

void xmpp_edge_say_correction(Xmpp *xmpp, const char *id, const char *jid, const char *replaced,
                              const char *text)
{
    XmppCommand *command;

    if (xmpp->later_id)
        return;

    command = g_new0(XmppCommand, 1);
    command->kind = XMPP_COMMAND_SAY;
    command->id = g_strdup(id);
    command->jid = g_strdup(jid);
    command->text = g_strdup(text);
    command->replaced = g_strdup(replaced);
    post_command(xmpp, command);
}

void xmpp_edge_say(Xmpp *xmpp, const char *id, const char *jid, const char *text)
{
    if (!xmpp->later_id)
        post(xmpp, XMPP_COMMAND_SAY, id, jid, text);
}

void xmpp_edge_say_link(Xmpp *xmpp, const char *id, const char *jid, const char *url)
{
    if (!xmpp->later_id)
        post(xmpp, XMPP_COMMAND_SAY_LINK, id, jid, url);
}

/* ---- files ---- */

static bool ask_for_slot(const char *id, const char *name, size_t bytes, void *data)
{
    Xmpp *xmpp = data;
    XmppCommand *command = g_new0(XmppCommand, 1);

    command->kind = XMPP_COMMAND_SLOT;
    command->id = g_strdup(id);
    command->text = g_strdup(name);
    command->bytes = bytes;
    if (mailbox_post(xmpp->commands, command))
        return true;

    xmpp_command_free(command);
    return false;
}

static void take_slot(void *item, void *data)
{
    Xmpp *xmpp = data;

    xmpp_upload_take(xmpp->upload, item);
}

void xmpp_edge_act(Xmpp *xmpp, const XmppAct *act)
{
    XmppCommand *command;

    if (act->kind == XMPP_ACT_UPLOAD || act->kind == XMPP_ACT_UPLOAD_CHART) {
        xmpp_upload_begin(xmpp->upload, act);
        return;
    }

    command = g_new0(XmppCommand, 1);
    command->kind = XMPP_COMMAND_ACT;
    command->act = xmpp_act_copy(act);
    if (!mailbox_post(xmpp->commands, command))
        xmpp_command_free(command);
}

/* ---- the thread ---- */

static void *run(void *data)
{
    Xmpp *xmpp = data;

    pthread_setname_np(pthread_self(), "xmpp");
    xmpp_session_run(&xmpp->settings);

    return NULL;
}

static int start_thread(Xmpp *xmpp)
{
    pthread_attr_t attributes;
    sigset_t all;
    sigset_t old;
    int result;

    /* Signals are for the main thread. */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, XMPP_STACK_BYTES);
    result = pthread_create(&xmpp->thread, &attributes, run, xmpp);
    pthread_attr_destroy(&attributes);
    pthread_sigmask(SIG_SETMASK, &old, NULL);

    return result;
}

static void discard(Xmpp *xmpp)
{
    g_clear_handle_id(&xmpp->watch_id, g_source_remove);
    g_clear_handle_id(&xmpp->later_id, g_source_remove);
    if (xmpp->watched_fd >= 0)
        close(xmpp->watched_fd);
    xmpp_upload_free(xmpp->upload);
    mailbox_free(xmpp->slots);
    mailbox_free(xmpp->sockets);
    mailbox_free(xmpp->commands);
    xmpp_account_clear(&xmpp->settings.account);
    g_ptr_array_unref(xmpp->settings.rooms);
    g_free(xmpp);
}

Xmpp *xmpp_edge_new(const XmppSettings *settings, Mailbox *events, GError **error)
{
    XmppSessionSettings read;
    Xmpp *xmpp;
    int result;

    if (!read_settings(settings, &read, error))
        return NULL;

    xmpp = g_new0(Xmpp, 1);
    xmpp->settings = read;
    xmpp->commands = mailbox_new(COMMANDS_MAX, (GDestroyNotify)xmpp_command_free);
    xmpp->sockets = mailbox_new(SOCKETS_MAX, close_packed);
    xmpp->slots = mailbox_new(SLOTS_MAX, (GDestroyNotify)xmpp_slot_free);
    xmpp->upload = xmpp_upload_new(&(XmppUploadSettings){
        .events = events,
        .ca_file = read.account.ca_file,
        .is_clear_allowed = read.account.tls == XMPP_TLS_NONE,
        .ask = ask_for_slot,
        .data = xmpp,
    });
    xmpp->watched_fd = -1;
    xmpp->settings.commands = xmpp->commands;
    xmpp->settings.events = events;
    xmpp->settings.slots = xmpp->slots;
    xmpp->settings.on_socket = on_socket;
    xmpp->settings.data = xmpp;
    mailbox_attach(xmpp->sockets, watch, xmpp);
    mailbox_attach(xmpp->slots, take_slot, xmpp);

    result = start_thread(xmpp);
    if (result != 0) {
        g_set_error(error, PROBLEM, PROBLEM_IO, "no thread for XMPP: %s", g_strerror(result));
        discard(xmpp);
        return NULL;
    }

    return xmpp;
}

/* True when the thread ended in that time. */
static bool join(Xmpp *xmpp, time_t max_s)
{
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += max_s;

    return pthread_clockjoin_np(xmpp->thread, NULL, CLOCK_MONOTONIC, &until) == 0;
}

/* A handshake under way is not waited for, nor is a server that does not let go. */
static void cut_watched(Xmpp *xmpp)
{
    void *item;

    while ((item = mailbox_take(xmpp->sockets)))
        watch(item, xmpp);
    if (xmpp->watched_fd >= 0)
        xmpp_socket_cut(xmpp->watched_fd);
}

void xmpp_edge_free(Xmpp *xmpp)
{
    XmppCommand *command;

    if (!xmpp)
        return;

    command = g_new0(XmppCommand, 1);
    command->kind = XMPP_COMMAND_STOP;
    while (!mailbox_post(xmpp->commands, command))
        xmpp_command_free(mailbox_take(xmpp->commands));

    cut_watched(xmpp);
    if (!join(xmpp, STOP_MAX_S)) {
        cut_watched(xmpp);
        pthread_join(xmpp->thread, NULL);
    }
    discard(xmpp);
}
