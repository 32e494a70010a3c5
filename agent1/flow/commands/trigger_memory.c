/*
 * REMEMBER: and RECALL:. Which keys are there is in memory, so that what is there, what is near and
 * what is full are known at once; the values are in the store.
 */
#include "agent1/flow/commands/commands.h"

#include <string.h>

#include "agent1/flow/commands/lookup.h"
#include "agent1/flow/state/history.h"
#include "agent1/flow/state/notes.h"
#include "agent1/flow/state/pending.h"
#include "agent1/flow/state/talks.h"
#include "agent1/model/memory.h"
#include "common/base/limits.h"
#include "common/base/text.h"
#include "common/wire/utterance.h"
#include "common/base/banned.h"

#define OLD_SHOWN_CHARS   200
#define WORDS_SHOWN_CHARS MEMORY_KEY_MAX_CHARS
#define MATCHES_SHOWN     5
#define KEYS_SHOWN        3

/* What was typed, and the note that is meant by it. */
typedef struct Note {
    char *key;   /* as it is shown */
    char *value; /* "": it is to be forgotten */
    char *id;
    bool is_private;
} Note;

static void note_clear(Note *note)
{
    g_free(note->key);
    g_free(note->value);
    g_free(note->id);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Note, note_clear)

static bool ask_store(Core *core, Turn *turn, PendingContinue resume, const char *argument,
                      const EffectQuery *query)
{
    if (pending_ask_query(core, resume, turn->speaker, argument, query))
        return true;

    lookup_say_busy(turn);
    return false;
}

/* Of a note by its id, as it is before what this turn changes. */
static bool ask_for(Core *core, Turn *turn, PendingContinue resume, const Note *note)
{
    const EffectQuery query = { .kind = QUERY_MEMORY, .text = note->id, .limit = 1 };

    return ask_store(core, turn, resume, note->key, &query);
}

/* "oskar, 2026-11-20 14:02". The caller owns it. */
static char *origin(const Core *core, const Row *row)
{
    g_autofree char *at = core_local_time(core, row_int(row, MEMORIES_CHANGED));

    if (g_strcmp0(row_text(row, MEMORIES_HOW), HOW_MODEL) == 0)
        return g_strdup_printf(core_words(core, "a model for %s, %s"), row_text(row, MEMORIES_USER),
                               at);
    return g_strdup_printf("%s, %s", row_text(row, MEMORIES_USER), at);
}

/* The keys nearest to what was typed that the speaker may see, as the end of a sentence. The caller
 * owns it. */
static char *nearest_keys(const Core *core, const Speaker *speaker, const char *typed)
{
    g_autoptr(GPtrArray) rows = notes_seen(core, speaker);
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

/* The speaker keeps a note of his own under this key, be it that nobody may hear of it here. */
static bool has_own(const Core *core, const Speaker *speaker, const char *key)
{
    g_autofree char *id = memory_id(key, speaker->user);

    return speaker->door != DOOR_UNSIGNED && notes_find(core, id);
}

static bool has_shared(const Core *core, const char *key)
{
    g_autofree char *id = memory_id(key, NULL);

    return notes_find(core, id) != NULL;
}

/* ---- REMEMBER: ---- */

/* What somebody else may have written in it: the person read that, and may have copied it. */
static bool is_tainted(const Core *core, const Turn *turn)
{
    g_autofree char *conversation = history_conversation(turn->speaker);
    const Talk *talk = talks_find(core, conversation);

    return turn->has_quotation || turn->speaker->door == DOOR_UNSIGNED ||
           (talk && talk->is_tainted) || history_is_tainted(core, conversation);
}

static const char *how_it_came(const Turn *turn)
{
    if (turn->is_models)
        return HOW_MODEL;
    return turn->is_confirmed ? HOW_CONFIRMED : HOW_TYPED;
}

static void keep(Core *core, const Turn *turn, const Note *note)
{
    Row *row = row_new(TABLE_MEMORIES);

    row_set_text(row, MEMORIES_ID, note->id);
    row_set_text(row, MEMORIES_KEY, note->key);
    row_set_text(row, MEMORIES_VALUE, note->value);
    row_set_text(row, MEMORIES_USER, turn->speaker->user);
    row_set_int(row, MEMORIES_CHANGED, core->now_ms);
    row_set_text(row, MEMORIES_SCOPE, note->is_private ? SCOPE_PRIVATE : SCOPE_SHARED);
    row_set_text(row, MEMORIES_HOW, how_it_came(turn));
    row_set_int(row, MEMORIES_IS_TAINTED, is_tainted(core, turn));
    notes_put(core, row);
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

static void say_own_replaced(Core *core, const Pending *pending, const GPtrArray *rows)
{
    say_old(core, pending, rows, WORDS_LATER("remembered for you alone:"),
            WORDS_LATER("it replaces"));
}

static void say_forgotten(Core *core, const Pending *pending, const GPtrArray *rows)
{
    say_old(core, pending, rows, WORDS_LATER("forgotten:"), WORDS_LATER("it was"));
}

static void say_own_forgotten(Core *core, const Pending *pending, const GPtrArray *rows)
{
    say_old(core, pending, rows, WORDS_LATER("forgotten, of your own:"), WORDS_LATER("it was"));
}

/* There is no such note. There may be the other of the two, which was not meant. */
static void say_nothing_to_forget(Core *core, Turn *turn, const Note *note)
{
    g_autofree char *nearest = NULL;

    if (note->is_private && has_shared(core, note->key)) {
        turn_fail(turn,
                  "nothing to forget: you keep no \"%s\" of your own; the one that all share is "
                  "forgotten by REMEMBER: %s |",
                  note->key, note->key);
        return;
    }
    if (!note->is_private && notes_owner(turn->speaker) &&
        has_own(core, turn->speaker, note->key)) {
        turn_fail(turn,
                  "nothing to forget: \"%s\" is a note of your own, which is forgotten by "
                  "REMEMBER: --private %s |",
                  note->key, note->key);
        return;
    }
    nearest = nearest_keys(core, turn->speaker, note->key);
    turn_fail(turn, "nothing to forget: no key \"%s\"%s", note->key, nearest);
}

static void forget(Core *core, Turn *turn, const Note *note)
{
    if (!notes_find(core, note->id))
        say_nothing_to_forget(core, turn, note);
    else if (ask_for(core, turn, note->is_private ? say_own_forgotten : say_forgotten, note))
        notes_remove(core, note->id);
}

static bool has_room(const Core *core, Turn *turn)
{
    bool is_own;
    unsigned limit = notes_limit(core, turn->speaker->user, &is_own);

    if (limit == 0)
        return true;
    if (is_own)
        turn_fail(turn,
                  "%u notes of yours are kept, and no more fit; REMEMBER: <key> | with nothing "
                  "behind the bar forgets one",
                  limit);
    else
        turn_fail(
            turn,
            "%u keys are kept, and no more fit; REMEMBER: <key> | with nothing behind the bar "
            "forgets one",
            limit);
    return false;
}

static void remember(Core *core, Turn *turn, const Note *note)
{
    bool is_known = notes_find(core, note->id) != NULL;

    if (!is_known && !has_room(core, turn))
        return;
    if (is_known && !ask_for(core, turn, note->is_private ? say_own_replaced : say_replaced, note))
        return;
    keep(core, turn, note);
    if (is_known)
        return;
    if (note->is_private)
        turn_say(turn, "remembered for you alone: \"%s\"", note->key);
    else
        turn_say(turn, "remembered \"%s\"", note->key);
    if (!note->is_private && notes_owner(turn->speaker) && has_own(core, turn->speaker, note->key))
        turn_say(turn, "This one is for everybody; your own \"%s\" stays as it is.", note->key);
}

/* What keeps a private note from being taken here. */
static bool can_be_private(Turn *turn)
{
    if (notes_owner(turn->speaker))
        return true;
    if (turn->speaker->door == DOOR_UNSIGNED)
        turn_fail(turn, "nothing was kept: unsigned text is nobody's own");
    else
        turn_fail(turn, "nothing was changed: many read here; write what is private to me alone");
    return false;
}

/* False, with the complaint said, when nothing can be made of it. */
static bool read_note(Turn *turn, const char *rest, Note *note)
{
    g_autofree char *left = NULL;
    g_autofree char *typed = NULL;
    g_autofree char *slip = NULL;
    g_autofree char *complaint = NULL;

    if (!utterance_split(rest, &left, &note->value)) {
        turn_fail(turn, "expected REMEMBER: <key> | <value>: there is no bar; RECALL: <key> tells "
                        "what is kept");
        return false;
    }
    slip = memory_take_options(left, &typed, &note->is_private);
    if (slip) {
        turn_fail(turn, "%s: no such option, so nothing was done; --private keeps it for you alone",
                  slip);
        return false;
    }
    note->key = memory_key(typed);
    complaint = memory_judge(note->key, note->value);
    if (complaint) {
        turn_fail(turn, "%s", complaint);
        return false;
    }
    if (note->is_private && !can_be_private(turn))
        return false;
    note->id = memory_id(typed, note->is_private ? turn->speaker->user : NULL);
    return true;
}

void trigger_remember(Core *core, Turn *turn, const char *rest)
{
    g_auto(Note) note = { 0 };

    if (!read_note(turn, rest, &note))
        return;
    if (turn->speaker->is_dry_run)
        turn_say(turn, "\"%s\": allowed (dry run: nothing was kept)", note.key);
    else if (*note.value)
        remember(core, turn, &note);
    else
        forget(core, turn, &note);
}

/* ---- RECALL: ---- */

/* Behind the key, whose it is. */
static const char *whose(const Core *core, const Row *row)
{
    return notes_is_private(row) ? core_words(core, " (for you alone)") : "";
}

static void say_note(Turn *turn, const Row *row, const char *value)
{
    g_autofree char *by = origin(turn->core, row);

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

/* In a room: it is kept, and not told. */
static void say_not_here(Turn *turn, const char *key, bool is_all)
{
    if (is_all)
        turn_fail(turn, "%s: a note of your own, which I do not tell where many read; ask me alone",
                  key);
    else
        turn_say(turn, "You keep one of your own under that key, too: ask me alone.");
}

static void show_values(Core *core, const Pending *pending, const GPtrArray *rows)
{
    Turn turn;

    turn_init(&turn, core, pending->speaker);
    for (unsigned i = 0; i < rows->len; i++)
        say_note(&turn, rows->pdata[i], row_text(rows->pdata[i], MEMORIES_VALUE));
    if (rows->len == 0)
        turn_fail(&turn, "%s: not found; it was forgotten just now", pending->argument);
    else if (!notes_owner(pending->speaker) && has_own(core, pending->speaker, pending->argument))
        say_not_here(&turn, pending->argument, false);
    finish(&turn);
}

static void show_matches(Core *core, const Pending *pending, const GPtrArray *rows)
{
    g_autofree char *nearest = NULL;
    Turn turn;

    turn_init(&turn, core, pending->speaker);
    if (rows->len == 0) {
        nearest = nearest_keys(core, pending->speaker, pending->argument);
        turn_fail(&turn, "%s: not found%s", pending->argument, nearest);
    } else {
        turn_say(&turn, "no key \"%s\"; these hold it:", pending->argument);
    }
    for (unsigned i = 0; i < MIN(rows->len, MATCHES_SHOWN); i++) {
        g_autofree char *value =
            text_make_line(row_text(rows->pdata[i], MEMORIES_VALUE), OLD_SHOWN_CHARS);

        say_note(&turn, rows->pdata[i], value);
    }
    if (rows->len > MATCHES_SHOWN)
        turn_say(&turn, "and more; another word makes it fewer");
    finish(&turn);
}

static void expect_words(Core *core, Turn *turn)
{
    g_autoptr(GPtrArray) rows = notes_seen(core, turn->speaker);

    if (rows->len == 1)
        turn_fail(turn, "expected RECALL: <key or words>; %u key is kept", rows->len);
    else
        turn_fail(turn, "expected RECALL: <key or words>; %u keys are kept", rows->len);
}

/* One's own, and the one that all share. */
static void recall_key(Core *core, Turn *turn, const char *key, const char *shown)
{
    const char *owner = notes_owner(turn->speaker);
    g_autofree char *shared = memory_id(key, NULL);
    g_autofree char *own = owner ? memory_id(key, owner) : NULL;
    const EffectQuery query = { .kind = QUERY_MEMORY, .text = shared, .beside = own, .limit = 2 };

    ask_store(core, turn, show_values, shown, &query);
}

static void recall_words(Core *core, Turn *turn, const char *key, const char *shown)
{
    g_autofree char *match = memory_match(key);
    g_autofree char *owner = g_strdup(notes_owner(turn->speaker));
    const EffectQuery query = {
        .kind = QUERY_MEMORY_MATCH,
        .text = match,
        .beside = owner,
        .number = core->now_ms,
        .limit = MATCHES_SHOWN + 1,
    };

    if (match)
        ask_store(core, turn, show_matches, shown, &query);
    else
        turn_fail(turn, "%s: not found", shown);
}

void trigger_recall(Core *core, Turn *turn, const char *rest)
{
    g_autofree char *key = memory_key(rest);
    g_autofree char *shown = text_make_line(key, WORDS_SHOWN_CHARS);
    bool has_one = has_own(core, turn->speaker, key);

    if (!*key)
        expect_words(core, turn);
    else if (has_shared(core, key) || (has_one && notes_owner(turn->speaker)))
        recall_key(core, turn, key, shown);
    else if (has_one)
        say_not_here(turn, shown, true);
    else
        recall_words(core, turn, key, shown);
}
