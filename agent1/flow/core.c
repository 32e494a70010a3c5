#include "agent1/flow/core.h"

#include <string.h>

#include "agent1/flow/admission.h"
#include "agent1/flow/daily/daily.h"
#include "agent1/flow/doors/chat.h"
#include "agent1/flow/doors/contacts.h"
#include "agent1/flow/doors/home_assistant.h"
#include "agent1/flow/fleet/absence.h"
#include "agent1/flow/fleet/registration.h"
#include "agent1/flow/fleet/updates.h"
#include "agent1/flow/gate/approval_notices.h"
#include "agent1/flow/gate/approvals.h"
#include "agent1/flow/runs/dispatch.h"
#include "agent1/flow/runs/outcome.h"
#include "agent1/flow/runs/plans.h"
#include "agent1/flow/schedules/schedules.h"
#include "agent1/flow/state/core_state.h"
#include "agent1/flow/state/edits.h"
#include "agent1/flow/state/pages.h"
#include "agent1/flow/state/pending.h"
#include "agent1/flow/state/progress.h"
#include "agent1/flow/state/rows.h"
#include "agent1/flow/state/searches.h"
#include "agent1/flow/state/talks.h"
#include "agent1/flow/state/update_rounds.h"
#include "agent1/flow/state/vectors.h"
#include "agent1/flow/talk/talk.h"
#include "agent1/flow/tick.h"
#include "agent1/flow/topics/publications.h"
#include "agent1/flow/topics/subscriptions.h"
#include "agent1/flow/voice/chats.h"
#include "agent1/flow/voice/clients.h"
#include "agent1/flow/voice/consoles.h"
#include "agent1/flow/voice/live_message.h"
#include "agent1/flow/voice/notices.h"
#include "agent1/flow/voice/presence.h"
#include "agent1/flow/voice/say.h"
#include "agent1/flow/voice/uploads.h"
#include "agent1/flow/zone_change.h"
#include "common/base/banned.h"

/* Less than this is how clocks are kept right. */
#define CLOCK_BACK_MS 1000

#define HOUR_MS (3600 * INT64_C(1000))
#define DAY_MS  (24 * HOUR_MS)

/* After a connect every agent is asked about its runs, spread over this time for each agent. */
#define QUERY_SPREAD_MS     10
#define QUERY_SPREAD_MAX_MS 10000

/* Anybody can write from as many addresses as he likes. */
#define STRANGERS_BURST 20
#define STRANGERS_PER_S (1.0 / 3)

static void free_run(void *run)
{
    run_free(run);
}

static void free_plan(void *plan)
{
    plan_free(plan);
}

static void free_message(void *message)
{
    message_free(message);
}

Core *core_new(void)
{
    static const Table ledgers[] = { TABLE_META,         TABLE_WAITING,       TABLE_CHATS,
                                     TABLE_SAYINGS,      TABLE_EDITS,         TABLE_QUESTIONS,
                                     TABLE_SESSIONS,     TABLE_APPROVALS,     TABLE_MEMO_KEYS,
                                     TABLE_REPORTS,      TABLE_PROPOSALS,     TABLE_UPLOADS,
                                     TABLE_PUBLICATIONS, TABLE_SUBSCRIPTIONS, TABLE_NOTICES,
                                     TABLE_TURNS };
    Core *core = g_new0(Core, 1);
    unsigned i;

    core->zones = zones_new();
    core->runs = runs_new(free_run);
    core->plans = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_plan);
    core->outbox = outbox_new();
    core->fleet = fleet_new();
    for (i = 0; i < G_N_ELEMENTS(ledgers); i++)
        core->ledgers[ledgers[i]] = ledger_new(ledgers[i]);
    core->pending = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, pending_free);
    core->clients = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    core->stops = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    core->consoles = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, console_free);
    core->failed_edits = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    presence_init(&core->presence);
    core->lives = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, live_free);
    core->lives_by_run = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    core->lives_due_ms = INT64_MAX;
    core->approval_news = g_ptr_array_new_with_free_func(approvals_free_news);
    core->notices = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    core->registrations = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_message);
    core->progress = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, progress_free);
    core->home_assistant = home_assistant_new();
    core->schedules = schedule_book_new();
    core->awaited = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    core->report_asks = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    core->notice_limits = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    core->update_rounds = g_ptr_array_new_with_free_func(update_round_free);
    core->update_asks = g_ptr_array_new_with_free_func(update_ask_free);
    core->talks = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, talk_free);
    core->vectors.due_ms = INT64_MAX;
    core->searches = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, search_free);
    core->searches_due_ms = INT64_MAX;
    core->recalled = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    core->streams_due_ms = INT64_MAX;
    core->recollections_due_ms = INT64_MAX;
    core->pages = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, pages_free_ask);
    core->model_chain = model_chain_new(0);
    core->queries_due_ms = INT64_MAX;
    bucket_init(&core->strangers, STRANGERS_BURST, STRANGERS_PER_S);
    return core;
}

static void drop_tasks(Core *core)
{
    g_clear_pointer(&core->task_list, g_ptr_array_unref);
    g_clear_pointer(&core->tasks_read, g_ptr_array_unref);
    g_clear_pointer(&core->task_warnings, g_ptr_array_unref);
    g_free(core->namings);
}

void core_free(Core *core)
{
    int table;

    if (!core)
        return;

    core_drop_files(core);
    zones_free(core->zones);
    drop_tasks(core);
    g_free(core->reload_error);
    g_free(core->zone_problem_told);
    g_free(core->warnings_told);
    runs_free(core->runs);
    g_hash_table_unref(core->plans);
    outbox_free(core->outbox);
    fleet_free(core->fleet);
    for (table = 0; table < TABLE_COUNT; table++)
        ledger_free(core->ledgers[table]);
    g_hash_table_unref(core->pending);
    g_hash_table_unref(core->clients);
    g_hash_table_unref(core->stops);
    g_hash_table_unref(core->consoles);
    g_hash_table_unref(core->failed_edits);
    presence_clear(&core->presence);
    g_hash_table_unref(core->lives_by_run);
    g_hash_table_unref(core->lives);
    g_ptr_array_unref(core->approval_news);
    g_hash_table_unref(core->notices);
    g_hash_table_unref(core->registrations);
    g_hash_table_unref(core->progress);
    g_hash_table_unref(core->awaited);
    g_hash_table_unref(core->report_asks);
    g_hash_table_unref(core->notice_limits);
    g_ptr_array_unref(core->update_rounds);
    g_ptr_array_unref(core->update_asks);
    g_hash_table_unref(core->talks);
    g_hash_table_unref(core->recalled);
    g_hash_table_unref(core->searches);
    vectors_clear(core);
    g_hash_table_unref(core->pages);
    model_chain_free(core->model_chain);
    g_free(core->chain_text);
    g_free(core->last_id);
    home_assistant_free(core->home_assistant);
    schedule_book_free(core->schedules);
    g_free(core);
}

const Settings *core_settings(const Core *core)
{
    return core->settings;
}

/* ---- beginning ---- */

static void restore_row(Core *core, Table table, const Row *row)
{
    Run *run;
    RunKey key;

    if (table == TABLE_RUNS) {
        run = rows_to_run(row);
        if (run) {
            key = (RunKey){ .id = run->id, .number = run->number, .agent = run->agent };
            runs_add(core->runs, &key, run);
            core_note_wait(core, run);
        }
    } else if (table == TABLE_OUTBOX) {
        rows_to_outbox(row, core->outbox, 0);
    } else if (table == TABLE_AGENTS) {
        rows_to_agent(row, core->fleet);
    } else if (table == TABLE_PLANS) {
        plans_restore(core, row);
    } else if (table == TABLE_STEPS) {
        plans_restore_step(core, row);
    } else if (table == TABLE_SCHEDULES) {
        schedule_book_restore(core, row);
    }
}

void core_restore(Core *core, Table table, GPtrArray *rows)
{
    unsigned i;

    if (core->ledgers[table]) {
        for (i = 0; i < rows->len; i++)
            ledger_restore(core->ledgers[table], g_steal_pointer(&rows->pdata[i]));
        return;
    }
    for (i = 0; i < rows->len; i++)
        restore_row(core, table, rows->pdata[i]);
    /* All at once: what was made of them would else lie between their holes. */
    for (i = 0; i < rows->len; i++)
        row_free(g_steal_pointer(&rows->pdata[i]));
}

static void begin_step(Core *core, const Event *event, Effects *fx)
{
    core->fx = fx;
    core->now_ms = event->now_ms;
    core->boot_ms = event->boot_ms;
    core->turned_away = MAX(core->turned_away, event->turned_away);
    ids_init(&core->ids, event->now_ms, event->seed);
    if (event->zones)
        zones_add_all(core->zones, event->zones);
    core_speak_to(core, NULL);
}

static void begin_epoch(Core *core)
{
    const char *stored = core_meta(core, META_EPOCH);
    int64_t last = stored ? g_ascii_strtoll(stored, NULL, 10) : 0;
    g_autofree char *text = NULL;

    core->epoch = MAX(last + 1, core->now_ms / 1000);
    text = g_strdup_printf("%" G_GINT64_FORMAT, core->epoch);
    core_set_meta(core, META_EPOCH, text);
}

/* What was running when the database was lost is not known: agent1 waits for a person. */
static void begin_asleep(Core *core, const char *set_aside)
{
    core_set_meta(core, META_STANDBY, "1");
    effects_audit(core->fx, core->now_ms, "alarm", NULL, NULL, NULL,
                  "the database was damaged and is set aside as %s; asleep until !agentsON",
                  set_aside);
    effects_log(core->fx, EFFECT_LOG_ERROR, NULL, NULL,
                "the database was damaged and is set aside as %s; a new one is begun, and agent1 "
                "sleeps until somebody types !agentsON",
                set_aside);
    notices_tell(core, NOTICE_ALARM,
                 "ALARM: my database was damaged and is set aside as %s. What ran then is not "
                 "known to me.",
                 set_aside);
}

/* A person took them out of the registry, or their acceptance back: as !revoke does. */
static void drop_untrusted(Core *core)
{
    g_autoptr(GPtrArray) agents = fleet_list(core->fleet);
    unsigned i;

    for (i = 0; i < agents->len; i++) {
        const FleetAgent *agent = agents->pdata[i];

        if (!core_is_trusted(core, agent))
            outcome_revoke(core, agent->name);
    }
}

static void settle_times(Core *core)
{
    g_autofree char *before = zone_change_take(core);

    daily_settle(core);
    schedules_settle(core, before ? zones_find(core->zones, before) : NULL);
    if (before)
        zone_change_tell(core, before);
    zone_change_tell_problem(core);
}

void core_start(Core *core, const Event *stamp, const char *set_aside, Effects *fx)
{
    int link;

    begin_step(core, stamp, fx);
    core->started_ms = core->now_ms;
    for (link = 0; link < LINK_COUNT; link++)
        core->link_since_ms[link] = core->now_ms;
    core->notices_due_ms = core->now_ms;
    core->absences_due_ms = core->now_ms;
    core->broker_boot_ms = core->boot_ms;
    begin_epoch(core);
    /* Answers that were asked for by an earlier core find no question here. */
    core->last_cookie = ids_random(&core->ids, UINT64_MAX / 2);
    if (set_aside)
        begin_asleep(core, set_aside);
    core->warnings_told = g_strdup(core->warnings);
    plans_start(core);
    drop_untrusted(core);
    plans_go_on(core, NULL);
    dispatch_number_anew(core);
    publications_settle(core);
    subscriptions_go_on(core);
    chats_begin_again(core);
    registration_send_trust(core);
    edits_send_all(core);
    talk_configured(core);
    vectors_configured(core);
    settle_times(core);
    approval_notices_send(core);
    effects_audit(core->fx, core->now_ms, "start", NULL, NULL, NULL,
                  "%s %s, epoch %" G_GINT64_FORMAT, core->settings->name, VERSION, core->epoch);
    core->fx = NULL;
}

/* ---- stepping ---- */

static void take_link_up(Core *core, Link link)
{
    g_autoptr(GPtrArray) agents = NULL;
    int64_t spread_ms;
    unsigned i;

    core->is_up[link] = true;
    core->link_since_ms[link] = core->now_ms;
    core->absences_due_ms = core->now_ms;
    core->reports_due_ms = core->now_ms;
    if (link == LINK_XMPP) {
        clients_forget_unanswered(core);
        live_hurry(core);
        say_again(core);
        return;
    }
    core->broker_boot_ms = core->boot_ms;
    home_assistant_tell_anew(core);
    agents = fleet_list(core->fleet);
    spread_ms = MIN((int64_t)agents->len * QUERY_SPREAD_MS, QUERY_SPREAD_MAX_MS);
    for (i = 0; i < agents->len; i++) {
        FleetAgent *agent = agents->pdata[i];

        dispatch_hurry(core, agent);
        dispatch_query_soon(core, agent, (int64_t)ids_random(&core->ids, (uint64_t)spread_ms + 1));
    }
}

static void take_link_down(Core *core, Link link)
{
    if (core->is_up[link])
        core->link_since_ms[link] = core->now_ms;
    core->is_up[link] = false;
}

static void take_link(Core *core, const Event *event)
{
    if (event->kind == EVENT_LINK_UP)
        take_link_up(core, event->link);
    else
        take_link_down(core, event->link);
}

static void take_edited(Core *core, const EventFileEdited *edited)
{
    g_autofree char *user = edits_user(core, edited->id);
    bool is_open = edits_take(core, edited);

    if (edited->error)
        effects_log(core->fx, EFFECT_LOG_ERROR, NULL, NULL, "%s", edited->error);
    if (is_open && say_is_due(core, "edit failed", HOUR_MS))
        notices_tell_with(core, user, NOTICE_NEWS,
                          "I could not write a file: %s. What you decided stands; I write it "
                          "when I can.",
                          edited->error);
}

/* Said once for each edit: whoever reloads the same mistake again knows it. */
static void take_bad_files(Core *core, const char *reload_error)
{
    if (g_strcmp0(core->reload_error, reload_error) == 0)
        return;

    g_free(core->reload_error);
    core->reload_error = g_strdup(reload_error);
    core->reload_error_ms = core->now_ms;
    effects_audit(core->fx, core->now_ms, "reload", NULL, NULL, NULL, "refused: %s", reload_error);
    /* agent1 writes the registry itself, and does not look at it whenever that is saved. */
    notices_tell(core, NOTICE_ALARM,
                 "I keep the running configuration, since the new one is wrong: %s. Mend the file "
                 "and save it (agents_registry.json is read when I am reloaded).",
                 reload_error);
}

/* A name that was misspelt is no error, and whoever wrote it believes that it counts. */
static void tell_warnings(Core *core)
{
    if (g_strcmp0(core->warnings, core->warnings_told) == 0)
        return;

    g_free(core->warnings_told);
    core->warnings_told = g_strdup(core->warnings);
    if (core->warnings)
        notices_tell(core, NOTICE_ALARM, "The new configuration is in use. To mend in it: %s",
                     core->warnings);
}

static void take_configured(Core *core, const char *reload_error)
{
    if (reload_error) {
        take_bad_files(core, reload_error);
        return;
    }
    if (core->reload_error) {
        g_clear_pointer(&core->reload_error, g_free);
        notices_tell(core, NOTICE_ALARM, "The configuration is good again, and in use.");
    }
    tell_warnings(core);
    drop_untrusted(core);
    registration_send_trust(core);
    edits_send_failed(core);
    dispatch_add_policies(core);
    subscriptions_look_again(core);
    talk_configured(core);
    vectors_configured(core);
    vectors_try_refused(core);
    settle_times(core);
    core->notices_due_ms = core->now_ms;
    core->absences_due_ms = core->now_ms;
    core->runs_due_ms = core->now_ms;
}

static void take_probe(Core *core, const char *text)
{
    if (say_is_due(core, "acl probe", HOUR_MS))
        effects_log(core->fx, EFFECT_LOG_WARNING, NULL, NULL,
                    "the broker lets agents write on topics of others (%s arrived on "
                    "agents/acl-probe/inbox): install the ACL of config/mosquitto.acl.example",
                    text);
    if (say_is_due(core, "acl probe told", DAY_MS))
        notices_tell(core, NOTICE_ALARM,
                     "ALARM: the broker lets every machine write on the topics of the others. "
                     "Install the access list config/mosquitto.acl.example there.");
}

/* Of notes, or of what somebody looks for among them. */
static void take_embedded(Core *core, const EmbedNews *news)
{
    if (!vectors_take(core, news))
        searches_take(core, news);
}

static void dispatch_event(Core *core, const Event *event)
{
    switch (event->kind) {
    case EVENT_CHAT:
        chat_take(core, &event->chat);
        break;
    case EVENT_XMPP:
        contacts_take(core, &event->fact);
        break;
    case EVENT_MESSAGE:
        admission_take(core, &event->message);
        break;
    case EVENT_LINK_UP:
    case EVENT_LINK_DOWN:
        take_link(core, event);
        break;
    case EVENT_SAID:
        say_was_taken(core, event->said_id);
        break;
    case EVENT_ROWS:
        pending_answer(core, &event->rows);
        break;
    case EVENT_FILE_EDITED:
        take_edited(core, &event->edited);
        break;
    case EVENT_CONFIGURED:
        take_configured(core, event->reload_error);
        break;
    case EVENT_MODEL:
        talk_news(core, event->model);
        break;
    case EVENT_PAGE:
        pages_take(core, event->page);
        break;
    case EVENT_EMBEDDED:
        take_embedded(core, event->embedded);
        break;
    case EVENT_PROBE:
        take_probe(core, event->probe_text);
        break;
    case EVENT_HOME_ASSISTANT:
        home_assistant_take(core, &event->home_assistant);
        break;
    case EVENT_PUBLISHED:
        publications_take(core, &event->published);
        break;
    case EVENT_LISTENING:
        subscriptions_take_state(core, &event->listening);
        break;
    case EVENT_HEARD:
        subscriptions_take_heard(core, &event->heard);
        break;
    case EVENT_UPDATE:
        updates_take_own(core, event->update);
        break;
    case EVENT_TICK:
        return;
    }
    home_assistant_look_soon(core);
}

/* The wall clock was put back: what waits for a time by it is worked out anew. */
static void take_clock_back(Core *core)
{
    g_autoptr(GPtrArray) agents = fleet_list(core->fleet);
    unsigned i;
    int link;

    for (link = 0; link < LINK_COUNT; link++)
        core->link_since_ms[link] = MIN(core->link_since_ms[link], core->now_ms);
    for (i = 0; i < agents->len; i++) {
        FleetAgent *agent = agents->pdata[i];

        absence_set_back(core, agent);
        dispatch_hurry(core, agent);
        if (agent->query_due_ms != INT64_MAX)
            dispatch_query_soon(core, agent, 0);
    }
    plans_hurry(core);
    schedules_set_back(core);
    publications_set_back(core);
    uploads_set_back(core);
    updates_set_back(core);
    home_assistant_look_soon(core);
    presence_hurry(core);
    live_hurry(core);
    core->streams_due_ms = core->now_ms;
    core->recollections_due_ms = core->now_ms;
    core->searches_due_ms = core->now_ms;
    core->vectors.due_ms = core->now_ms;
    core->runs_due_ms = core->now_ms;
    core->approvals_due_ms = core->now_ms;
    core->chats_sweep_ms = core->now_ms;
    core->reports_due_ms = core->now_ms;
    core->notices_due_ms = core->now_ms;
    core->absences_due_ms = core->now_ms;
    core->housekeeping_ms = core->now_ms;
}

void core_step(Core *core, const Event *event, Effects *fx)
{
    bool is_back = event->now_ms + CLOCK_BACK_MS < core->now_ms;

    begin_step(core, event, fx);
    if (is_back)
        take_clock_back(core);
    dispatch_event(core, event);
    talk_go_on(core);
    tick_do(core);
    presence_refresh(core, event->kind != EVENT_TICK);
    core->fx = NULL;
}

int64_t core_next_deadline(const Core *core)
{
    return tick_next_deadline(core);
}
