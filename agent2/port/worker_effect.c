#include "agent2/port/worker_effect.h"

#include "common/base/banned.h"

static void free_effect(void *effect)
{
    worker_effect_free(effect);
}

WorkerEffects *worker_effects_new(void)
{
    WorkerEffects *effects = g_new0(WorkerEffects, 1);

    effects->list = g_ptr_array_new_with_free_func(free_effect);
    return effects;
}

void worker_effects_free(WorkerEffects *effects)
{
    if (!effects)
        return;

    g_ptr_array_unref(effects->list);
    g_free(effects);
}

WorkerOrder *worker_order_new(void)
{
    WorkerOrder *order = g_new0(WorkerOrder, 1);

    order->window_end_ms = RUN_NO_WINDOW;
    return order;
}

void worker_order_free(WorkerOrder *order)
{
    if (!order)
        return;

    g_strfreev(order->argv);
    g_strfreev(order->environment);
    g_free(order);
}

void worker_effect_free(WorkerEffect *effect)
{
    if (!effect)
        return;

    switch (effect->kind) {
    case WORKER_EFFECT_CREATE:
        worker_order_free(effect->create.order);
        g_free(effect->create.meta);
        break;
    case WORKER_EFFECT_TOMBSTONE:
    case WORKER_EFFECT_CLAIM:
        g_free(effect->claim.meta);
        break;
    case WORKER_EFFECT_COUNTERS:
        g_free(effect->counters.text);
        break;
    case WORKER_EFFECT_READ:
        g_free(effect->read.in_reply_to);
        break;
    case WORKER_EFFECT_PUBLISH:
        g_free(effect->publish.topic);
        g_free(effect->publish.peer);
        message_free(effect->publish.message);
        break;
    case WORKER_EFFECT_UPDATE:
        g_free(effect->update.path);
        g_free(effect->update.branch);
        break;
    case WORKER_EFFECT_RENEW:
        g_free(effect->renew);
        break;
    case WORKER_EFFECT_LOG:
        g_free(effect->log.text);
        break;
    case WORKER_EFFECT_CANCEL:
    case WORKER_EFFECT_DONE:
    case WORKER_EFFECT_REMOVE:
    case WORKER_EFFECT_LAUNCH:
    case WORKER_EFFECT_ATTACH:
    case WORKER_EFFECT_PROBE:
        break;
    }
    g_free(effect->run);
    g_free(effect);
}

bool worker_effect_is_journal(const WorkerEffect *effect)
{
    return effect->kind <= WORKER_EFFECT_READ;
}

const char *worker_effect_name(WorkerEffectKind kind)
{
    static const char *const names[] = {
        [WORKER_EFFECT_CREATE] = "create",     [WORKER_EFFECT_TOMBSTONE] = "tombstone",
        [WORKER_EFFECT_CLAIM] = "claim",       [WORKER_EFFECT_CANCEL] = "cancel",
        [WORKER_EFFECT_DONE] = "done",         [WORKER_EFFECT_REMOVE] = "remove",
        [WORKER_EFFECT_COUNTERS] = "counters", [WORKER_EFFECT_READ] = "read",
        [WORKER_EFFECT_LAUNCH] = "launch",     [WORKER_EFFECT_ATTACH] = "attach",
        [WORKER_EFFECT_PUBLISH] = "publish",   [WORKER_EFFECT_PROBE] = "probe",
        [WORKER_EFFECT_RENEW] = "renew",       [WORKER_EFFECT_UPDATE] = "update",
        [WORKER_EFFECT_LOG] = "log",
    };

    g_assert(kind < G_N_ELEMENTS(names));
    return names[kind];
}

static WorkerEffect *append(WorkerEffects *effects, WorkerEffectKind kind, const char *run,
                            int64_t attempt)
{
    WorkerEffect *effect = g_new0(WorkerEffect, 1);

    effect->kind = kind;
    effect->run = g_strdup(run);
    effect->attempt = attempt;
    g_ptr_array_add(effects->list, effect);
    return effect;
}

void worker_effects_create(WorkerEffects *effects, const char *run, int64_t attempt,
                           WorkerOrder *order, const char *meta)
{
    WorkerEffect *effect = append(effects, WORKER_EFFECT_CREATE, run, attempt);

    effect->create.order = order;
    effect->create.meta = g_strdup(meta);
}

void worker_effects_tombstone(WorkerEffects *effects, const char *run, int64_t attempt,
                              ClaimKind kind, int64_t at_ms, const char *rule, const char *reason,
                              const char *meta)
{
    WorkerEffect *effect = append(effects, WORKER_EFFECT_TOMBSTONE, run, attempt);

    run_claim_init(&effect->claim.claim, kind, "", at_ms, rule, reason);
    effect->claim.meta = g_strdup(meta);
}

void worker_effects_claim(WorkerEffects *effects, const char *run, int64_t attempt, ClaimKind kind,
                          int64_t at_ms, const char *rule, const char *reason)
{
    WorkerEffect *effect = append(effects, WORKER_EFFECT_CLAIM, run, attempt);

    run_claim_init(&effect->claim.claim, kind, "", at_ms, rule, reason);
}

void worker_effects_cancel(WorkerEffects *effects, const char *run, int64_t attempt)
{
    append(effects, WORKER_EFFECT_CANCEL, run, attempt);
}

void worker_effects_done(WorkerEffects *effects, const char *run, int64_t attempt)
{
    append(effects, WORKER_EFFECT_DONE, run, attempt);
}

void worker_effects_remove(WorkerEffects *effects, const char *run, int64_t attempt)
{
    append(effects, WORKER_EFFECT_REMOVE, run, attempt);
}

void worker_effects_counters(WorkerEffects *effects, const char *text, uint64_t version)
{
    WorkerEffect *effect = append(effects, WORKER_EFFECT_COUNTERS, NULL, 0);

    effect->counters.text = g_strdup(text);
    effect->counters.version = version;
}

void worker_effects_read(WorkerEffects *effects, WorkerReadKind kind, const char *run,
                         int64_t attempt)
{
    WorkerEffect *effect = append(effects, WORKER_EFFECT_READ, run, attempt);

    effect->read.kind = kind;
    effect->read.is_news = kind == WORKER_READ_STATE;
}

void worker_effects_read_progress(WorkerEffects *effects, const char *run, int64_t attempt,
                                  bool is_news)
{
    WorkerEffect *effect = append(effects, WORKER_EFFECT_READ, run, attempt);

    effect->read.kind = WORKER_READ_PROGRESS;
    effect->read.is_news = is_news;
}

void worker_effects_read_output(WorkerEffects *effects, const char *run, int64_t attempt,
                                int64_t offset, const char *in_reply_to)
{
    WorkerEffect *effect = append(effects, WORKER_EFFECT_READ, run, attempt);

    effect->read.kind = WORKER_READ_OUTPUT;
    effect->read.offset = offset;
    effect->read.in_reply_to = g_strdup(in_reply_to);
}

void worker_effects_launch(WorkerEffects *effects, const char *run, int64_t attempt)
{
    append(effects, WORKER_EFFECT_LAUNCH, run, attempt);
}

void worker_effects_attach(WorkerEffects *effects, const char *run, int64_t attempt)
{
    append(effects, WORKER_EFFECT_ATTACH, run, attempt);
}

void worker_effects_publish(WorkerEffects *effects, const char *topic, const char *peer,
                            bool is_sealed, bool is_retained, Message *message)
{
    WorkerPublish *publish = &append(effects, WORKER_EFFECT_PUBLISH, NULL, 0)->publish;

    publish->topic = g_strdup(topic);
    publish->peer = g_strdup(peer);
    publish->is_sealed = is_sealed;
    publish->is_retained = is_retained;
    publish->message = message;
}

void worker_effects_probe(WorkerEffects *effects)
{
    append(effects, WORKER_EFFECT_PROBE, NULL, 0);
}

void worker_effects_renew(WorkerEffects *effects, const char *why)
{
    append(effects, WORKER_EFFECT_RENEW, NULL, 0)->renew = g_strdup(why);
}

void worker_effects_update(WorkerEffects *effects, const char *path, const char *branch)
{
    WorkerEffect *effect = append(effects, WORKER_EFFECT_UPDATE, NULL, 0);

    effect->update.path = g_strdup(path);
    effect->update.branch = g_strdup(branch);
}

void worker_effects_log(WorkerEffects *effects, WorkerLogLevel level, const char *run,
                        const char *format, ...)
{
    WorkerEffect *effect = append(effects, WORKER_EFFECT_LOG, run, 0);
    va_list arguments;

    effect->log.level = level;
    va_start(arguments, format);
    effect->log.text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
}
