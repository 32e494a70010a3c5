/*
 * REMEMBER: and RECALL:. The keys are in memory, so that what is there, what is near and what is
 * full are known at once; the values are in the store.
 */
#include "agent1/flow/commands/commands.h"

#include <string.h>

#include "agent1/flow/commands/lookup.h"
#include "agent1/flow/state/pending.h"
#include "agent1/model/memory.h"
#include "common/base/limits.h"
#include "common/base/text.h"
#include "common/wire/utterance.h"
#include "common/base/banned.h"

#define SCOPE_SHARED      "shared"
#define OLD_SHOWN_CHARS   200
#define WORDS_SHOWN_CHARS 60
#define MATCHES_SHOWN     5
#define KEYS_SHOWN        3

static bool ask_store(Core *core, Turn *turn, PendingContinue resume, const char *argument,
                      QueryKind kind, const char *text)
{
    if (pending_ask(core, resume, turn->speaker, NULL, NULL, argument, kind, text, 0,
                    MATCHES_SHOWN + 1))
        return true;

    lookup_say_busy(turn);
    return false;
}

/* "oskar, 2026-11-20 14:02". The caller owns it. */
static char *origin(const Core *core, const Row *row)
{
    g_autofree char *at = core_local_time(core, row_int(row, MEMORIES_CHANGED));

    return g_strdup_printf("%s, %s", row_text(row, MEMORIES_USER), at);
}

/* The keys nearest to what was typed, as the end of a sentence. The caller owns it. */
static char *nearest_keys(const Core *core, const char *typed)
{
    g_autoptr(GPtrArray) rows = ledger_list(core->ledgers[TABLE_MEMO_KEYS]);
    g_autoptr(GPtrArray) keys = g_ptr_array_new();
    g_autoptr(GPtrArray) nearest = NULL;
    GString *text = g_string_new(NULL);
    unsigned i;

    for (i = 0; i < rows->len; i++)
        g_ptr_array_add(keys, (void *)(guintptr)row_text(rows->pdata[i], MEMO_KEYS_KEY));
    g_ptr_array_add(keys, NULL);
    nearest = text_nearest(typed, (const char *const *)keys->pdata, KEYS_SHOWN);
    for (i = 0; i < nearest->len; i++)
        g_string_append_printf(text, "%s%s", i ? ", " : core_words(core, "; nearest: "),
                               (const char *)nearest->pdata[i]);
    if (nearest->len == 0 && rows->len > 0)
        g_string_append_printf(text,
                               rows->len == 1 ? core_words(core, "; %u key is kept")
                                              : core_words(core, "; %u keys are kept"),
                               rows->len);
    return g_string_free(text, FALSE);
}

/* ---- REMEMBER: ---- */

static void keep(Core *core, const Turn *turn, const char *id, const char *key, const char *value)
{
    Row *row = row_new(TABLE_MEMO_KEYS);

    row_set_text(row, MEMO_KEYS_ID, id);
    row_set_text(row, MEMO_KEYS_KEY, key);
    ledger_put(core->ledgers[TABLE_MEMO_KEYS], row, core->fx);
    row = row_new(TABLE_MEMORIES);
    row_set_text(row, MEMORIES_ID, id);
    row_set_text(row, MEMORIES_KEY, key);
    row_set_text(row, MEMORIES_VALUE, value);
    row_set_text(row, MEMORIES_USER, turn->speaker->user);
    row_set_int(row, MEMORIES_CHANGED, core->now_ms);
    row_set_text(row, MEMORIES_SCOPE, SCOPE_SHARED);
    effects_put(core->fx, row);
}

/* What was read before the change in the same batch: the answer says what is lost. */
static void say_old(Core *core, const Pending *pending, const GPtrArray *rows, const char *what,
                    const char *verb)
{
    const Row *old = rows->len > 0 ? rows->pdata[0] : NULL;
    g_autofree char *by = old ? origin(core, old) : NULL;
    g_autofree char *value =
        old ? text_make_line(row_text(old, MEMORIES_VALUE), OLD_SHOWN_CHARS) : NULL;
    Turn turn;

    turn_init(&turn, core, pending->speaker);
    if (old)
        turn_say(&turn, "%s \"%s\"; %s \"%s\" (%s)", core_words(core, what), pending->argument,
                 core_words(core, verb), value, by);
    else
        turn_say(&turn, "%s \"%s\"", core_words(core, what), pending->argument);
    turn_finish(&turn);
}

static void say_replaced(Core *core, const Pending *pending, const GPtrArray *rows)
{
    say_old(core, pending, rows, WORDS_LATER("remembered"), WORDS_LATER("it replaces"));
}

static void say_forgotten(Core *core, const Pending *pending, const GPtrArray *rows)
{
    say_old(core, pending, rows, WORDS_LATER("forgotten:"), WORDS_LATER("it was"));
}

static void forget(Core *core, Turn *turn, const char *id, const char *key)
{
    if (!ledger_find(core->ledgers[TABLE_MEMO_KEYS], id)) {
        g_autofree char *nearest = nearest_keys(core, key);

        turn_fail(turn, "nothing to forget: no key \"%s\"%s", key, nearest);
        return;
    }
    if (!ask_store(core, turn, say_forgotten, key, QUERY_MEMORY, id))
        return;
    ledger_remove(core->ledgers[TABLE_MEMO_KEYS], id, core->fx);
    effects_delete(core->fx, TABLE_MEMORIES, id);
}

static void remember(Core *core, Turn *turn, const char *id, const char *key, const char *value)
{
    bool is_known = ledger_find(core->ledgers[TABLE_MEMO_KEYS], id) != NULL;

    if (!is_known && ledger_count(core->ledgers[TABLE_MEMO_KEYS]) >= MEMORIES_MAX) {
        turn_fail(turn,
                  "%d keys are kept, and no more fit; REMEMBER: <key> | with nothing behind "
                  "the bar forgets one",
                  MEMORIES_MAX);
        return;
    }
    if (is_known && !ask_store(core, turn, say_replaced, key, QUERY_MEMORY, id))
        return;
    keep(core, turn, id, key, value);
    if (!is_known)
        turn_say(turn, "remembered \"%s\"", key);
}

void trigger_remember(Core *core, Turn *turn, const char *rest)
{
    g_autofree char *typed = NULL;
    g_autofree char *value = NULL;
    g_autofree char *key = NULL;
    g_autofree char *id = NULL;
    g_autofree char *complaint = NULL;

    if (!utterance_split(rest, &typed, &value)) {
        turn_fail(turn, "expected REMEMBER: <key> | <value>: there is no bar; RECALL: <key> tells "
                        "what is kept");
        return;
    }
    key = memory_key(typed);
    id = memory_id(typed);
    complaint = memory_judge(key, value);
    if (complaint)
        turn_fail(turn, "%s", complaint);
    else if (turn->speaker->is_dry_run)
        turn_say(turn, "\"%s\": allowed (dry run: nothing was kept)", key);
    else if (*value)
        remember(core, turn, id, key, value);
    else
        forget(core, turn, id, key);
}

/* ---- RECALL: ---- */

static void say_value(Core *core, Turn *turn, const Row *row)
{
    g_autofree char *by = origin(core, row);

    turn_say(turn, "%s: %s (%s)", row_text(row, MEMORIES_KEY), row_text(row, MEMORIES_VALUE), by);
}

static void show_value(Core *core, const Pending *pending, const GPtrArray *rows)
{
    Turn turn;

    turn_init(&turn, core, pending->speaker);
    if (rows->len > 0)
        say_value(core, &turn, rows->pdata[0]);
    else
        turn_fail(&turn, "%s: not found; it was forgotten just now", pending->argument);
    turn_finish(&turn);
}

static void show_matches(Core *core, const Pending *pending, const GPtrArray *rows)
{
    g_autofree char *nearest = NULL;
    Turn turn;
    unsigned i;

    turn_init(&turn, core, pending->speaker);
    if (rows->len == 0) {
        nearest = nearest_keys(core, pending->argument);
        turn_fail(&turn, "%s: not found%s", pending->argument, nearest);
    } else {
        turn_say(&turn, "no key \"%s\"; these hold it:", pending->argument);
    }
    for (i = 0; i < MIN(rows->len, MATCHES_SHOWN); i++) {
        const Row *row = rows->pdata[i];
        g_autofree char *value = text_make_line(row_text(row, MEMORIES_VALUE), OLD_SHOWN_CHARS);

        turn_say(&turn, "%s: %s", row_text(row, MEMORIES_KEY), value);
    }
    if (rows->len > MATCHES_SHOWN)
        turn_say(&turn, "and more; another word makes it fewer");
    turn_finish(&turn);
}

static void expect_words(Core *core, Turn *turn)
{
    unsigned count = ledger_count(core->ledgers[TABLE_MEMO_KEYS]);

    if (count == 1)
        turn_fail(turn, "expected RECALL: <key or words>; %u key is kept", count);
    else
        turn_fail(turn, "expected RECALL: <key or words>; %u keys are kept", count);
}

void trigger_recall(Core *core, Turn *turn, const char *rest)
{
    g_autofree char *key = memory_key(rest);
    g_autofree char *id = memory_id(rest);
    g_autofree char *shown = text_make_line(key, WORDS_SHOWN_CHARS);
    g_autofree char *match = memory_match(key);

    if (!*key)
        expect_words(core, turn);
    else if (ledger_find(core->ledgers[TABLE_MEMO_KEYS], id))
        ask_store(core, turn, show_value, shown, QUERY_MEMORY, id);
    else if (match)
        ask_store(core, turn, show_matches, shown, QUERY_MEMORY_MATCH, match);
    else
        turn_fail(turn, "%s: not found", shown);
}
