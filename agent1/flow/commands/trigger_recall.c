/*
 * RECALL:. A key that is there is told; what is none is looked for as words.
 */
#include "agent1/flow/commands/commands.h"

#include <string.h>

#include "agent1/flow/commands/lookup.h"
#include "agent1/flow/commands/note_words.h"
#include "agent1/flow/state/notes.h"
#include "agent1/flow/state/pending.h"
#include "agent1/flow/state/searches.h"
#include "agent1/model/memory.h"
#include "common/base/limits.h"
#include "common/base/text.h"
#include "common/base/banned.h"

#define VALUE_SHOWN_CHARS 200
#define WORDS_SHOWN_CHARS MEMORY_KEY_MAX_CHARS
#define MATCHES_SHOWN     5

/* What was typed. */
typedef struct Wanted {
    char *key;
    char *shown;     /* a line of it */
    bool is_private; /* among one's own alone */
} Wanted;

static void wanted_clear(Wanted *wanted)
{
    g_free(wanted->key);
    g_free(wanted->shown);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Wanted, wanted_clear)

/* Behind the key, whose it is. */
static const char *whose(const Core *core, const Row *row)
{
    return notes_is_private(row) ? core_words(core, " (for you alone)") : "";
}

static void say_note(Turn *turn, const Row *row, const char *value)
{
    g_autofree char *by = note_words_origin(turn->core, row);

    turn_say(turn, "%s%s: %s (%s)", row_text(row, MEMORIES_KEY), whose(turn->core, row), value, by);
    if (!turn->speaker->is_dry_run)
        notes_recall(turn->core, row_text(row, MEMORIES_ID));
}

/* What is said to a person is a row, which that of the notes goes with. A model's talk ends with
 * rows of its own. */
static void finish(Turn *turn)
{
    if (turn->speaker->door == DOOR_XMPP || turn->speaker->door == DOOR_CLI)
        notes_write_recalled(turn->core);
    turn_finish(turn);
}

/* Among the first of them. */
static bool has_tainted(const Speaker *speaker, const GPtrArray *rows, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        if (notes_taints(speaker, rows->pdata[i]))
            return true;
    }
    return false;
}

static void show_values(Core *core, const Pending *pending, const GPtrArray *rows)
{
    Turn turn;

    turn_init(&turn, core, pending->speaker);
    turn.is_untainted = rows->len > 0 && !has_tainted(pending->speaker, rows, rows->len);
    for (unsigned i = 0; i < rows->len; i++)
        say_note(&turn, rows->pdata[i], row_text(rows->pdata[i], MEMORIES_VALUE));
    if (rows->len == 0)
        turn_fail(&turn, "%s: not found; it was forgotten just now", pending->argument);
    finish(&turn);
}

static void show_matches(Core *core, const Search *search, const GPtrArray *rows)
{
    unsigned shown = MIN(rows->len, MATCHES_SHOWN);
    g_autofree char *nearest = NULL;
    Turn turn;

    turn_init(&turn, core, search->speaker);
    if (rows->len == 0) {
        nearest = note_words_nearest(core, search->speaker, search->argument);
        turn_fail(&turn, "%s: not found%s", search->argument, nearest);
    } else if (search_found_by_words(search, rows)) {
        turn_say(&turn, "no key \"%s\"; these hold it:", search->argument);
    } else {
        turn_say(&turn, "no key \"%s\"; these may have to do with it:", search->argument);
    }
    turn.is_untainted = shown > 0 && !has_tainted(search->speaker, rows, shown);
    for (unsigned i = 0; i < shown; i++) {
        g_autofree char *value =
            text_make_line(row_text(rows->pdata[i], MEMORIES_VALUE), VALUE_SHOWN_CHARS);

        say_note(&turn, rows->pdata[i], value);
    }
    if (rows->len > MATCHES_SHOWN)
        turn_say(&turn, "and more; another word makes it fewer");
    if (search->lacks_meaning)
        turn_say(&turn, "looked for by words alone; by meaning is not possible just now");
    finish(&turn);
}

static void expect_words(Core *core, Turn *turn)
{
    g_autoptr(GPtrArray) rows = notes_seen(core, turn->speaker);

    if (words_is_one(core->language, rows->len))
        turn_fail(turn, "expected RECALL: <key or words>; %u key is kept", rows->len);
    else
        turn_fail(turn, "expected RECALL: <key or words>; %u keys are kept", rows->len);
}

/* One's own (owner is NULL: not to be seen here), and the one that all share. */
static void recall_key(Core *core, Turn *turn, const Wanted *wanted, const char *owner)
{
    g_autofree char *shared = wanted->is_private ? NULL : memory_id(wanted->key, NULL);
    g_autofree char *own = owner ? memory_id(wanted->key, owner) : NULL;
    const EffectQuery query = { .kind = QUERY_MEMORY, .text = shared, .beside = own, .limit = 2 };

    if (!pending_ask_query(core, show_values, turn->speaker, wanted->shown, &query))
        lookup_say_busy(turn);
}

static void recall_words(Core *core, Turn *turn, const Wanted *wanted)
{
    g_autofree char *match = memory_match(wanted->key);
    const Search search = {
        .done = show_matches,
        .speaker = (Speaker *)(guintptr)turn->speaker, /* copied, not changed */
        .argument = wanted->shown,
        .match = match,
        .kind = wanted->is_private ? QUERY_MEMORY_OWN : QUERY_MEMORY_MATCH,
        .limit = MATCHES_SHOWN + 1,
    };

    if (!match)
        turn_fail(turn, "%s: not found", wanted->shown);
    else if (!searches_begin(core, &search, wanted->key))
        lookup_say_busy(turn);
}

/* Where others hear the answer, a key of one's own is as good as none. */
static bool has_key(const Core *core, const Turn *turn, const Wanted *wanted)
{
    return (!wanted->is_private && notes_has_shared(core, wanted->key)) ||
           (notes_owner(turn->speaker) && notes_has_own(core, turn->speaker, wanted->key));
}

/* One dash may well be looked for, as in "ssh -p". */
static bool is_option(const char *slip)
{
    return slip && !(slip[0] == '-' && slip[1] != '-');
}

void trigger_recall(Core *core, Turn *turn, const char *rest)
{
    const char *owner = notes_owner(turn->speaker);
    g_autofree char *typed = NULL;
    g_autofree char *slip = NULL;
    g_auto(Wanted) wanted = { 0 };

    slip = memory_take_options(rest, &typed, &wanted.is_private);
    wanted.key = memory_key(typed);
    wanted.shown = text_make_line(wanted.key, WORDS_SHOWN_CHARS);
    if (wanted.is_private && !owner)
        turn_fail(turn, "many read here; ask me alone for what is private");
    else if (is_option(slip))
        turn_fail(turn, "%s: no such option; --private looks among your own notes alone", slip);
    else if (!*wanted.key)
        expect_words(core, turn);
    else if (has_key(core, turn, &wanted))
        recall_key(core, turn, &wanted, owner);
    else
        recall_words(core, turn, &wanted);
}
