#include "agent1/port/effect.h"

#include "common/base/banned.h"

static void free_effect(void *effect)
{
    effect_free(effect);
}

Effects *effects_new(void)
{
    Effects *effects = g_new0(Effects, 1);

    effects->list = g_ptr_array_new_with_free_func(free_effect);
    return effects;
}

void effects_free(Effects *effects)
{
    if (!effects)
        return;

    g_ptr_array_unref(effects->list);
    g_free(effects);
}

static void clear_audit(EffectAudit *audit)
{
    g_free(audit->kind);
    g_free(audit->principal);
    g_free(audit->agent);
    g_free(audit->run);
    g_free(audit->text);
}

static void clear_edit(EffectEditFile *edit)
{
    g_free(edit->id);
    g_free(edit->file);
    g_free(edit->name);
    g_free(edit->members);
}

static void clear_outward(Effect *effect)
{
    if (effect->kind == EFFECT_PUBLISH) {
        g_free(effect->publish.topic);
        g_free(effect->publish.peer);
        message_free(effect->publish.message);
    } else if (effect->kind == EFFECT_SAY) {
        g_free(effect->say.id);
        g_free(effect->say.jid);
        g_free(effect->say.text);
        g_free(effect->say.replaces);
    } else if (effect->kind == EFFECT_XMPP) {
        xmpp_act_clear(&effect->act);
    } else if (effect->kind == EFFECT_LOG) {
        g_free(effect->log.run);
        g_free(effect->log.agent);
        g_free(effect->log.text);
    }
}

static void clear_query(EffectQuery *query)
{
    g_free(query->text);
    g_free(query->beside);
    g_free(query->writer);
    g_bytes_unref(query->vector);
}

void effect_free(Effect *effect)
{
    if (!effect)
        return;

    switch (effect->kind) {
    case EFFECT_PUT:
        row_free(effect->row);
        break;
    case EFFECT_DELETE:
        g_free(effect->removal.key);
        break;
    case EFFECT_AUDIT:
        clear_audit(&effect->audit);
        break;
    case EFFECT_QUERY:
        clear_query(&effect->query);
        break;
    case EFFECT_PUBLISH_PLAIN:
        g_free(effect->plain.topic);
        g_free(effect->plain.text);
        g_free(effect->plain.id);
        break;
    case EFFECT_LISTEN:
        g_free(effect->listen.id);
        g_free(effect->listen.filter);
        break;
    case EFFECT_TRUST:
        g_ptr_array_unref(effect->trusted);
        break;
    case EFFECT_UPDATE:
        g_free(effect->update.path);
        g_free(effect->update.branch);
        break;
    case EFFECT_MODEL_CALL:
        model_call_free(effect->call);
        break;
    case EFFECT_PAGE_CALL:
        page_call_free(effect->page);
        break;
    case EFFECT_EMBED:
        embed_call_free(effect->embed);
        break;
    case EFFECT_MODEL_CANCEL:
    case EFFECT_PAGE_CANCEL:
        g_free(effect->cancelled);
        break;
    case EFFECT_EDIT_FILE:
        clear_edit(&effect->edit);
        break;
    case EFFECT_PUBLISH:
    case EFFECT_SAY:
    case EFFECT_XMPP:
    case EFFECT_LOG:
        clear_outward(effect);
        break;
    }
    g_free(effect);
}

bool effect_is_stored(const Effect *effect)
{
    return effect->kind == EFFECT_PUT || effect->kind == EFFECT_DELETE ||
           effect->kind == EFFECT_AUDIT;
}

static Effect *append(Effects *effects, EffectKind kind)
{
    Effect *effect = g_new0(Effect, 1);

    effect->kind = kind;
    g_ptr_array_add(effects->list, effect);
    return effect;
}

void effects_put(Effects *effects, Row *row)
{
    append(effects, EFFECT_PUT)->row = row;
}

void effects_delete(Effects *effects, Table table, const char *key)
{
    Effect *effect = append(effects, EFFECT_DELETE);

    effect->removal.table = table;
    effect->removal.key = g_strdup(key);
}

void effects_audit(Effects *effects, int64_t at_ms, const char *kind, const char *principal,
                   const char *agent, const char *run, const char *format, ...)
{
    EffectAudit *audit = &append(effects, EFFECT_AUDIT)->audit;
    va_list arguments;

    audit->at_ms = at_ms;
    audit->kind = g_strdup(kind);
    audit->principal = g_strdup(principal);
    audit->agent = g_strdup(agent);
    audit->run = g_strdup(run);
    va_start(arguments, format);
    audit->text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
}

void effects_query_all(Effects *effects, uint64_t cookie, const EffectQuery *query)
{
    EffectQuery *own = &append(effects, EFFECT_QUERY)->query;

    *own = *query;
    own->cookie = cookie;
    own->text = g_strdup(query->text);
    own->beside = g_strdup(query->beside);
    own->writer = g_strdup(query->writer);
    own->vector = query->vector ? g_bytes_ref(query->vector) : NULL;
}

void effects_query_range(Effects *effects, uint64_t cookie, QueryKind kind, const char *text,
                         int64_t from_ms, int64_t until_ms, unsigned limit)
{
    const EffectQuery query = { .kind = kind,
                                .text = (char *)(guintptr)text, /* copied, not changed */
                                .number = from_ms,
                                .until = until_ms,
                                .limit = limit };

    effects_query_all(effects, cookie, &query);
}

void effects_query(Effects *effects, uint64_t cookie, QueryKind kind, const char *text,
                   int64_t number, unsigned limit)
{
    effects_query_range(effects, cookie, kind, text, number, 0, limit);
}

void effects_publish(Effects *effects, const char *topic, const char *peer, bool is_sealed,
                     Message *message)
{
    EffectPublish *publish = &append(effects, EFFECT_PUBLISH)->publish;

    publish->topic = g_strdup(topic);
    publish->peer = g_strdup(peer);
    publish->is_sealed = is_sealed;
    publish->message = message;
}

void effects_publish_plain(Effects *effects, const char *topic, const char *text, bool is_retained)
{
    EffectPlain *plain = &append(effects, EFFECT_PUBLISH_PLAIN)->plain;

    plain->topic = g_strdup(topic);
    plain->text = g_strdup(text);
    plain->is_retained = is_retained;
}

void effects_publish_told(Effects *effects, const char *id, const char *topic, const char *text,
                          bool is_retained)
{
    effects_publish_plain(effects, topic, text, is_retained);
    ((Effect *)effects->list->pdata[effects->list->len - 1])->plain.id = g_strdup(id);
}

void effects_listen(Effects *effects, const char *id, const char *filter)
{
    EffectListen *listen = &append(effects, EFFECT_LISTEN)->listen;

    listen->id = g_strdup(id);
    listen->filter = g_strdup(filter);
}

void effects_reply(Effects *effects, const char *topic, const char *peer, Message *message,
                   Words words)
{
    effects_publish(effects, topic, peer, true, message);
    ((Effect *)effects->list->pdata[effects->list->len - 1])->publish.words = words;
}

void effects_say(Effects *effects, const char *id, const char *jid, const char *text, Words words)
{
    EffectSay *say = &append(effects, EFFECT_SAY)->say;

    say->id = g_strdup(id);
    say->jid = g_strdup(jid);
    say->text = g_strdup(text);
    say->words = words;
}

void effects_say_correction(Effects *effects, const char *id, const char *jid, const char *replaces,
                            const char *text, Words words)
{
    effects_say(effects, id, jid, text, words);
    ((Effect *)effects->list->pdata[effects->list->len - 1])->say.replaces = g_strdup(replaces);
}

void effects_say_link(Effects *effects, const char *id, const char *jid, const char *url,
                      Words words)
{
    effects_say(effects, id, jid, url, words);
    ((Effect *)effects->list->pdata[effects->list->len - 1])->say.is_link = true;
}

void effects_xmpp(Effects *effects, const XmppAct *act)
{
    g_autofree XmppAct *copy = xmpp_act_copy(act);

    append(effects, EFFECT_XMPP)->act = *copy;
}

void effects_trust(Effects *effects, GPtrArray *keys)
{
    append(effects, EFFECT_TRUST)->trusted = keys;
}

void effects_update(Effects *effects, const char *path, const char *branch)
{
    EffectUpdate *update = &append(effects, EFFECT_UPDATE)->update;

    update->path = g_strdup(path);
    update->branch = g_strdup(branch);
}

void effects_model_call(Effects *effects, ModelCall *call)
{
    append(effects, EFFECT_MODEL_CALL)->call = call;
}

void effects_model_cancel(Effects *effects, const char *id)
{
    append(effects, EFFECT_MODEL_CANCEL)->cancelled = g_strdup(id);
}

void effects_page_call(Effects *effects, PageCall *call)
{
    append(effects, EFFECT_PAGE_CALL)->page = call;
}

void effects_page_cancel(Effects *effects, const char *id)
{
    append(effects, EFFECT_PAGE_CANCEL)->cancelled = g_strdup(id);
}

void effects_embed(Effects *effects, EmbedCall *call)
{
    append(effects, EFFECT_EMBED)->embed = call;
}

void effects_edit_file(Effects *effects, const char *id, const char *file, const char *name,
                       const char *members, bool is_fill)
{
    EffectEditFile *edit = &append(effects, EFFECT_EDIT_FILE)->edit;

    edit->id = g_strdup(id);
    edit->file = g_strdup(file);
    edit->name = g_strdup(name);
    edit->members = g_strdup(members);
    edit->is_fill = is_fill;
}

void effects_log(Effects *effects, EffectLogLevel level, const char *run, const char *agent,
                 const char *format, ...)
{
    EffectLog *log = &append(effects, EFFECT_LOG)->log;
    va_list arguments;

    log->level = level;
    log->run = g_strdup(run);
    log->agent = g_strdup(agent);
    va_start(arguments, format);
    log->text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
}
