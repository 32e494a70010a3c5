/*
 * !audit: checks the chain of the audit in the store, slice by slice, so that nothing else waits
 * for long. One check at a time.
 */
#include "agent1/flow/commands/commands.h"

#include "agent1/flow/commands/lookup.h"
#include <string.h>

#include "agent1/flow/state/pending.h"
#include "common/base/text.h"
#include "common/base/banned.h"

#define SLICE_ROWS     1000
#define WORD_CHARS     40
#define OUTCOME_BROKEN "failed"

/* What was checked so far, as the store told it. */
typedef struct Slice {
    int64_t checked;
    const char *hash;
    const char *problem;
    bool is_end;
} Slice;

static void read_slice(const GPtrArray *facts, Slice *out)
{
    unsigned i;

    *out = (Slice){ .hash = "" };
    for (i = 0; i < facts->len; i++) {
        const char *name = row_text(facts->pdata[i], META_NAME);
        const char *value = row_text(facts->pdata[i], META_VALUE);

        if (strcmp(name, AUDIT_CHECKED) == 0)
            out->checked = g_ascii_strtoll(value, NULL, 10);
        else if (strcmp(name, AUDIT_HASH) == 0)
            out->hash = value;
        else if (strcmp(name, AUDIT_BROKEN) == 0)
            out->problem = value;
        else if (strcmp(name, AUDIT_ENDS) == 0)
            out->is_end = true;
    }
}

/* The row that was asked for, and its hash once it was met: "120" or "120 <hash>". "" for none. */
static int64_t wanted_row(const char *memo)
{
    return g_ascii_strtoll(memo, NULL, 10);
}

static const char *wanted_hash(const char *memo)
{
    const char *blank = strchr(memo, ' ');

    return blank ? blank + 1 : NULL;
}

static void say_sound(Turn *turn, const Slice *slice, const char *memo)
{
    int64_t wanted = wanted_row(memo);

    turn_say(turn, "The audit is sound: %" G_GINT64_FORMAT " row%s, head %s", slice->checked,
             core_plural(turn->core, slice->checked), slice->hash);
    if (wanted == 0)
        return;
    if (wanted_hash(memo)) {
        turn_say(turn, "row %" G_GINT64_FORMAT ": %s", wanted, wanted_hash(memo));
        return;
    }
    turn_say(turn, "row %" G_GINT64_FORMAT ": there is no such row", wanted);
    turn_outcome(turn, OUTCOME_BROKEN);
}

static void say_broken(Turn *turn, const Slice *slice)
{
    const Core *core = turn->core;
    g_autofree char *before = slice->checked == 0 ? g_strdup("")
                              : slice->checked == 1
                                  ? g_strdup(core_words(core, ". The row before it is sound"))
                                  : g_strdup_printf(core_words(core, ". The %" G_GINT64_FORMAT
                                                                     " rows before it are sound"),
                                                    slice->checked);

    turn_say(turn, "The audit is BROKEN: row %" G_GINT64_FORMAT " %s%s.", slice->checked + 1,
             slice->problem, before);
    turn_outcome(turn, OUTCOME_BROKEN);
}

static void go_on(Core *core, const Pending *pending, const GPtrArray *facts);

/* A slice ends at the row that was asked for, so that its hash is told. */
static bool ask_slice(Core *core, const Speaker *speaker, const char *memo, int64_t after,
                      const char *hash)
{
    int64_t wanted = wanted_row(memo);
    unsigned limit = (unsigned)(SLICE_ROWS - after % SLICE_ROWS);

    if (wanted > after && wanted - after < limit)
        limit = (unsigned)(wanted - after);
    return pending_ask(core, go_on, speaker, NULL, NULL, memo, QUERY_AUDIT, hash, after, limit);
}

static void finish(Core *core, const Pending *pending, const Slice *slice, const char *memo)
{
    Turn turn;

    turn_init(&turn, core, pending->speaker);
    if (slice->problem)
        say_broken(&turn, slice);
    else
        say_sound(&turn, slice, memo);
    turn_finish(&turn);
}

static void go_on(Core *core, const Pending *pending, const GPtrArray *facts)
{
    Slice slice;
    g_autofree char *memo = NULL;
    Turn turn;

    read_slice(facts, &slice);
    if (slice.checked == wanted_row(pending->argument) && slice.checked > 0)
        memo = g_strdup_printf("%" G_GINT64_FORMAT " %s", slice.checked, slice.hash);
    else
        memo = g_strdup(pending->argument);
    if (slice.problem || slice.is_end) {
        finish(core, pending, &slice, memo);
        return;
    }
    if (!ask_slice(core, pending->speaker, memo, slice.checked, slice.hash)) {
        turn_init(&turn, core, pending->speaker);
        lookup_say_busy(&turn);
        turn_finish(&turn);
        return;
    }
    /* Once, so that who waits knows that it goes on. */
    if (slice.checked == SLICE_ROWS) {
        turn_init(&turn, core, pending->speaker);
        turn_say(&turn, "checking the audit, which has more than %d rows", SLICE_ROWS);
        turn_finish(&turn);
    }
}

/* "" or the number of a row; false for anything else. */
static bool read_row(const char *arguments)
{
    uint64_t number;

    return !*arguments || g_ascii_string_to_unsigned(arguments, 10, 1, INT64_MAX, &number, NULL);
}

void commands_audit(Core *core, Turn *turn, const char *arguments)
{
    g_autofree char *shown = text_make_line(arguments, WORD_CHARS);

    if (!read_row(arguments))
        turn_fail(turn, "%s: expected !audit [row], as in !audit 120", shown);
    else if (pending_has(core, go_on))
        turn_fail(turn, "the audit is being checked for somebody else; try again in a moment");
    else if (!ask_slice(core, turn->speaker, arguments, 0, NULL))
        lookup_say_busy(turn);
}
