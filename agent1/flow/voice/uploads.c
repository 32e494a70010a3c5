#include "agent1/flow/voice/uploads.h"

#include "agent1/flow/state/pending.h"
#include "agent1/flow/state/rows.h"
#include "agent1/flow/voice/say.h"
#include "common/base/redact.h"

#include <string.h>

#include "common/base/banned.h"

/* So many are promised at a time, since the edge takes no more at once; what could not be done for
 * so long is not news any more. */
#define UPLOADS_MAX           16
#define UPLOADS_PICTURE_BYTES 65536 /* no picture is larger */
#define UPLOADS_KEPT_MS       (24 * 3600 * INT64_C(1000))

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

void uploads_begin_chart(Core *core, const char *name, const DayChart *chart, const char *jids)
{
    g_autofree char *id = core_new_id(core);
    g_autofree char *text = day_chart_print(chart);
    Row *row = row_new(TABLE_UPLOADS);

    row_set_text(row, UPLOADS_ID, id);
    row_set_text(row, UPLOADS_JID, jids);
    row_set_int(row, UPLOADS_CREATED, core->now_ms);
    row_set_text(row, UPLOADS_FILE, name);
    row_set_text(row, UPLOADS_CHART, text);
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
        g_autofree char *id = g_strdup(row_text(row, UPLOADS_ID));

        if (core->now_ms - row_int(row, UPLOADS_CREATED) > UPLOADS_KEPT_MS)
            ledger_remove(core->ledgers[TABLE_UPLOADS], id, core->fx);
        else if (row_text(row, UPLOADS_CHART))
            upload_chart(core, row);
        else
            pending_ask(core, upload_again, NULL, NULL, NULL, id, QUERY_RUN_BY_ID,
                        row_text(row, UPLOADS_RUN), 0, 1);
    }
}

/* ---- what became of it ---- */

static void tell_of_chart(Core *core, const Row *row, const XmppFact *fact)
{
    g_auto(GStrv) jids = g_strsplit(row_text(row, UPLOADS_JID), "\n", -1);
    unsigned i;

    for (i = 0; fact->kind == XMPP_FACT_UPLOADED && jids[i]; i++)
        say_link(core, jids[i], fact->text);
    if (fact->kind == XMPP_FACT_NOT_UPLOADED)
        effects_log(core->fx, EFFECT_LOG_NOTICE, NULL, NULL, "%s is not sent: %s",
                    row_text(row, UPLOADS_FILE), fact->text);
}

static void tell(Core *core, const Row *row, const XmppFact *fact)
{
    const char *jid = row_text(row, UPLOADS_JID);
    int64_t number = row_int(row, UPLOADS_NUMBER);
    g_autofree char *text = NULL;
    Language before;

    if (fact->kind == XMPP_FACT_UPLOADED) {
        say_link(core, jid, fact->text);
        return;
    }
    before = core_speak_to_jid(core, jid);
    text = g_strdup_printf(core_words(core, "#%" G_GINT64_FORMAT
                                            " %s: no file of its output: %s; !output "
                                            "%" G_GINT64_FORMAT " shows all of it"),
                           number, row_text(row, UPLOADS_AGENT), fact->text, number);
    core_speak(core, before);
    say_xmpp(core, jid, text);
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
    if (row_text(row, UPLOADS_CHART))
        tell_of_chart(core, row, fact);
    else
        tell(core, row, fact);
    ledger_remove(core->ledgers[TABLE_UPLOADS], fact->about, core->fx);
}
