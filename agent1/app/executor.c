#include "agent1/app/executor.h"

#include <string.h>

#include "agent1/app/chat_zones.h"
#include "agent1/app/links.h"
#include "agent1/app/log_effect.h"
#include "agent1/app/models.h"
#include "agent1/app/message_mark.h"
#include "agent1/app/outside.h"
#include "agent1/app/refusals.h"
#include "agent1/app/state_folder.h"
#include "agent1/app/updates.h"
#include "agent1/app/web_pages.h"
#include "agent1/app/xmpp_effect.h"
#include "agent1/edge/file_editor.h"
#include "agent1/edge/gateway.h"
#include "agent1/edge/store.h"
#include "agent1/edge/xmpp.h"
#include "common/base/problem.h"
#include "common/sys/clock.h"
#include "common/sys/crash_point.h"
#include "common/sys/file.h"
#include "common/sys/heap.h"
#include "common/sys/in_hand.h"
#include "common/sys/log.h"
#include "common/sys/mailbox.h"
#include "common/sys/notify.h"
#include "common/sys/random.h"
#include "common/sys/timer.h"
#include "common/base/banned.h"

#define EVENTS_MAX 50000
/* While the disk is full, what waits for a time is tried this often. */
#define FULL_WAIT_MS 1000
/* Rows from which nothing follows outside are stored with the next that have news for somebody, or
 * after so long, or when there are so many. */
#define COMPANY_MS  50
#define COMPANY_MAX 1000

struct Executor {
    Config *config;
    Core *core;
    Store *store;
    InHand *in_hand;
    Mailbox *events; /* Event *, from every edge */
    Gateway *gateway;
    Xmpp *xmpp; /* NULL when switched off */
    FileEditor *files;
    Updates *updates;
    Models *models;
    WebPages *pages;
    Timer *timer;
    Effects *next;      /* what the core wants since the last batch */
    Effects *in_flight; /* outward effects that wait for their commit; NULL: no batch in flight */
    uint64_t batch;
    guint company; /* 0: nothing waits for company */
    Outside *outside;
    int64_t full_until_ms; /* the disk was full: no timer before this */
    Refusals *refusals;    /* who was told so */
    EditWatch edit_watch;  /* or NULL */
    void *edit_watch_data;
    unsigned tasks_edits; /* of tasks_schedule.json: asked for, not answered */
    void (*failed)(void *data);
    void *failed_data;
};

static void take_event(Executor *executor, Event *event);

/* ---- outward ---- */

static void perform(Executor *executor, const Effect *effect)
{
    switch (effect->kind) {
    case EFFECT_PUBLISH:
        gateway_publish(executor->gateway, &effect->publish);
        break;
    case EFFECT_PUBLISH_PLAIN:
        gateway_publish_plain(executor->gateway, &effect->plain);
        break;
    case EFFECT_LISTEN:
        gateway_listen(executor->gateway, &effect->listen);
        break;
    case EFFECT_SAY:
        xmpp_effect_say(executor->xmpp, &effect->say);
        break;
    case EFFECT_XMPP:
        xmpp_effect_act(executor->xmpp, &effect->act);
        break;
    case EFFECT_TRUST:
        gateway_trust(executor->gateway, effect->trusted);
        break;
    case EFFECT_UPDATE:
        updates_look(executor->updates, &effect->update);
        break;
    case EFFECT_MODEL_CALL:
        models_call(executor->models, effect->call);
        break;
    case EFFECT_MODEL_CANCEL:
        models_cancel(executor->models, effect->cancelled);
        break;
    case EFFECT_PAGE_CALL:
        web_pages_call(executor->pages, effect->page, core_settings(executor->core));
        break;
    case EFFECT_PAGE_CANCEL:
        web_pages_cancel(executor->pages, effect->cancelled);
        break;
    case EFFECT_EMBED:
        models_embed(executor->models, effect->embed);
        break;
    case EFFECT_EDIT_FILE:
        executor->tasks_edits += strcmp(effect->edit.file, TASKS_FILE) == 0;
        file_editor_edit(executor->files, &effect->edit);
        break;
    case EFFECT_LOG:
        log_effect_write(&effect->log);
        break;
    case EFFECT_PUT:
    case EFFECT_DELETE:
    case EFFECT_AUDIT:
    case EFFECT_QUERY:
        g_assert_not_reached();
    }
}

/* Nobody waits for the log: its lines come last. */
static void perform_all(Executor *executor, const Effects *outward)
{
    unsigned i;

    for (i = 0; i < outward->list->len; i++) {
        const Effect *effect = outward->list->pdata[i];

        if (effect->kind != EFFECT_LOG)
            perform(executor, effect);
    }
    for (i = 0; i < outward->list->len; i++) {
        const Effect *effect = outward->list->pdata[i];

        if (effect->kind == EFFECT_LOG)
            perform(executor, effect);
    }
}

/* ---- batches ---- */

static void free_effect(void *effect)
{
    effect_free(effect);
}

/* Whether nobody outside waits for what is next: rows, and lines of the log about them. */
static bool may_wait(const Effects *effects)
{
    bool has_rows = false;
    unsigned i;

    if (effects->list->len > COMPANY_MAX)
        return false;
    for (i = 0; i < effects->list->len; i++) {
        const Effect *effect = effects->list->pdata[i];

        if (!effect_is_stored(effect) && effect->kind != EFFECT_LOG)
            return false;
        has_rows |= effect_is_stored(effect);
    }
    return has_rows;
}

/* Sends what the core wants: the store's part to the store, the rest waits for its answer. */
static void flush_now(Executor *executor)
{
    GPtrArray *stored = g_ptr_array_new_with_free_func(free_effect);
    Effects *outward = effects_new();
    unsigned i;

    g_clear_handle_id(&executor->company, g_source_remove);
    for (i = 0; i < executor->next->list->len; i++) {
        Effect *effect = g_steal_pointer(&executor->next->list->pdata[i]);
        bool is_for_store = effect_is_stored(effect) || effect->kind == EFFECT_QUERY;

        refusals_watch(executor->refusals, effect);
        g_ptr_array_add(is_for_store ? stored : outward->list, effect);
    }
    g_ptr_array_set_size(executor->next->list, 0);
    if (stored->len == 0) {
        g_ptr_array_unref(stored);
        perform_all(executor, outward);
        effects_free(outward);
        return;
    }
    executor->in_flight = outward;
    outside_batch_begins(executor->outside);
    store_commit(executor->store, ++executor->batch, stored);
    crash_point("executor.handed");
}

static gboolean on_no_company(void *data)
{
    Executor *executor = data;

    executor->company = 0;
    if (!executor->in_flight && executor->next->list->len > 0)
        flush_now(executor);
    return G_SOURCE_REMOVE;
}

static void flush(Executor *executor)
{
    if (executor->in_flight || executor->next->list->len == 0)
        return;

    if (!may_wait(executor->next))
        flush_now(executor);
    else if (executor->company == 0)
        executor->company = g_timeout_add(COMPANY_MS, on_no_company, executor);
}

static void arm_timer(Executor *executor)
{
    int64_t next_ms = core_next_deadline(executor->core);

    timer_arm(executor->timer, MAX(next_ms, executor->full_until_ms));
}

static void stamp(const Executor *executor, Event *event)
{
    event->now_ms = clock_now_ms();
    event->boot_ms = clock_boot_ms();
    random_fill(event->seed, sizeof(event->seed));
    event->turned_away = gateway_refused(executor->gateway);
}

/* ---- a core from the store ---- */

static bool restore(Executor *executor, Core *core, GError **error)
{
    int table;

    for (table = 0; table < TABLE_COUNT; table++) {
        g_autoptr(GPtrArray) rows = store_load(executor->store, (Table)table, error);

        if (!rows)
            return false;
        chat_zones_read_rows((Table)table, rows, config_zones(executor->config));
        if (table == TABLE_META)
            config_settle_host_zone(executor->config, chat_zones_last(rows));
        core_restore(core, (Table)table, rows);
    }
    return true;
}

/* In place of the core that there is, whose tasks are not parsed again. */
static Core *make_core(Executor *executor, const char *set_aside, GError **error)
{
    g_autoptr(Core) core = core_new();
    g_autoptr(Event) start = event_new(EVENT_TICK);
    CoreFiles files;

    /* The open edits among the rows are laid over the registry, and the rows know the zone that
     * counted last: rows first. */
    if (!restore(executor, core, error))
        return NULL;
    files = *config_files(executor->config);
    files.tasks_of = executor->core;
    if (!core_configure(core, &files, NULL, error))
        return NULL;

    stamp(executor, start);
    core_start(core, start, set_aside, executor->next);
    return g_steal_pointer(&core);
}

/* ---- a full disk ---- */

/* Who was about to hear that something was done hears that it was not. */
static void refuse_outward(Executor *executor, const Effects *effects)
{
    unsigned i;

    for (i = 0; i < effects->list->len; i++)
        refusals_watch(executor->refusals, effects->list->pdata[i]);
    for (i = 0; i < effects->list->len; i++) {
        Effect *effect = effects->list->pdata[i];

        if (refusals_rewrite(executor->refusals, effect, clock_boot_ms()))
            perform(executor, effect);
    }
}

/* Their answer would have come later: it does not. */
static void refuse_unanswered(Executor *executor)
{
    g_autoptr(Effects) sayings = NULL;
    uint8_t seed[IDS_SEED_BYTES];

    random_fill(seed, sizeof(seed));
    sayings = refusals_of_unanswered(executor->refusals, clock_now_ms(), seed);
    perform_all(executor, sayings);
}

static void tell_outside(Executor *executor)
{
    g_autoptr(GPtrArray) events = outside_tell(executor->outside);
    unsigned i;

    for (i = 0; i < events->len; i++) {
        stamp(executor, events->pdata[i]);
        core_step(executor->core, events->pdata[i], executor->next);
    }
}

/* Nothing of the batch is stored, so nothing of it happened: the core goes back to what the rows
 * say. */
static void start_over(Executor *executor)
{
    g_autoptr(GError) error = NULL;
    Core *core;

    refuse_outward(executor, executor->in_flight);
    refuse_outward(executor, executor->next);
    refuse_unanswered(executor);
    g_clear_pointer(&executor->in_flight, effects_free);
    effects_free(executor->next);
    executor->next = effects_new();
    refusals_stored(executor->refusals);
    core = make_core(executor, NULL, &error);
    if (!core) {
        log_line(LOG_LEVEL_ERROR, "cannot restore from the database: %s", error->message);
        executor->failed(executor->failed_data);
        return;
    }
    core_free(executor->core);
    executor->core = core;
    /* The start's own rows would not fit either; only what it decided outward counts. */
    tell_outside(executor);
}

static void on_stored(StoreAnswer *answer, void *data)
{
    Executor *executor = data;
    g_autoptr(Effects) outward = NULL;
    unsigned i;

    g_assert(answer->batch == executor->batch);
    if (answer->outcome == STORE_BROKEN) {
        log_line(LOG_LEVEL_ERROR, "the database failed: %s", answer->error);
        executor->failed(executor->failed_data);
        return;
    }
    if (answer->outcome == STORE_FULL) {
        log_line(LOG_LEVEL_ERROR, "not stored: %s", answer->error);
        executor->full_until_ms = clock_now_ms() + FULL_WAIT_MS;
        start_over(executor);
        arm_timer(executor);
        return;
    }
    refusals_stored(executor->refusals);
    outside_batch_stored(executor->outside);
    crash_point("executor.stored");
    outward = g_steal_pointer(&executor->in_flight);
    perform_all(executor, outward);
    crash_point("executor.told");
    for (i = 0; i < answer->events->len; i++)
        take_event(executor, g_steal_pointer(&answer->events->pdata[i]));
    flush(executor);
    arm_timer(executor);
}

/* ---- events ---- */

/* The third crash on one message sets it aside: no sender can keep agent1 from its other work. */
static bool take_in_hand(Executor *executor, const Event *event)
{
    g_autofree char *mark = message_mark(event);

    if (!mark || in_hand_take(executor->in_hand, mark, strlen(mark)))
        return true;

    log_line(LOG_LEVEL_ERROR, "set aside, after three crashes on it: %.200s", mark);
    return false;
}

static void take_event(Executor *executor, Event *event)
{
    const Effect *answer;

    stamp(executor, event);
    chat_zones_read(event);
    outside_note(executor->outside, event);
    answer = refusals_find(executor->refusals, event);
    if (answer)
        perform(executor, answer);
    else if (take_in_hand(executor, event))
        core_step(executor->core, event, executor->next);
    in_hand_release(executor->in_hand);
    event_free(event);
}

void executor_take_event(Executor *executor, Event *event)
{
    take_event(executor, event);
    flush(executor);
    arm_timer(executor);
}

static void on_model_event(Event *event, void *data)
{
    executor_take_event(data, event);
}

static void on_event(void *item, void *data)
{
    Executor *executor = data;
    Event *event = item;

    if (event->kind == EVENT_FILE_EDITED)
        executor->tasks_edits -= strcmp(event->edited.file, TASKS_FILE) == 0;
    if (event->kind == EVENT_FILE_EDITED && executor->edit_watch &&
        executor->edit_watch(event, executor->edit_watch_data))
        return;
    executor_take_event(executor, event);
}

static void on_time(void *data)
{
    executor_take_event(data, event_new(EVENT_TICK));
}

/* ---- life ---- */

static bool open_edges(Executor *executor, GError **error)
{
    const Settings *settings = core_settings(executor->core);
    g_autofree char *folder = config_path(executor->config, ".");
    Key secret;

    if (!state_folder_load_key(executor->config, settings, &secret, error))
        return false;

    executor->files = file_editor_new(folder, executor->events);
    executor->gateway = links_open_mqtt(executor->config, settings, &secret, executor->in_hand,
                                        executor->events, error);
    explicit_bzero(&secret, sizeof(secret));
    if (!executor->gateway)
        return false;
    if (!settings->xmpp_is_enabled)
        return true;

    executor->xmpp = links_open_xmpp(executor->config, settings, executor->events, error);
    return executor->xmpp != NULL;
}

/* Whose frames are opened must be known before the first one comes, which is what the broker
 * retains: that does not wait for the store, as nothing leaves by it. */
static void trust_at_once(Executor *executor)
{
    unsigned i;

    for (i = 0; i < executor->next->list->len; i++) {
        const Effect *effect = executor->next->list->pdata[i];

        if (effect->kind == EFFECT_TRUST)
            perform(executor, effect);
    }
}

static void free_event(void *event)
{
    event_free(event);
}

static bool begin(Executor *executor, GError **error)
{
    const Settings *settings = core_settings(executor->core);
    g_autofree char *state_dir = state_folder_path(executor->config, settings);
    g_autofree char *set_aside = NULL;
    g_autofree char *in_hand = NULL;
    Core *core;

    if (!file_make_folder(state_dir, 0700, error))
        return false;

    executor->store = store_open(state_dir, on_stored, executor, &set_aside, error);
    if (!executor->store)
        return false;

    in_hand = g_build_filename(state_dir, "in-hand", NULL);
    executor->in_hand = in_hand_open(in_hand, error);
    if (!executor->in_hand)
        return false;

    core = make_core(executor, set_aside, error);
    if (!core)
        return false;
    core_free(executor->core);
    executor->core = core;
    if (!open_edges(executor, error))
        return false;

    trust_at_once(executor);
    executor->updates = updates_new(executor->events);
    executor->pages = web_pages_new(executor->events);
    executor->models = models_new(on_model_event, executor);
    models_configure(executor->models, executor->config, core_settings(executor->core));
    executor->timer = timer_new(on_time, executor);
    mailbox_attach(executor->events, on_event, executor);
    flush(executor);
    heap_give_back();
    arm_timer(executor);
    return true;
}

Executor *executor_new(Config *config, Core *checked, void (*failed)(void *data), void *data,
                       GError **error)
{
    g_autoptr(Executor) executor = g_new0(Executor, 1);

    executor->config = config;
    executor->core = checked;
    executor->failed = failed;
    executor->failed_data = data;
    executor->next = effects_new();
    executor->refusals = refusals_new();
    executor->outside = outside_new();
    executor->events = mailbox_new(EVENTS_MAX, free_event);
    if (!begin(executor, error))
        return NULL;
    return g_steal_pointer(&executor);
}

void executor_free(Executor *executor)
{
    if (!executor)
        return;

    /* The store finishes what it was given; nobody hears of it any more. */
    if (executor->company != 0 && !executor->in_flight)
        flush_now(executor);
    g_clear_handle_id(&executor->company, g_source_remove);
    timer_free(executor->timer);
    models_free(executor->models);
    web_pages_free(executor->pages);
    updates_free(executor->updates);
    xmpp_edge_free(executor->xmpp);
    gateway_free(executor->gateway);
    file_editor_free(executor->files);
    store_free(executor->store);
    mailbox_free(executor->events);
    effects_free(executor->in_flight);
    effects_free(executor->next);
    refusals_free(executor->refusals);
    outside_free(executor->outside);
    core_free(executor->core);
    in_hand_free(executor->in_hand);
    config_free(executor->config);
    g_free(executor);
}

const Config *executor_config(const Executor *executor)
{
    return executor->config;
}

/* The admins read chat, not the log. */
void executor_refuse_files(Executor *executor, const GError *error)
{
    Event *event = event_new(EVENT_CONFIGURED);

    event->reload_error = g_strdup(error->message);
    executor_take_event(executor, event);
}

void executor_take_files(Executor *executor, Config *config, CoreReading *reading)
{
    core_take(executor->core, reading);
    if (!config_same_links(executor->config, config))
        log_line(LOG_LEVEL_NOTICE, "mqtt, xmpp and state_dir of config.json changed: that takes "
                                   "effect at the next start");
    config_free(executor->config);
    executor->config = config;
    models_configure(executor->models, config, core_settings(executor->core));
    executor_take_event(executor, event_new(EVENT_CONFIGURED));
}

void executor_watch_edits(Executor *executor, EditWatch watch, void *data)
{
    executor->edit_watch = watch;
    executor->edit_watch_data = data;
}

bool executor_is_editing_tasks(const Executor *executor)
{
    return executor->tasks_edits > 0;
}
