#include "agent2/app/worker_executor.h"

#include "agent2/app/state_lock.h"
#include "agent2/app/worker_assembly.h"
#include "agent2/app/worker_batches.h"
#include "common/sys/crash_point.h"
#include "common/sys/in_hand.h"
#include "agent2/edge/host_facts.h"
#include "agent2/edge/watch.h"
#include "agent2/edge/worker_gateway.h"
#include "agent2/flow/worker.h"
#include "common/base/problem.h"
#include "common/data/zones.h"
#include "common/sys/clock.h"
#include "common/sys/file.h"
#include "common/sys/log.h"
#include "common/sys/notify.h"
#include "common/sys/random.h"
#include "common/sys/secret.h"
#include "common/sys/timer.h"
#include "common/sys/update_checker.h"
#include "common/wire/frame.h"
#include "common/wire/key.h"

#include <string.h>

#include "common/base/banned.h"

#define ANSWERS_MAX   (2 * WORKER_UNDER_WAY_MAX)
#define BATCHES_BUSY  1000 /* steps that wait for the disk, before no message is taken any more */
#define STOP_LIMIT_MS 1000

struct WorkerExecutor {
    WorkerConfig *config;
    WorkerExecutorHandlers handlers;
    void *data;
    char *boot_id;
    int lock_fd;
    Key secret;
    Zones *zones;
    Worker *worker;
    Timer *timer;
    Mailbox *answers;
    Journal *journal;
    Launcher *launcher;
    Watch *watch;
    InHand *in_hand;
    WorkerGateway *gateway;
    UpdateChecker *updates;
    GQueue *events; /* WorkerEvent *, not stepped yet */
    WorkerBatches *batches;
    bool is_draining;
    bool is_stopping;
    bool is_failed;
    guint stop_source;
};

static void drain(WorkerExecutor *executor);

static void free_event(void *event)
{
    worker_event_free(event);
}

static void fail(WorkerExecutor *executor, const char *what, const char *why)
{
    if (executor->is_failed)
        return;

    executor->is_failed = true;
    log_line(LOG_LEVEL_ERROR, "%s: %s; this program ends, and its tasks go on", what, why);
    executor->handlers.failed(executor->data);
}

static void feed(WorkerExecutor *executor, WorkerEvent *event)
{
    g_queue_push_tail(executor->events, event);
    drain(executor);
}

/* ---- outward effects ---------------------------------------------------------------------------
 */

static char *run_path(const WorkerExecutor *executor, const WorkerEffect *effect)
{
    return journal_run_path(executor->config->state_dir, effect->run, effect->attempt);
}

/* The run and attempt of a path that run_path() made. */
static WorkerEvent *new_path_event(WorkerEventKind kind, const char *path)
{
    g_autofree char *name = g_path_get_basename(path);
    char run[RUN_ID_CHARS + 1];
    int64_t attempt;

    if (!run_name_parse(name, run, &attempt))
        return NULL;
    return worker_event_new_for_run(kind, run, attempt);
}

static void do_launch(WorkerExecutor *executor, const WorkerEffect *effect)
{
    g_autofree char *path = run_path(executor, effect);
    g_autoptr(GError) error = NULL;

    crash_point("worker.launching");
    if (watch_add(executor->watch, path, true, &error) &&
        launcher_start(executor->launcher, path, &error)) {
        crash_point("worker.launched");
        return;
    }

    if (!g_error_matches(error, PROBLEM, PROBLEM_FULL)) {
        fail(executor, "a shim cannot be started", error->message);
        return;
    }
    watch_remove(executor->watch, path);
    g_queue_push_tail(executor->events, worker_event_new_for_run(WORKER_EVENT_NOT_LAUNCHED,
                                                                 effect->run, effect->attempt));
}

static void do_attach(WorkerExecutor *executor, const WorkerEffect *effect)
{
    g_autofree char *path = run_path(executor, effect);
    g_autoptr(GError) error = NULL;

    if (watch_add(executor->watch, path, false, &error))
        return;
    log_line(LOG_LEVEL_WARNING, "%s cannot be watched: %s", path, error->message);
    g_queue_push_tail(executor->events,
                      worker_event_new_for_run(WORKER_EVENT_SETTLED, effect->run, effect->attempt));
}

static void do_publish(WorkerExecutor *executor, const WorkerEffect *effect)
{
    if (!executor->gateway)
        return;
    if (effect->publish.message->kind == MESSAGE_REPORT)
        host_facts_add(&effect->publish.message->report, executor->config->state_dir);
    worker_gateway_publish(executor->gateway, &effect->publish);
}

static WorkerEvent *new_update_event(UpdateNews *news)
{
    WorkerEvent *event = worker_event_new(WORKER_EVENT_UPDATE);

    event->news = news;
    return event;
}

static void do_update(WorkerExecutor *executor, const WorkerEffect *effect)
{
    if (!update_checker_start(executor->updates, effect->update.path, effect->update.branch))
        g_queue_push_tail(executor->events, new_update_event(update_news_new(UPDATE_BUSY)));
}

static void do_log(WorkerExecutor *executor, const WorkerEffect *effect)
{
    static const LogLevel levels[] = {
        [WORKER_LOG_ERROR] = LOG_LEVEL_ERROR,
        [WORKER_LOG_WARNING] = LOG_LEVEL_WARNING,
        [WORKER_LOG_NOTICE] = LOG_LEVEL_NOTICE,
        [WORKER_LOG_INFO] = LOG_LEVEL_INFO,
    };
    const LogField fields[] = {
        { .name = "RUN", .value = effect->run },
        { .name = "AGENT", .value = executor->config->name },
    };

    log_write(levels[effect->log.level], fields, G_N_ELEMENTS(fields), "%s", effect->log.text);
}

static void do_one(WorkerExecutor *executor, const WorkerEffect *effect)
{
    switch (effect->kind) {
    case WORKER_EFFECT_LAUNCH:
        do_launch(executor, effect);
        return;
    case WORKER_EFFECT_ATTACH:
        do_attach(executor, effect);
        return;
    case WORKER_EFFECT_PUBLISH:
        do_publish(executor, effect);
        return;
    case WORKER_EFFECT_PROBE:
        worker_gateway_probe(executor->gateway);
        return;
    case WORKER_EFFECT_RENEW:
        worker_gateway_renew(executor->gateway, effect->renew);
        return;
    case WORKER_EFFECT_UPDATE:
        do_update(executor, effect);
        return;
    case WORKER_EFFECT_LOG:
        do_log(executor, effect);
        return;
    case WORKER_EFFECT_CREATE:
    case WORKER_EFFECT_TOMBSTONE:
    case WORKER_EFFECT_CLAIM:
    case WORKER_EFFECT_CANCEL:
    case WORKER_EFFECT_DONE:
    case WORKER_EFFECT_REMOVE:
    case WORKER_EFFECT_COUNTERS:
    case WORKER_EFFECT_READ:
        break;
    }
    g_assert_not_reached();
}

/* A process takes longest, agent1 waits for news, and nobody waits for the log. What is said leaves
 * before the connection is given up. */
static unsigned rank_of(const WorkerEffect *effect)
{
    if (effect->kind == WORKER_EFFECT_LOG || effect->kind == WORKER_EFFECT_RENEW)
        return 2;
    return effect->kind == WORKER_EFFECT_PUBLISH ? 1 : 0;
}

/* Each kind in its order. */
static void do_outward(WorkerExecutor *executor, const GPtrArray *outward)
{
    for (unsigned rank = 0; rank <= 2; rank++) {
        for (guint i = 0; i < outward->len; i++) {
            const WorkerEffect *effect = g_ptr_array_index(outward, i);

            if (rank_of(effect) == rank)
                do_one(executor, effect);
        }
    }
}

/* ---- the turn ----------------------------------------------------------------------------------
 */

/* Gives the journal what it may have. */
static void hand_over(WorkerExecutor *executor)
{
    WorkerEffect *effect;

    while ((effect = worker_batches_hand_over(executor->batches)) != NULL) {
        bool is_taken = journal_do(executor->journal, effect);

        /* It has room for more than may be under way. */
        g_assert(is_taken);
    }
}

/* Does what may be done of the oldest batch. True when it left. */
static bool advance(WorkerExecutor *executor)
{
    g_autoptr(GPtrArray) outward = NULL;

    hand_over(executor);
    outward = worker_batches_finish(executor->batches);
    if (!outward)
        return false;

    crash_point("worker.durable");
    do_outward(executor, outward);
    crash_point("worker.told");
    return true;
}

static void step(WorkerExecutor *executor, WorkerEvent *event)
{
    g_autoptr(WorkerEffects) effects = worker_effects_new();

    event->now_ms = clock_now_ms();
    event->boot_ms = clock_boot_ms();
    random_fill(event->seed, sizeof event->seed);
    worker_step(executor->worker, event, effects);
    worker_batches_add(executor->batches, effects);
}

static void finish_stop(WorkerExecutor *executor)
{
    g_clear_handle_id(&executor->stop_source, g_source_remove);
    executor->is_stopping = false;
    executor->handlers.stopped(executor->data);
}

static void check_stopped(WorkerExecutor *executor)
{
    if (executor->is_stopping && worker_batches_count(executor->batches) == 0 &&
        (!executor->gateway || worker_gateway_outstanding(executor->gateway) == 0))
        finish_stop(executor);
}

static bool open_gateway(WorkerExecutor *executor, GError **error);

/* The journal's name and a session must be durable before anybody hears of them. */
static void connect_when_ready(WorkerExecutor *executor)
{
    g_autoptr(GError) error = NULL;

    if (executor->gateway || executor->is_stopping || executor->is_failed ||
        !worker_may_connect(executor->worker))
        return;
    if (!open_gateway(executor, &error))
        fail(executor, "the MQTT connection", error->message);
}

static void drain(WorkerExecutor *executor)
{
    bool goes_on = true;

    if (executor->is_draining)
        return;

    executor->is_draining = true;
    while (goes_on && !executor->is_failed) {
        g_autoptr(WorkerEvent) event = g_queue_pop_head(executor->events);

        if (event)
            step(executor, event);
        goes_on = advance(executor) || event != NULL;
    }
    executor->is_draining = false;
    connect_when_ready(executor);
    timer_arm(executor->timer,
              worker_next_deadline(executor->worker, clock_now_ms(), clock_boot_ms()));
    check_stopped(executor);
}

/* ---- what the edges say ------------------------------------------------------------------------
 */

static void on_timer(void *data)
{
    feed(data, worker_event_new(WORKER_EVENT_TICK));
}

static void on_answer(void *item, void *data)
{
    WorkerExecutor *executor = data;
    WorkerEvent *event = item;

    crash_point("worker.answered");
    worker_batches_answered(executor->batches, event->batch);
    if (event->kind == WORKER_EVENT_JOURNALED && event->journaled.outcome == WORKER_BROKEN) {
        fail(executor, "the state folder", event->journaled.problem);
        worker_event_free(event);
        return;
    }
    feed(executor, event);
}

static void on_grew(const char *path, int64_t output_end, void *data)
{
    WorkerEvent *event = new_path_event(WORKER_EVENT_GREW, path);

    if (!event)
        return;
    event->bytes = output_end;
    feed(data, event);
}

static void on_settled(const char *path, void *data)
{
    WorkerEvent *event = new_path_event(WORKER_EVENT_SETTLED, path);

    if (event)
        feed(data, event);
}

static void on_update_news(const UpdateNews *news, void *data)
{
    feed(data, new_update_event(update_news_copy(news)));
}

/* The zones a policy names are read here: the core looks them up. */
static void add_zones(WorkerExecutor *executor, const Message *message)
{
    static const char *const members[] = { "timezone", "work_hours_timezone" };

    if (message->kind != MESSAGE_CONTROL || message->control.action != CONTROL_POLICY)
        return;
    for (size_t i = 0; i < G_N_ELEMENTS(members); i++)
        worker_assembly_add_zone(executor->zones,
                                 json_string(json_member(message->control.policy, members[i])));
}

static void on_gateway_event(WorkerEvent *event, void *data)
{
    if (event->kind == WORKER_EVENT_MESSAGE)
        add_zones(data, event->message.message);
    feed(data, event);
}

static bool is_busy(void *data)
{
    const WorkerExecutor *executor = data;

    return worker_batches_count(executor->batches) > BATCHES_BUSY;
}

static Message *make_will(const char **out_peer, void *data)
{
    WorkerExecutor *executor = data;
    uint8_t seed[IDS_SEED_BYTES];

    random_fill(seed, sizeof seed);
    return worker_next_will(executor->worker, clock_now_ms(), seed, out_peer);
}

static void on_drained(void *data)
{
    check_stopped(data);
}

/* ---- life --------------------------------------------------------------------------------------
 */

static bool open_gateway(WorkerExecutor *executor, GError **error)
{
    static const WorkerGatewayHandlers handlers = {
        .event = on_gateway_event,
        .is_busy = is_busy,
        .make_will = make_will,
        .drained = on_drained,
    };
    const WorkerConfig *config = executor->config;
    WorkerGatewaySettings settings = {
        .name = config->name,
        .mqtt = {
            .url = config->mqtt_url,
            .username = config->mqtt_username,
            .password = config->mqtt_password,
            .ca_file = config->mqtt_ca_file,
            .cert_file = config->mqtt_cert_file,
            .key_file = config->mqtt_key_file,
            .keep_alive_s = (unsigned)config->mqtt_keep_alive_s,
        },
        .secret = &executor->secret,
        .is_sealed = config->is_sealed,
        .keys = config->orchestrator_keys,
        .in_hand = executor->in_hand,
    };

    executor->gateway = worker_gateway_new(&settings, &handlers, executor, error);
    return executor->gateway != NULL;
}

static bool open_state(WorkerExecutor *executor, GError **error)
{
    const WorkerConfig *config = executor->config;
    g_autofree char *in_hand = g_build_filename(config->state_dir, "in-hand", NULL);

    if (!worker_assembly_make_state_dir(config->state_dir, error))
        return false;
    executor->lock_fd = state_lock_take(config->state_dir, error);
    if (executor->lock_fd < 0)
        return false;
    executor->in_hand = in_hand_open(in_hand, error);
    return executor->in_hand && secret_key_load(config->key_path, &executor->secret, error);
}

static bool restore(WorkerExecutor *executor, GError **error)
{
    WorkerConfig *config = executor->config;
    g_autoptr(WorkerEffects) effects = worker_effects_new();
    g_autoptr(GPtrArray) folders = NULL;
    g_autofree char *fingerprint = NULL;
    uint8_t seed[IDS_SEED_BYTES];
    Key own;

    frame_public_key(&executor->secret, &own);
    fingerprint = key_fingerprint(&own);
    executor->worker =
        worker_assembly_new_worker(config, executor->boot_id, executor->zones, error);
    if (!executor->worker)
        return false;
    folders = journal_read_folders(config->state_dir, executor->boot_id, error);
    if (!folders)
        return false;

    random_fill(seed, sizeof seed);
    worker_restore(executor->worker, folders, clock_now_ms(), clock_boot_ms(), seed, effects);
    log_line(LOG_LEVEL_NOTICE, "agent %s, journal %s, %u run folders; fingerprint of its key: %s",
             config->name, worker_journal_id(executor->worker), folders->len, fingerprint);
    worker_batches_add(executor->batches, effects);
    return true;
}

static bool open_edges(WorkerExecutor *executor, GError **error)
{
    static const WatchHandlers watch_handlers = { .grew = on_grew, .settled = on_settled };
    JournalOrders *orders = g_steal_pointer(&executor->config->orders);

    executor->answers = mailbox_new(ANSWERS_MAX, free_event);
    mailbox_attach(executor->answers, on_answer, executor);
    executor->journal = journal_new(executor->config->state_dir, executor->boot_id, orders,
                                    executor->answers, error);
    if (!executor->journal)
        return false;
    executor->watch = watch_new(&watch_handlers, executor, error);
    executor->updates = update_checker_new(on_update_news, executor);
    executor->timer = timer_new(on_timer, executor);
    return executor->watch != NULL;
}

WorkerExecutor *worker_executor_new(WorkerConfig *config, Launcher *launcher,
                                    const WorkerExecutorHandlers *handlers, void *data,
                                    GError **error)
{
    g_autoptr(WorkerExecutor) executor = g_new0(WorkerExecutor, 1);
    char boot_id[RUN_BOOT_ID_CHARS + 1];

    executor->config = config;
    executor->launcher = launcher;
    executor->handlers = *handlers;
    executor->data = data;
    executor->lock_fd = -1;
    executor->events = g_queue_new();
    executor->batches = worker_batches_new();
    executor->zones = zones_new();
    if (!worker_assembly_read_boot_id(boot_id, error))
        return NULL;
    executor->boot_id = g_strdup(boot_id);
    if (!open_state(executor, error) || !restore(executor, error) || !open_edges(executor, error))
        return NULL;
    drain(executor);
    return g_steal_pointer(&executor);
}

void worker_executor_free(WorkerExecutor *executor)
{
    if (!executor)
        return;

    g_clear_handle_id(&executor->stop_source, g_source_remove);
    update_checker_free(executor->updates);
    worker_gateway_free(executor->gateway);
    journal_free(executor->journal);
    mailbox_free(executor->answers);
    watch_free(executor->watch);
    launcher_free(executor->launcher);
    timer_free(executor->timer);
    in_hand_free(executor->in_hand);
    g_queue_free_full(executor->events, free_event);
    worker_batches_free(executor->batches);
    worker_free(executor->worker);
    zones_free(executor->zones);
    worker_config_free(executor->config);
    state_lock_release(executor->lock_fd);
    explicit_bzero(&executor->secret, sizeof executor->secret);
    g_free(executor->boot_id);
    g_free(executor);
}

bool worker_executor_reload(WorkerExecutor *executor, GError **error)
{
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(WorkerConfig) config = worker_config_load(executor->config->path, warnings, error);
    g_autoptr(WorkerEffects) effects = worker_effects_new();
    const char *fixed = config ? worker_config_fixed_member(executor->config, config) : NULL;

    for (guint i = 0; i < warnings->len; i++)
        log_line(LOG_LEVEL_WARNING, "%s", (const char *)g_ptr_array_index(warnings, i));
    if (!config)
        return false;
    if (fixed) {
        g_set_error(error, PROBLEM, PROBLEM_VALUE, "%s: %s: only a restart can change this",
                    config->path, fixed);
        return false;
    }
    worker_configure(executor->worker, worker_assembly_settings(config, executor->boot_id),
                     effects);
    if (executor->gateway)
        worker_gateway_set_keys(executor->gateway, config->orchestrator_keys);
    journal_set_orders(executor->journal, g_steal_pointer(&config->orders));
    worker_config_free(executor->config);
    executor->config = g_steal_pointer(&config);
    worker_batches_add(executor->batches, effects);
    drain(executor);
    return true;
}

static gboolean on_stop_limit(void *data)
{
    WorkerExecutor *executor = data;

    executor->stop_source = 0;
    finish_stop(executor);
    return G_SOURCE_REMOVE;
}

void worker_executor_stop(WorkerExecutor *executor)
{
    if (executor->is_stopping)
        return;

    executor->is_stopping = true;
    executor->stop_source = g_timeout_add(STOP_LIMIT_MS, on_stop_limit, executor);
    feed(executor, worker_event_new(WORKER_EVENT_STOP));
}
