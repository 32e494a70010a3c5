#include "agent1/flow/gate/approvals.h"

#include <string.h>

#include "agent1/flow/state/reason_words.h"
#include "agent1/flow/state/rows.h"
#include "common/base/text.h"
#include "common/base/timestamp.h"
#include "common/wire/approval.h"
#include "common/wire/reason.h"
#include "common/base/banned.h"

#define STATE_OPEN    "open"
#define STATE_PUT_OFF "deferred"
/* So long before it expires people are reminded; sooner where it lives shortly. */
#define REMIND_MAX_MS (15 * 60 * INT64_C(1000))
#define NAMES_SHOWN   5

static char *hash_of(const Run *run)
{
    ApprovalSubject subject = { .run = run->id,
                                .agent = run->agent,
                                .task = run->task,
                                .requested_by = run->user,
                                .timeout_s = run->timeout_ms / 1000,
                                .is_idempotent = run->is_idempotent };

    return approval_hash(&subject);
}

Row *approvals_find(const Core *core, const Run *run)
{
    return run->approval ? ledger_find(core->ledgers[TABLE_APPROVALS], run->approval) : NULL;
}

bool approvals_fits(const Run *run, const Row *row)
{
    g_autofree char *hash = hash_of(run);

    return g_strcmp0(hash, row_text(row, APPROVALS_HASH)) == 0;
}

static bool is_put_off(const Row *row)
{
    return g_strcmp0(row_text(row, APPROVALS_STATE), STATE_PUT_OFF) == 0;
}

/* ---- words ---- */

char *approvals_task_text(const Core *core, const Run *run, size_t max_bytes)
{
    g_autofree char *shown = text_make_harmless(run->task, strlen(run->task));
    g_autofree char *head = text_head(shown, strlen(shown), max_bytes);
    g_autofree char *block = text_fence(head);

    if (strlen(head) == strlen(shown))
        return g_steal_pointer(&block);
    return g_strdup_printf(
        core_words(core, "%s\nCUT HERE: %zu bytes more; agentctl send '!pending %" G_GINT64_FORMAT
                         "' shows all of it"),
        block, strlen(shown) - strlen(head), run->number);
}

/* Users other than the one who asked who may answer, appended to others (const User *). */
static void add_others(const Core *core, const char *asked_by, Role role, GPtrArray *others)
{
    g_autoptr(GPtrArray) users = users_with_role(core->users, role);
    unsigned i;

    for (i = 0; i < users->len; i++) {
        if (g_strcmp0(((const User *)users->pdata[i])->name, asked_by) != 0)
            g_ptr_array_add(others, users->pdata[i]);
    }
}

GPtrArray *approvals_others(const Core *core, const char *asked_by)
{
    GPtrArray *others = g_ptr_array_new();

    add_others(core, asked_by, ROLE_OPERATOR, others);
    add_others(core, asked_by, ROLE_ADMIN, others);
    return others;
}

char *approvals_who(const Core *core, const char *asked_by, bool needs_second)
{
    g_autoptr(GPtrArray) others = approvals_others(core, needs_second ? asked_by : NULL);
    g_autoptr(GString) text = g_string_new(NULL);
    unsigned i;

    for (i = 0; i < others->len && i < NAMES_SHOWN; i++)
        g_string_append_printf(text, "%s%s", i ? ", " : "", ((const User *)others->pdata[i])->name);
    if (others->len > NAMES_SHOWN)
        g_string_append_printf(text, core_words(core, " and %u more"), others->len - NAMES_SHOWN);
    return g_strdup(others->len ? text->str : core_words(core, "nobody"));
}

/* Why it waits, how to answer, and until when: a reason, as rows keep it. The caller owns it. */
static char *describe_wait(const Core *core, const Run *run, const Row *row, const char *why)
{
    g_autoptr(GPtrArray) others = approvals_others(core, run->user);
    bool is_later = is_put_off(row);
    bool is_alone = row_int(row, APPROVALS_NEEDS_SECOND) && others->len == 0;
    g_autofree char *number = g_strdup_printf("%" G_GINT64_FORMAT, run->number);
    g_autofree char *at = timestamp_local(
        row_int(row, is_later ? APPROVALS_OPENS : APPROVALS_EXPIRES), core->now_ms, core->zone);
    g_autofree char *wait = reason_make(is_later ? REASON_TO_APPROVE_LATER : REASON_TO_APPROVE, why,
                                        number, number, at, NULL);

    return is_alone ? reason_make(REASON_NO_SECOND_USER, wait, NULL) : g_steal_pointer(&wait);
}

static void note_reason(const Core *core, Run *run, const Row *row, const char *why)
{
    char *reason = describe_wait(core, run, row, why);

    g_free(run->outcome.reason);
    run->outcome.reason = reason;
}

char *approvals_describe(const Core *core, const Run *run, const Row *row)
{
    g_autofree char *asked = core_local_time(core, row_int(row, APPROVALS_CREATED));
    g_autofree char *why = approvals_why(run);
    g_autofree char *reason = describe_wait(core, run, row, why);
    g_autofree char *wait = reason_words(core, reason);

    return g_strdup_printf(core_words(core, "#%" G_GINT64_FORMAT " %s: %s asks since %s: %s"),
                           run->number, run->agent, run->user, asked, wait);
}

/* ---- life ---- */

/* Told at the end of this step, the runs of one plan together. */
static void note_news(Core *core, const Run *run, const char *begin)
{
    ApprovalNews *news = g_new0(ApprovalNews, 1);

    news->run = g_strdup(run->id);
    news->begin = begin;
    g_ptr_array_add(core->approval_news, news);
}

/* When something is due of it next. */
static int64_t due_of(const Row *row)
{
    int64_t expires_ms = row_int(row, APPROVALS_EXPIRES);
    int64_t life_ms =
        expires_ms - MAX(row_int(row, APPROVALS_CREATED), row_int(row, APPROVALS_OPENS));

    if (is_put_off(row))
        return row_int(row, APPROVALS_OPENS);
    if (row_int(row, APPROVALS_IS_REMINDED))
        return expires_ms;
    return expires_ms - MIN(REMIND_MAX_MS, life_ms / 4);
}

static void plan_look(Core *core, const Row *row)
{
    core->approvals_due_ms = MIN(core->approvals_due_ms, due_of(row));
}

void approvals_open(Core *core, Run *run, const Verdict *verdict)
{
    g_autofree char *hash = hash_of(run);
    Row *row = row_new(TABLE_APPROVALS);

    approvals_close(core, run);
    g_free(run->approval);
    run->approval = core_new_id(core);
    g_clear_pointer(&run->approved_hash, g_free);
    g_clear_pointer(&run->decided_by, g_free);
    run->decided_ms = 0;
    g_free(run->outcome.rule);
    run->outcome.rule = g_strdup(rule_name(verdict->rule));
    row_set_text(row, APPROVALS_ID, run->approval);
    row_set_text(row, APPROVALS_RUN, run->id);
    row_set_text(row, APPROVALS_HASH, hash);
    row_set_text(row, APPROVALS_ASKED_BY, run->user);
    row_set_int(row, APPROVALS_NEEDS_SECOND, verdict->needs_second);
    row_set_int(row, APPROVALS_CREATED, core->now_ms);
    row_set_int(row, APPROVALS_EXPIRES, core->now_ms + core->settings->approvals_expires_ms);
    row_set_text(row, APPROVALS_STATE, STATE_OPEN);
    ledger_put(core->ledgers[TABLE_APPROVALS], row, core->fx);
    plan_look(core, row);
    note_reason(core, run, row, verdict->reason);
    effects_audit(core->fx, core->now_ms, "approval", run->principal, run->agent, run->id,
                  "#%" G_GINT64_FORMAT " asked for, hash %s", run->number, hash);
    note_news(core, run, "");
}

void approvals_close(Core *core, const Run *run)
{
    if (run->approval)
        ledger_remove(core->ledgers[TABLE_APPROVALS], run->approval, core->fx);
}

/* It stands before the first of the words that note_reason() added. */
char *approvals_why(const Run *run)
{
    const char *reason = run->outcome.reason ? run->outcome.reason : "";
    const char *end = g_strrstr(reason, "; !approve ");

    return g_strndup(reason, end ? (size_t)(end - reason) : strlen(reason));
}

static void changed(Core *core, Run *run, Row *row)
{
    g_autofree char *why = approvals_why(run);

    note_reason(core, run, row, why);
    ledger_changed(core->ledgers[TABLE_APPROVALS], row, core->fx);
    effects_put(core->fx, rows_of_run(run));
    plan_look(core, row);
}

void approvals_put_off(Core *core, Run *run, Row *row, int64_t until_ms)
{
    row_set_text(row, APPROVALS_STATE, STATE_PUT_OFF);
    row_set_int(row, APPROVALS_OPENS, until_ms);
    row_set_int(row, APPROVALS_EXPIRES, until_ms + core->settings->approvals_expires_ms);
    row_set_int(row, APPROVALS_IS_REMINDED, 0);
    changed(core, run, row);
}

static void open_again(Core *core, Run *run, Row *row)
{
    row_set_text(row, APPROVALS_STATE, STATE_OPEN);
    changed(core, run, row);
    note_news(core, run, WORDS_LATER("Put off until now: "));
}

void approvals_free_news(void *data)
{
    ApprovalNews *news = data;

    g_free(news->run);
    g_free(news);
}

static void remind(Core *core, const Run *run, Row *row)
{
    row_set_int(row, APPROVALS_IS_REMINDED, 1);
    ledger_changed(core->ledgers[TABLE_APPROVALS], row, core->fx);
    note_news(core, run, WORDS_LATER("Reminder: "));
}

static bool has_expired(const Core *core, const Row *row)
{
    return !is_put_off(row) && core->now_ms >= row_int(row, APPROVALS_EXPIRES);
}

static void look_at(Core *core, Row *row, GPtrArray *expired)
{
    Run *run = runs_find(core->runs, row_text(row, APPROVALS_RUN));

    if (!run || run->state != RUN_AWAITING_APPROVAL) {
        ledger_remove(core->ledgers[TABLE_APPROVALS], row_text(row, APPROVALS_ID), core->fx);
    } else if (is_put_off(row)) {
        if (core->now_ms >= row_int(row, APPROVALS_OPENS))
            open_again(core, run, row);
    } else if (has_expired(core, row)) {
        g_ptr_array_add(expired, run);
    } else if (!row_int(row, APPROVALS_IS_REMINDED) && core->now_ms >= due_of(row)) {
        remind(core, run, row);
    }
}

GPtrArray *approvals_tick(Core *core)
{
    g_autoptr(GPtrArray) rows = NULL;
    g_autoptr(GPtrArray) left = NULL;
    GPtrArray *expired;
    unsigned i;

    if (core->now_ms < core->approvals_due_ms)
        return NULL;

    expired = g_ptr_array_new();
    rows = ledger_list(core->ledgers[TABLE_APPROVALS]);
    for (i = 0; i < rows->len; i++)
        look_at(core, rows->pdata[i], expired);
    core->approvals_due_ms = INT64_MAX;
    left = ledger_list(core->ledgers[TABLE_APPROVALS]);
    for (i = 0; i < left->len; i++) {
        const Run *run = runs_find(core->runs, row_text(left->pdata[i], APPROVALS_RUN));

        if (!g_ptr_array_find(expired, run, NULL))
            plan_look(core, left->pdata[i]);
    }
    return expired;
}
