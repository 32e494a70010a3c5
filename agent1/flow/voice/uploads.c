#include "agent1/flow/voice/uploads.h"

#include "agent1/flow/state/pending.h"
#include "agent1/flow/state/rows.h"
#include "agent1/flow/voice/say.h"
#include "common/base/redact.h"

#include <string.h>

#include "common/base/banned.h"

/* So many are promised at a time, since the edge takes no more at once. */
#define UPLOADS_MAX           16
#define UPLOADS_PICTURE_BYTES 65536 /* no picture is larger */
/* So long nobody waits for a file while the server is there: the edge gives up much earlier. */
#define UPLOADS_WAIT_MS (10 * 60 * INT64_C(1000))

bool uploads_may(const Core *core, const Run *run)
{
    return run->outcome.output && core->is_up[LINK_XMPP] &&
           strlen(run->outcome.output) <= core->share_max_bytes &&
           ledger_count(core->ledgers[TABLE_UPLOADS]) < UPLOADS_MAX;
}

static void upload(Core *core, const char *id, const Run *run)
{
    g_autofree char *id_copy = g_strdup(id);
    g_autofree char *text = redact_text(run->outcome.output, NULL);
    g_autofree char *name =
        g_strdup_printf("run-%" G_GINT64_FORMAT "-%s.txt", run->number, run->agent);
    const XmppAct act = { .kind = XMPP_ACT_UPLOAD, .id = id_copy, .about = name, .text = text };

    effects_xmpp(core->fx, &act);
}

void uploads_begin(Core *core, const Run *run, const char *jid)
{
    g_autofree char *id = core_new_id(core);
    Row *row = row_new(TABLE_UPLOADS);

    row_set_text(row, UPLOADS_ID, id);
    row_set_text(row, UPLOADS_RUN, run->id);
    row_set_int(row, UPLOADS_NUMBER, run->number);
    row_set_text(row, UPLOADS_AGENT, run->agent);
    row_set_text(row, UPLOADS_JID, jid);
    row_set_int(row, UPLOADS_CREATED, core->now_ms);
    ledger_put(core->ledgers[TABLE_UPLOADS], row, core->fx);
    upload(core, id, run);
}

/* ---- charts ---- */

bool uploads_may_draw(const Core *core)
{
    return core->is_up[LINK_XMPP] && core->share_max_bytes >= UPLOADS_PICTURE_BYTES &&
           ledger_count(core->ledgers[TABLE_UPLOADS]) < UPLOADS_MAX;
}

static void upload_chart(Core *core, const Row *row)
{
    g_autofree char *id = g_strdup(row_text(row, UPLOADS_ID));
    g_autofree char *name = g_strdup(row_text(row, UPLOADS_FILE));
    g_autofree char *chart = g_strdup(row_text(row, UPLOADS_CHART));
    const XmppAct act = { .kind = XMPP_ACT_UPLOAD_CHART, .id = id, .about = name, .text = chart };

    effects_xmpp(core->fx, &act);
}

void uploads_begin_chart(Core *core, const char *name, const char *chart, const char *jids)
{
    g_autofree char *id = core_new_id(core);
    Row *row = row_new(TABLE_UPLOADS);

    row_set_text(row, UPLOADS_ID, id);
    row_set_text(row, UPLOADS_JID, jids);
    row_set_int(row, UPLOADS_CREATED, core->now_ms);
    row_set_text(row, UPLOADS_FILE, name);
    row_set_text(row, UPLOADS_CHART, chart);
    ledger_put(core->ledgers[TABLE_UPLOADS], row, core->fx);
    upload_chart(core, row);
}

/* ---- once more ---- */

static void upload_again(Core *core, const Pending *pending, const GPtrArray *rows)
{
    const Row *promised = ledger_find(core->ledgers[TABLE_UPLOADS], pending->argument);
    g_autoptr(Run) run = rows->len > 0 ? rows_to_run(rows->pdata[0]) : NULL;

    if (promised && run && run->outcome.output)
        upload(core, pending->argument, run);
    else
        ledger_remove(core->ledgers[TABLE_UPLOADS], pending->argument, core->fx);
}

/* What is under way already the edge does not begin twice. */
static void go_on(Core *core)
{
    g_autoptr(GPtrArray) promised = ledger_list(core->ledgers[TABLE_UPLOADS]);
    unsigned i;

    for (i = 0; i < promised->len; i++) {
        const Row *row = promised->pdata[i];

        if (row_text(row, UPLOADS_CHART))
            upload_chart(core, row);
        else
            pending_ask(core, upload_again, NULL, NULL, NULL, row_text(row, UPLOADS_ID),
                        QUERY_RUN_BY_ID, row_text(row, UPLOADS_RUN), 0, 1);
    }
}

/* ---- what became of it ---- */

static void tell_chart_link(Core *core, const Row *row, const char *link)
{
    g_auto(GStrv) jids = g_strsplit(row_text(row, UPLOADS_JID), "\n", -1);
    unsigned i;

    for (i = 0; jids[i]; i++)
        say_link(core, jids[i], link);
}

static void tell_failure(Core *core, const Row *row, const char *why)
{
    const char *jid = row_text(row, UPLOADS_JID);
    int64_t number = row_int(row, UPLOADS_NUMBER);
    Language before = core_speak_to_jid(core, jid);
    g_autofree char *text = g_strdup_printf(
        core_words(core, "#%" G_GINT64_FORMAT " %s: no file of its output: %s; !output "
                         "%" G_GINT64_FORMAT " shows all of it"),
        number, row_text(row, UPLOADS_AGENT), core_words(core, why), number);

    core_speak(core, before);
    say_xmpp(core, jid, text);
}

/* Tells it, and forgets the row. link: NULL where there is none. */
static void finish(Core *core, const Row *row, const char *link, const char *why)
{
    bool is_chart = row_text(row, UPLOADS_CHART) != NULL;

    if (link && is_chart)
        tell_chart_link(core, row, link);
    else if (link)
        say_link(core, row_text(row, UPLOADS_JID), link);
    else if (is_chart)
        effects_log(core->fx, EFFECT_LOG_NOTICE, NULL, NULL, "%s is not sent: %s",
                    row_text(row, UPLOADS_FILE), why);
    else
        tell_failure(core, row, why);
    ledger_remove(core->ledgers[TABLE_UPLOADS], row_text(row, UPLOADS_ID), core->fx);
}

void uploads_take(Core *core, const XmppFact *fact)
{
    const Row *row;

    if (fact->kind == XMPP_FACT_SHARE) {
        core->share_max_bytes = fact->max_bytes;
        if (core->share_max_bytes > 0)
            go_on(core);
        return;
    }

    row = ledger_find(core->ledgers[TABLE_UPLOADS], fact->about);
    if (!row || (fact->kind == XMPP_FACT_NOT_UPLOADED && !core->is_up[LINK_XMPP]))
        return;
    if (fact->kind == XMPP_FACT_UPLOADED)
        finish(core, row, fact->text, NULL);
    else
        finish(core, row, NULL, fact->text);
}

/* ---- what nobody tells ---- */

static int64_t due_ms(const Core *core, const Row *row)
{
    return MAX(row_int(row, UPLOADS_CREATED), core->link_since_ms[LINK_XMPP]) + UPLOADS_WAIT_MS;
}

void uploads_set_back(Core *core)
{
    ledger_set_back(core->ledgers[TABLE_UPLOADS], UPLOADS_CREATED, core->now_ms, core->fx);
}

void uploads_tick(Core *core)
{
    g_autoptr(GPtrArray) promised = ledger_list(core->ledgers[TABLE_UPLOADS]);
    unsigned i;

    for (i = 0; core->is_up[LINK_XMPP] && i < promised->len; i++) {
        if (due_ms(core, promised->pdata[i]) <= core->now_ms)
            finish(core, promised->pdata[i], NULL,
                   WORDS_LATER("the XMPP server gives no place for it"));
    }
}

int64_t uploads_next_deadline(const Core *core)
{
    g_autoptr(GPtrArray) promised = ledger_list(core->ledgers[TABLE_UPLOADS]);
    int64_t next_ms = INT64_MAX;
    unsigned i;

    for (i = 0; core->is_up[LINK_XMPP] && i < promised->len; i++)
        next_ms = MIN(next_ms, due_ms(core, promised->pdata[i]));
    return next_ms;
}
