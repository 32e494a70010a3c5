#include "agent1/flow/voice/live_message.h"

#include <string.h>

#include "agent1/flow/state/progress.h"
#include "agent1/flow/state/reason_words.h"
#include "agent1/flow/voice/clients.h"
#include "common/base/quantity.h"
#include "common/base/text.h"
#include "common/base/banned.h"

#define LIVES_MAX 1000
/* What is done at once needs one correction, and not one for each step. */
#define FIRST_MS INT64_C(1000)
#define NEXT_MS  (3 * INT64_C(1000))

/* With several runs in a message, each shows so many lines of its output. */
#define SHARED_TAIL_LINES 2
#define SHARED_TAIL_BYTES 500

typedef struct Line {
    char *run;
    char *text;
    bool is_over;
} Line;

typedef struct Live {
    char *id; /* under which it was said */
    char *jid;
    char *before; /* what else stands in the message, before and behind the lines of its runs */
    char *behind;
    GPtrArray *lines; /* Line * */
    char *shown;      /* as last said */
    bool is_changed;
    int64_t due_ms; /* no correction before this */
} Live;

static void line_free(void *data)
{
    Line *line = data;

    g_free(line->run);
    g_free(line->text);
    g_free(line);
}

void live_free(void *data)
{
    Live *live = data;

    if (!live)
        return;

    g_free(live->id);
    g_free(live->jid);
    g_free(live->before);
    g_free(live->behind);
    g_ptr_array_unref(live->lines);
    g_free(live->shown);
    g_free(live);
}

/* ---- beginning ---- */

/* A run that this turn made, whose line stands in the text. */
static Line *find_line(const Core *core, const char *id, const char *text, const char **out_start)
{
    const Run *run = runs_find(core->runs, id);
    g_autofree char *head = NULL;
    const char *start;
    Line *line;

    if (!run || run->created_ms != core->now_ms)
        return NULL;
    head = g_strdup_printf("#%" G_GINT64_FORMAT " %s: ", run->number, run->agent);
    start = strstr(text, head);
    if (!start || (start != text && start[-1] != '\n'))
        return NULL;

    line = g_new0(Line, 1);
    line->run = g_strdup(id);
    line->text = g_strndup(start, strcspn(start, "\n"));
    *out_start = start;
    return line;
}

/* The lines of the runs follow each other, in their order, as a turn says them; a message in which
 * anything else stands between them stays as it is. */
static bool take_lines(const Core *core, Live *live, const Answer *answer)
{
    const char *next = NULL;
    unsigned i;

    for (i = 0; i < answer->runs->len; i++) {
        const char *start = NULL;
        Line *line = find_line(core, answer->runs->pdata[i], answer->text, &start);

        if (!line)
            continue;
        g_ptr_array_add(live->lines, line);
        if (!next)
            live->before = g_strndup(answer->text, (size_t)(start - answer->text));
        else if (start != next)
            return false;
        next = start + strlen(line->text);
        next += *next == '\n';
    }
    if (!next)
        return false;

    live->behind = g_strdup(next);
    return true;
}

void live_begin(Core *core, const char *jid, const char *id, const Answer *answer)
{
    Live *live;
    unsigned i;

    if (answer->is_news || !answer->runs || g_hash_table_size(core->lives) >= LIVES_MAX)
        return;

    live = g_new0(Live, 1);
    live->lines = g_ptr_array_new_with_free_func(line_free);
    if (!take_lines(core, live, answer)) {
        live_free(live);
        return;
    }
    live->id = g_strdup(id);
    live->jid = g_strdup(jid);
    live->shown = g_strdup(answer->text);
    live->due_ms = core->now_ms + FIRST_MS;
    for (i = 0; i < live->lines->len; i++)
        g_hash_table_insert(core->lives_by_run, g_strdup(((Line *)live->lines->pdata[i])->run),
                            live);
    g_hash_table_insert(core->lives, live->id, live);
}

/* ---- what it says ---- */

static char *tail_of(const Live *live, const Progress *progress)
{
    g_autofree char *tail = NULL;

    if (!progress || !progress->tail)
        return NULL;
    if (live->lines->len == 1)
        return text_fence(progress->tail);

    tail = text_last_lines(progress->tail, SHARED_TAIL_LINES, SHARED_TAIL_BYTES);
    return text_fence(tail);
}

/* Tenths of a second that change every three are no news. */
static char *describe_elapsed(int64_t elapsed_ms)
{
    int64_t elapsed_s = MAX(elapsed_ms, 0) / 1000;

    return elapsed_s < 60 ? g_strdup_printf("%d s", (int)elapsed_s)
                          : duration_format(elapsed_s * 1000);
}

static char *describe_running(const Core *core, const Live *live, const Run *run)
{
    const Progress *progress = progress_find(core, run);
    g_autofree char *tail = tail_of(live, progress);
    g_autofree char *elapsed =
        progress ? describe_elapsed(core->now_ms - progress->started_ms) : NULL;

    return g_strdup_printf("%s%s%s%s%s%s", run_state_name(run->state), elapsed ? " (" : "",
                           elapsed ? elapsed : "", elapsed ? ")" : "", tail ? "\n" : "",
                           tail ? tail : "");
}

static void describe(const Core *core, const Live *live, Line *line)
{
    const Run *run = runs_find(core->runs, line->run);
    g_autofree char *state = NULL;

    if (line->is_over || !run)
        return;

    if (run->state == RUN_RUNNING)
        state = describe_running(core, live, run);
    else
        state = reason_words_run(core, run);
    g_free(line->text);
    line->text = g_strdup_printf(
        "#%" G_GINT64_FORMAT " %s: %s%s", run->number, run->agent, state,
        run->is_unconfirmed ? core_words(core, " (unconfirmed: its agent is silent)") : "");
}

static char *compose(const Core *core, Live *live, bool *out_is_over)
{
    GString *text = g_string_new(live->before);
    unsigned i;

    *out_is_over = true;
    for (i = 0; i < live->lines->len; i++) {
        Line *line = live->lines->pdata[i];

        describe(core, live, line);
        g_string_append_printf(text, "%s\n", line->text);
        *out_is_over &= line->is_over;
    }
    g_string_append(text, live->behind);
    if (text->len > 0 && text->str[text->len - 1] == '\n')
        g_string_truncate(text, text->len - 1);
    return g_string_free(text, FALSE);
}

/* ---- correcting ---- */

static void correct(Core *core, Live *live, char *text)
{
    g_autofree char *id = core_new_id(core);
    const XmppAct act = {
        .kind = XMPP_ACT_CORRECT, .jid = live->jid, .id = id, .about = live->id, .text = text
    };

    effects_xmpp(core->fx, &act);
    g_free(live->shown);
    live->shown = g_strdup(text);
    live->due_ms = core->now_ms + NEXT_MS;
}

/* False when it lives no longer. */
static bool look(Core *core, Live *live)
{
    g_autofree char *text = NULL;
    Language before;
    bool is_over;

    if (!clients_can(core, live->jid, XMPP_CAN_CORRECT))
        return false;

    before = core_speak_to_jid(core, live->jid);
    text = compose(core, live, &is_over);
    core_speak(core, before);
    live->is_changed = false;
    if (strcmp(text, live->shown) != 0)
        correct(core, live, text);
    return !is_over;
}

static void drop(Core *core, Live *live)
{
    unsigned i;

    for (i = 0; i < live->lines->len; i++)
        g_hash_table_remove(core->lives_by_run, ((Line *)live->lines->pdata[i])->run);
    g_hash_table_remove(core->lives, live->id);
}

void live_do(Core *core)
{
    g_autoptr(GPtrArray) over = NULL;
    int64_t next_ms = INT64_MAX;
    GHashTableIter iter;
    void *value;
    unsigned i;

    if (core->now_ms < core->lives_due_ms || !core->is_up[LINK_XMPP] || core_is_asleep(core))
        return;

    over = g_ptr_array_new();
    g_hash_table_iter_init(&iter, core->lives);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        Live *live = value;

        if (!live->is_changed)
            continue;
        if (core->now_ms < live->due_ms)
            next_ms = MIN(next_ms, live->due_ms);
        else if (!look(core, live))
            g_ptr_array_add(over, live);
    }
    core->lives_due_ms = next_ms;
    for (i = 0; i < over->len; i++)
        drop(core, over->pdata[i]);
}

static Live *change(Core *core, const Run *run)
{
    Live *live = g_hash_table_lookup(core->lives_by_run, run->id);

    if (live) {
        live->is_changed = true;
        core->lives_due_ms = MIN(core->lives_due_ms, MAX(live->due_ms, core->now_ms));
    }
    return live;
}

void live_news(Core *core, const Run *run)
{
    change(core, run);
}

void live_end(Core *core, const Run *run)
{
    Live *live = change(core, run);
    Language before = core->language;
    unsigned i;

    for (i = 0; live && i < live->lines->len; i++) {
        Line *line = live->lines->pdata[i];
        g_autofree char *state = NULL;

        if (strcmp(line->run, run->id) != 0)
            continue;
        core_speak_to_jid(core, live->jid);
        state = reason_words_run(core, run);
        g_free(line->text);
        line->text = g_strdup_printf(core_words(core, "#%" G_GINT64_FORMAT " %s: %s; see below"),
                                     run->number, run->agent, state);
        line->is_over = true;
    }
    core_speak(core, before);
}

void live_hurry(Core *core)
{
    core->lives_due_ms = core->now_ms;
}

int64_t live_next_deadline(const Core *core)
{
    return core->is_up[LINK_XMPP] && !core_is_asleep(core) ? core->lives_due_ms : INT64_MAX;
}
