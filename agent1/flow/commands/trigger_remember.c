/*
 * REMEMBER:. Which keys are there is in memory, so that what is there, what is near and what is
 * full are known at once; the values are in the store.
 */
#include "agent1/flow/commands/commands.h"

#include <string.h>

#include "agent1/flow/commands/lookup.h"
#include "agent1/flow/commands/note_words.h"
#include "agent1/flow/state/history.h"
#include "agent1/flow/state/notes.h"
#include "agent1/flow/state/pending.h"
#include "agent1/flow/state/talks.h"
#include "agent1/model/memory.h"
#include "common/base/limits.h"
#include "common/base/text.h"
#include "common/wire/utterance.h"
#include "common/base/banned.h"

#define OLD_SHOWN_CHARS 200

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

/* Of a note by its id, as it is before what this turn changes. */
static bool ask_for(Core *core, Turn *turn, PendingContinue resume, const Note *note)
{
    const EffectQuery query = { .kind = QUERY_MEMORY, .text = note->id, .limit = 1 };

    if (pending_ask_query(core, resume, turn->speaker, note->key, &query))
        return true;

    lookup_say_busy(turn);
    return false;
}

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
    g_autofree char *by = old ? note_words_origin(core, old) : NULL;
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

    if (note->is_private && notes_has_shared(core, note->key)) {
        turn_fail(turn,
                  "nothing to forget: you keep no \"%s\" of your own; the one that all share is "
                  "forgotten by REMEMBER: %s |",
                  note->key, note->key);
        return;
    }
    if (!note->is_private && notes_owner(turn->speaker) &&
        notes_has_own(core, turn->speaker, note->key)) {
        turn_fail(turn,
                  "nothing to forget: \"%s\" is a note of your own, which is forgotten by "
                  "REMEMBER: --private %s |",
                  note->key, note->key);
        return;
    }
    nearest = note_words_nearest(core, turn->speaker, note->key);
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
    if (!note->is_private && notes_owner(turn->speaker) &&
        notes_has_own(core, turn->speaker, note->key))
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

static bool is_kept(const Turn *turn, const char *typed, bool is_private)
{
    return is_private ? notes_has_own(turn->core, turn->speaker, typed)
                      : notes_has_shared(turn->core, typed);
}

static char *make_visible(const char *text)
{
    g_autofree char *shown = text_make_harmless(text, strlen(text));

    return text_make_line(shown, OLD_SHOWN_CHARS);
}

/* False, with the complaint said, when it is not kept. */
static bool is_fine(Turn *turn, const Note *note)
{
    g_autofree char *key = make_visible(note->key);
    g_autofree char *value = make_visible(note->value);

    switch (memory_judge(note->key, note->value)) {
    case MEMORY_IS_FINE:
        return true;
    case MEMORY_HAS_NO_KEY:
        turn_fail(turn, "the key is empty; expected REMEMBER: <key> | <value>");
        break;
    case MEMORY_KEY_HIDES:
        turn_fail(turn, "the key holds hidden or control characters; nothing was kept: %s", key);
        break;
    case MEMORY_VALUE_HIDES:
        turn_fail(turn, "the value holds hidden or control characters; nothing was kept: %s",
                  value);
        break;
    case MEMORY_KEY_IS_LONG:
        turn_fail(turn, "the key has %ld characters; at most %d", g_utf8_strlen(note->key, -1),
                  MEMORY_KEY_MAX_CHARS);
        break;
    case MEMORY_VALUE_IS_LONG:
        turn_fail(turn, "the value is %zu bytes long; at most %d", strlen(note->value),
                  MEMORY_VALUE_MAX_BYTES);
        break;
    }
    return false;
}

/* False, with the complaint said, when nothing can be made of it. */
static bool read_note(Turn *turn, const char *rest, Note *note)
{
    g_autofree char *left = NULL;
    g_autofree char *typed = NULL;
    g_autofree char *slip = NULL;

    if (!utterance_split(rest, &left, &note->value)) {
        turn_fail(turn, "expected REMEMBER: <key> | <value>: there is no bar; RECALL: <key> tells "
                        "what is kept");
        return false;
    }
    slip = memory_take_options(left, &typed, &note->is_private);
    /* What an older agent1 took for a key can be forgotten. */
    if (slip && (*note->value || !is_kept(turn, typed, note->is_private))) {
        turn_fail(turn, "%s: no such option, so nothing was done; --private keeps it for you alone",
                  slip);
        return false;
    }
    if (memory_ends_private(note->value)) {
        turn_fail(turn,
                  "nothing was done: --private stands before the bar, as in "
                  "REMEMBER: --private %s | …",
                  typed);
        return false;
    }
    note->key = memory_key(typed);
    if (!is_fine(turn, note))
        return false;
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
