#include "agent1/edge/xmpp_session.h"

#include "agent1/edge/xmpp_acts.h"
#include "agent1/edge/xmpp_command.h"
#include "agent1/edge/xmpp_outbox.h"
#include "agent1/edge/xmpp_outgoing.h"
#include "agent1/edge/xmpp_pulse.h"
#include "agent1/edge/xmpp_reception.h"
#include "agent1/edge/xmpp_reporter.h"
#include "agent1/edge/xmpp_rooms.h"
#include "agent1/edge/xmpp_share.h"
#include "agent1/port/event.h"
#include "common/base/limits.h"
#include "common/data/backoff.h"
#include "common/sys/clock.h"
#include "common/sys/log.h"
#include "common/sys/random.h"

#include <poll.h>

#include "common/base/banned.h"

#define BACKOFF_BASE_MS 250

/* A server that does not know a password will not know it in a second either. */
#define BACKOFF_REFUSED_ATTEMPT 6

#define CONNECT_MAX_MS 25000
#define ENABLE_MAX_MS  3000
#define RESUME_MAX_MS  30000
#define LEAVE_MAX_MS   1500
#define EVENTS_FULL_MS 20
#define BUSY_POLL_MS   250

/* Answers to <iq/> leave only while fewer than this wait: everybody may ask, without end. */
#define ANSWERS_MAX 1000

typedef enum {
    SESSION_RESTING,    /* until next_try_ms */
    SESSION_CONNECTING, /* names, TCP, TLS, SASL, binding */
    SESSION_AGREEING,   /* signed in; does the server have stream management? */
    SESSION_UP,
    SESSION_LEAVING, /* told to stop: says what is left, then goodbye */
    SESSION_GONE,
    SESSION_STATE_COUNT,
} SessionState;

/* clang-format off */
static const bool may_follow[SESSION_STATE_COUNT][SESSION_STATE_COUNT] = {
    [SESSION_RESTING]    = { [SESSION_CONNECTING] = true, [SESSION_GONE] = true },
    [SESSION_CONNECTING] = { [SESSION_RESTING] = true, [SESSION_AGREEING] = true,
                             [SESSION_GONE] = true },
    [SESSION_AGREEING]   = { [SESSION_RESTING] = true, [SESSION_UP] = true,
                             [SESSION_GONE] = true },
    [SESSION_UP]         = { [SESSION_RESTING] = true, [SESSION_LEAVING] = true },
    [SESSION_LEAVING]    = { [SESSION_GONE] = true },
};
/* clang-format on */

typedef struct Session {
    const XmppSessionSettings *settings;
    XmppConnection *connection;
    XmppOutbox *outbox;
    SessionState state;
    int64_t since_ms; /* when the state began */

    bool has_management; /* of streams; else a ping after what was said stands for it */
    int64_t resume_max_ms;

    XmppPulse pulse;
    bool is_syncing;      /* without management: a ping is under way */
    bool has_left;        /* goodbye was said */
    bool is_missing_some; /* something to be said was dropped, for want of room */

    int64_t next_try_ms;
    int64_t broken_ms; /* when the session lost its connection */
    int64_t alive_ms;  /* until when its server was there for certain */
    unsigned attempt;
    char *last_reason;

    XmppActs acts;
    XmppRooms rooms;
    XmppShare share;
    XmppReporter reporter;
    XmppReception reception;
} Session;

static void set_state(Session *session, SessionState next)
{
    /* clang 14 takes what a designated initialiser leaves out for garbage; it is false. */
    /* NOLINTNEXTLINE(clang-analyzer-core.uninitialized.Branch) */
    g_assert(may_follow[session->state][next]);

    session->state = next;
    session->since_ms = clock_boot_ms();
}

/* ---- the session on the server ---- */

/* The session cannot go on: what it had not acknowledged will be said again in the next one. */
static void end_session(Session *session)
{
    bool is_up = session->state == SESSION_UP;

    xmpp_reporter_link(&session->reporter, false);
    xmpp_outbox_restart(session->outbox, is_up ? clock_boot_ms() : session->alive_ms);
    session->is_missing_some = false;
}

/* When all that had room is said, the core may say the rest: it does when the link comes up. */
static void ask_for_missing(Session *session)
{
    session->is_missing_some |= xmpp_rooms_may_say_again(&session->rooms);
    if (session->state != SESSION_UP || !session->is_missing_some ||
        !xmpp_outbox_is_empty(session->outbox))
        return;

    session->is_missing_some = false;
    xmpp_reporter_link(&session->reporter, false);
    xmpp_reporter_link(&session->reporter, true);
}

/* Gives this connection up, and the session with it. */
static void renew(Session *session, const char *reason)
{
    end_session(session);
    if (session->state == SESSION_RESTING)
        xmpp_connection_forget(session->connection);
    else
        xmpp_connection_cut(session->connection, reason);
}

static void go_up(Session *session, const char *how)
{
    set_state(session, SESSION_UP);
    xmpp_pulse_begin(&session->pulse, session->since_ms);
    session->is_syncing = false;
    session->share.is_server_here = xmpp_connection_stays_here(session->connection);
    g_clear_pointer(&session->last_reason, g_free);
    log_line(LOG_LEVEL_NOTICE, "XMPP: %s as %s", how, xmpp_connection_own_jid(session->connection));
}

static void begin_session(Session *session, bool has_management, unsigned resume_max_s)
{
    Event *share;

    session->has_management = has_management;
    session->resume_max_ms = RESUME_MAX_MS;
    if (resume_max_s > 0)
        session->resume_max_ms = MIN(resume_max_s * INT64_C(1000), RESUME_MAX_MS);
    go_up(session, has_management ? "connected" : "connected, without stream management,");
    xmpp_acts_begin(&session->acts, session->outbox);
    xmpp_rooms_begin(&session->rooms, clock_boot_ms());
    share = xmpp_share_begin(&session->share, session->outbox);
    xmpp_outbox_add_doubted(session->outbox);
    xmpp_reporter_link(&session->reporter, true);
    if (share)
        xmpp_reporter_post(&session->reporter, share);
}

static void resume_session(Session *session, uint32_t count)
{
    g_autoptr(GPtrArray) said = g_ptr_array_new_with_free_func(g_free);

    if (!session->reporter.is_linked ||
        !xmpp_outbox_resume(session->outbox, count, clock_boot_ms(), said)) {
        renew(session, "the server resumed another session than ours");
        return;
    }

    go_up(session, "connected again");
    xmpp_reporter_all_said(&session->reporter, said, clock_boot_ms());
}

static void acknowledge(Session *session, uint32_t count)
{
    g_autoptr(GPtrArray) said = g_ptr_array_new_with_free_func(g_free);

    if (!xmpp_outbox_acknowledge(session->outbox, count, clock_boot_ms(), said)) {
        renew(session, "the server acknowledged what was not sent");
        return;
    }

    session->pulse.progress_ms = clock_boot_ms();
    xmpp_reporter_all_said(&session->reporter, said, clock_boot_ms());
}

/* ---- what comes ---- */

static void receive(Session *session, xmpp_stanza_t *stanza)
{
    const char *own_jid = xmpp_connection_own_jid(session->connection);
    XmppOutcome outcome = { 0 };

    if (!xmpp_rooms_take(&session->rooms, stanza, clock_boot_ms(), own_jid, session->outbox,
                         &outcome.event) &&
        !xmpp_share_take(&session->share, stanza, session->outbox, &outcome.event))
        outcome = xmpp_reception_judge(&session->reception, stanza, clock_boot_ms(), own_jid);
    if (outcome.event)
        xmpp_reporter_post(&session->reporter, outcome.event);
    if (outcome.xml && xmpp_outbox_length(session->outbox) < ANSWERS_MAX)
        xmpp_outbox_add(session->outbox, NULL, outcome.xml);
    if (outcome.is_card_ours)
        xmpp_acts_show(&session->acts, session->outbox);
    if (outcome.is_synced && session->is_syncing) {
        session->is_syncing = false;
        acknowledge(session, outcome.synced);
    }
    g_free(outcome.xml);
}

/* ---- the connection ---- */

static void come_back_later(Session *session, const XmppNews *news)
{
    unsigned attempt = session->attempt++;
    int64_t wait_ms;

    if (news->is_refused)
        attempt = MAX(attempt, BACKOFF_REFUSED_ATTEMPT);
    wait_ms = backoff_wait_ms(attempt, BACKOFF_BASE_MS, RECONNECT_MAX_MS, random_u64());
    session->next_try_ms = clock_boot_ms() + wait_ms;

    /* The same trouble again and again is one fact. */
    log_line(g_strcmp0(session->last_reason, news->reason) == 0 ? LOG_LEVEL_DEBUG
                                                                : LOG_LEVEL_WARNING,
             "XMPP: %s: %s; next try in %.1f s", session->settings->account.jid, news->reason,
             (double)wait_ms / 1000);
    g_free(session->last_reason);
    session->last_reason = g_strdup(news->reason);
}

/* Whether the server owes us an answer. */
static bool is_waiting(const Session *session)
{
    return xmpp_pulse_is_waiting(&session->pulse, xmpp_outbox_unacknowledged(session->outbox) > 0);
}

static void lose_connection(Session *session, const XmppNews *news)
{
    int64_t now_ms = clock_boot_ms();

    if (session->state == SESSION_LEAVING) {
        set_state(session, SESSION_GONE);
        return;
    }
    if (session->state == SESSION_UP) {
        session->broken_ms = now_ms;
        /* A host that died tells of it late, or not at all. */
        session->alive_ms = is_waiting(session) ? session->pulse.heard_ms : now_ms;
        session->attempt = backoff_after(session->attempt, BACKOFF_BASE_MS, RECONNECT_MAX_MS,
                                         now_ms - session->since_ms);
    }
    if (!xmpp_connection_can_resume(session->connection))
        end_session(session);
    if (!session->reporter.is_linked)
        xmpp_connection_forget(session->connection);
    come_back_later(session, news);
    set_state(session, SESSION_RESTING);
}

static void handle(Session *session, const XmppNews *news)
{
    bool is_agreeing = session->state == SESSION_AGREEING;

    switch (news->kind) {
    case XMPP_NEWS_SIGNED_IN:
        set_state(session, SESSION_AGREEING);
        break;
    case XMPP_NEWS_ENABLED:
        if (is_agreeing)
            begin_session(session, true, news->resume_max_s);
        else
            renew(session, "the server agreed to stream management too late");
        break;
    case XMPP_NEWS_NOT_ENABLED:
        if (is_agreeing && !session->reporter.is_linked)
            begin_session(session, false, 0);
        break;
    case XMPP_NEWS_RESUMED:
        resume_session(session, news->count);
        break;
    case XMPP_NEWS_RESUME_REFUSED:
        session->attempt = 0;
        renew(session, "the server has forgotten the session");
        break;
    case XMPP_NEWS_ACKNOWLEDGED:
        if (session->has_management)
            acknowledge(session, news->count);
        break;
    case XMPP_NEWS_STANZA:
        receive(session, news->stanza);
        break;
    case XMPP_NEWS_BROKEN:
        lose_connection(session, news);
        break;
    }
}

/* ---- what goes ---- */

static void sync_by_ping(Session *session)
{
    g_autofree char *id =
        g_strdup_printf(XMPP_RECEPTION_SYNC "%u", xmpp_outbox_sent(session->outbox));
    g_autofree char *xml = xmpp_outgoing_ping(id, session->settings->account.domain);

    xmpp_connection_send(session->connection, xml);
    session->is_syncing = true;
    session->pulse.pinged_ms = clock_boot_ms();
}

static void send_waiting(Session *session)
{
    bool was_idle = xmpp_outbox_unacknowledged(session->outbox) == 0;
    const char *xml;

    if (was_idle && xmpp_outbox_has_next(session->outbox))
        session->pulse.progress_ms = clock_boot_ms();
    while ((xml = xmpp_outbox_next(session->outbox)))
        xmpp_connection_send(session->connection, xml);
    if (!session->has_management && !session->is_syncing &&
        xmpp_outbox_unacknowledged(session->outbox) > 0)
        sync_by_ping(session);
}

static void ping(Session *session)
{
    g_autofree char *xml = xmpp_outgoing_ping("ping", session->settings->account.domain);

    if (!session->has_management) {
        sync_by_ping(session);
        return;
    }
    session->pulse.pinged_ms = clock_boot_ms();
    xmpp_outbox_add(session->outbox, NULL, xml);
}

/* ---- commands ---- */

static void say(Session *session, const XmppCommand *command)
{
    g_autofree char *xml = NULL;

    /* The core says it again when the link is up; nothing overtakes what was dropped before. */
    if (!session->reporter.is_linked || session->is_missing_some)
        return;

    xml = command->replaced
              ? xmpp_outgoing_last_correction(command->id, command->jid, command->replaced,
                                              command->text)
              : xmpp_rooms_print(&session->rooms, command->id, command->jid, command->text,
                                 command->kind == XMPP_COMMAND_SAY_LINK);
    if (!xml)
        return;

    switch (xmpp_outbox_add(session->outbox, command->id, xml)) {
    case XMPP_OUTBOX_ADDED:
    case XMPP_OUTBOX_WAITS:
        break;
    case XMPP_OUTBOX_SAID:
        xmpp_reporter_said(&session->reporter, command->id, clock_boot_ms());
        break;
    case XMPP_OUTBOX_FULL:
        session->is_missing_some = true;
        break;
    }
}

static void stop(Session *session)
{
    if (session->state == SESSION_UP) {
        xmpp_outbox_add(session->outbox, NULL, XMPP_OUTGOING_GONE);
        set_state(session, SESSION_LEAVING);
    } else if (session->state != SESSION_LEAVING) {
        set_state(session, SESSION_GONE);
    }
}

static void obey(Session *session, const XmppCommand *command)
{
    switch (command->kind) {
    case XMPP_COMMAND_SAY:
    case XMPP_COMMAND_SAY_LINK:
        say(session, command);
        break;
    case XMPP_COMMAND_ACT:
        xmpp_acts_do(&session->acts, command->act, session->outbox, session->reporter.is_linked);
        break;
    case XMPP_COMMAND_SLOT:
        xmpp_share_ask(&session->share, command->id, command->text, command->bytes,
                       session->reporter.is_linked, session->outbox);
        break;
    case XMPP_COMMAND_SAY_AGAIN:
        session->is_missing_some = true;
        break;
    case XMPP_COMMAND_STOP:
        stop(session);
        break;
    }
}

static void take_commands(Session *session)
{
    XmppCommand *command;

    while (session->state != SESSION_GONE &&
           (command = mailbox_take(session->settings->commands))) {
        obey(session, command);
        xmpp_command_free(command);
    }
}

/* ---- time ---- */

/* When the server must have been heard of, or be asked. */
static int64_t link_deadline(const Session *session)
{
    return xmpp_pulse_deadline(&session->pulse, xmpp_outbox_unacknowledged(session->outbox) > 0);
}

/* When the time limit of the state ends. */
static int64_t state_deadline(const Session *session)
{
    switch (session->state) {
    case SESSION_RESTING:
        return session->reporter.is_linked
                   ? MIN(session->next_try_ms, session->broken_ms + session->resume_max_ms)
                   : session->next_try_ms;
    case SESSION_CONNECTING:
        return session->since_ms + CONNECT_MAX_MS;
    case SESSION_AGREEING:
        return session->since_ms + ENABLE_MAX_MS;
    case SESSION_UP:
        return MIN(link_deadline(session), xmpp_rooms_deadline(&session->rooms));
    case SESSION_LEAVING:
        return session->since_ms + LEAVE_MAX_MS;
    case SESSION_GONE:
    case SESSION_STATE_COUNT:
        break;
    }

    return INT64_MAX;
}

static void rest_on(Session *session, int64_t now_ms)
{
    if (session->reporter.is_linked && now_ms >= session->broken_ms + session->resume_max_ms) {
        end_session(session);
        xmpp_connection_forget(session->connection);
    }
    if (now_ms >= session->next_try_ms) {
        set_state(session, SESSION_CONNECTING);
        xmpp_connection_start(session->connection);
    }
}

static void look_after_link(Session *session, int64_t now_ms)
{
    xmpp_rooms_do(&session->rooms, now_ms, session->outbox);
    if (now_ms < link_deadline(session))
        return;
    if (!is_waiting(session))
        ping(session);
    else
        xmpp_connection_cut(session->connection, "the server does not answer");
}

/* Does what is due at the end of the state's time. */
static void be_on_time(Session *session)
{
    int64_t now_ms = clock_boot_ms();

    if (now_ms < state_deadline(session))
        return;

    switch (session->state) {
    case SESSION_RESTING:
        rest_on(session, now_ms);
        break;
    case SESSION_CONNECTING:
        xmpp_connection_cut(session->connection, "no session in time");
        break;
    case SESSION_AGREEING:
        if (session->reporter.is_linked)
            renew(session, "no answer to the resumption");
        else
            begin_session(session, false, 0);
        break;
    case SESSION_UP:
        look_after_link(session, now_ms);
        break;
    case SESSION_LEAVING:
        set_state(session, SESSION_GONE);
        break;
    case SESSION_GONE:
    case SESSION_STATE_COUNT:
        break;
    }
}

/* ---- the loop ---- */

/* One turn with the server. True when something came, so that more may be there. */
static bool talk(Session *session)
{
    bool has_heard;
    XmppNews *news;

    if (session->state == SESSION_UP || session->state == SESSION_LEAVING)
        send_waiting(session);
    if (session->state == SESSION_LEAVING && !session->has_left &&
        xmpp_outbox_is_empty(session->outbox)) {
        session->has_left = true;
        xmpp_connection_leave(session->connection);
    }

    has_heard = xmpp_connection_run(session->connection);
    if (has_heard)
        session->pulse.heard_ms = clock_boot_ms();
    while ((news = xmpp_connection_take(session->connection))) {
        handle(session, news);
        xmpp_news_free(news);
    }
    ask_for_missing(session);

    return has_heard;
}

static void wait_for_news(const Session *session, bool is_held)
{
    int64_t deadline_ms = MIN(state_deadline(session), xmpp_reporter_deadline(&session->reporter));
    int64_t timeout_ms = MAX(deadline_ms - clock_boot_ms(), 0);
    struct pollfd fds[] = {
        { .fd = mailbox_fd(session->settings->commands), .events = POLLIN },
        { .fd = is_held ? -1 : xmpp_connection_fd(session->connection),
          .events = xmpp_connection_events(session->connection) },
    };

    if (is_held)
        timeout_ms = MIN(timeout_ms, EVENTS_FULL_MS);
    if (session->state == SESSION_CONNECTING || session->state == SESSION_AGREEING ||
        session->state == SESSION_LEAVING)
        timeout_ms = MIN(timeout_ms, BUSY_POLL_MS);
    (void)poll(fds, G_N_ELEMENTS(fds), (int)MIN(timeout_ms, G_MAXINT));
}

void xmpp_session_run(const XmppSessionSettings *settings)
{
    g_autoptr(XmppOutbox) outbox = xmpp_outbox_new();
    g_autoptr(XmppConnection) connection =
        xmpp_connection_new(&settings->account, settings->on_socket, settings->data);
    Session session = {
        .settings = settings,
        .connection = connection,
        .outbox = outbox,
        .state = SESSION_RESTING,
    };

    xmpp_reporter_init(&session.reporter, settings->events);
    xmpp_pulse_init(&session.pulse, settings->ping_s);
    xmpp_acts_init(&session.acts);
    xmpp_rooms_init(&session.rooms, settings->rooms);
    xmpp_share_init(&session.share, settings->account.domain, settings->slots);
    xmpp_reception_init(&session.reception, settings->account.domain, &session.acts);

    while (session.state != SESSION_GONE) {
        /* Whoever is leaving does not wait for a reader. */
        bool is_held = !xmpp_reporter_flush(&session.reporter, clock_boot_ms()) &&
                       session.state != SESSION_LEAVING;
        bool is_busy = false;

        if (!is_held) {
            be_on_time(&session);
            is_busy = talk(&session);
        }
        if (!is_busy && session.state != SESSION_GONE)
            wait_for_news(&session, is_held);
        take_commands(&session);
    }

    xmpp_reporter_link(&session.reporter, false);
    xmpp_reporter_clear(&session.reporter);
    xmpp_acts_clear(&session.acts);
    xmpp_rooms_clear(&session.rooms);
    xmpp_share_clear(&session.share);
    g_free(session.last_reason);
}
