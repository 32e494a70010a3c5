#include "agent1/flow/voice/consoles.h"

#include "agent1/flow/voice/say.h"
#include "common/base/text.h"
#include "common/data/bucket.h"
#include "common/wire/run_state.h"
#include "common/base/banned.h"

/* Whoever did not write for so long has gone home. */
#define OPEN_MS      (24 * 3600 * INT64_C(1000))
#define CONSOLES_MAX 200
/* So many at once, and one a minute; more are gathered for a minute. */
#define BURST      5
#define PER_S      (1.0 / 60)
#define GATHER_MS  (60 * INT64_C(1000))
#define LATE_SHOWN 20
#define LINE_CHARS 300

typedef struct Console {
    char *key;
    char *chat_id;    /* the first that was heard of it */
    int64_t since_ms; /* when it wrote another; 0: not yet */
    int64_t heard_boot_ms;
    Bucket limit;
    GPtrArray *late;     /* char *, the newest lines of what was gathered */
    unsigned late_count; /* all of them */
    int64_t late_due_ms; /* when they are said */
} Console;

void console_free(void *data)
{
    Console *console = data;

    g_free(console->key);
    g_free(console->chat_id);
    g_ptr_array_unref(console->late);
    g_free(console);
}

static bool is_left(const Core *core, const Console *console)
{
    return core->boot_ms - console->heard_boot_ms > OPEN_MS;
}

/* First those for which nothing waits, then those that are silent for longest. */
static bool goes_before(const Console *a, const Console *b)
{
    bool a_waits = a->late_count > 0;
    bool b_waits = b->late_count > 0;

    return a_waits != b_waits ? b_waits : a->heard_boot_ms < b->heard_boot_ms;
}

/* Those that were left, or else one. */
static void make_room(Core *core)
{
    const Console *first = NULL;
    GHashTableIter iter;
    void *session;
    void *console;
    const char *gone = NULL;

    g_hash_table_iter_init(&iter, core->consoles);
    while (g_hash_table_iter_next(&iter, &session, &console)) {
        if (is_left(core, console)) {
            g_hash_table_iter_remove(&iter);
        } else if (!first || goes_before(console, first)) {
            first = console;
            gone = session;
        }
    }
    if (g_hash_table_size(core->consoles) >= CONSOLES_MAX)
        g_hash_table_remove(core->consoles, gone);
}

void consoles_heard(Core *core, const Speaker *speaker)
{
    Console *console;

    console = g_hash_table_lookup(core->consoles, speaker->address);
    if (!console || g_strcmp0(console->key, speaker->key) != 0) {
        make_room(core);
        console = g_new0(Console, 1);
        console->key = g_strdup(speaker->key);
        console->chat_id = g_strdup(speaker->chat_id);
        console->late = g_ptr_array_new_with_free_func(g_free);
        bucket_init(&console->limit, BURST, PER_S);
        g_hash_table_replace(core->consoles, g_strdup(speaker->address), console);
    } else if (console->since_ms == 0 && g_strcmp0(console->chat_id, speaker->chat_id) != 0) {
        console->since_ms = core->now_ms;
    }
    console->heard_boot_ms = core->boot_ms;
}

static bool is_of(const Core *core, const Console *console, const char *user)
{
    const User *owner = users_by_key(core->users, console->key);

    return owner && g_strcmp0(owner->name, user) == 0 && console->since_ms > 0 &&
           !is_left(core, console);
}

/* ---- saying ---- */

static void say(Core *core, const char *session, const Console *console, const char *text)
{
    g_autoptr(Speaker) speaker = speaker_new(DOOR_CLI, session, console->key);
    const Answer answer = {
        .text = text, .is_final = true, .is_news = true, .outcome = OUTCOME_OK
    };

    speaker->in_reply_to = g_strdup(session);
    say_answer(core, speaker, &answer);
}

/* The newest stay: they tell how things are. */
static void keep(Core *core, Console *console, const char *text)
{
    g_autofree char *at = core_local_time(core, core->now_ms);
    g_autofree char *line = text_make_line(text, LINE_CHARS);

    if (console->late_count == 0)
        console->late_due_ms = core->now_ms + (core_is_asleep(core) ? 0 : GATHER_MS);
    console->late_count++;
    g_ptr_array_add(console->late, g_strdup_printf("%s %s", at, line));
    if (console->late->len > LATE_SHOWN)
        g_ptr_array_remove_index(console->late, 0);
    core->notices_due_ms = MIN(core->notices_due_ms, console->late_due_ms);
}

static void append_title(const Core *core, const Console *console, GString *text)
{
    if (console->late_count > console->late->len)
        g_string_append_printf(text, core_words(core, "%u more notices, the last %u:"),
                               console->late_count, console->late->len);
    else
        g_string_append_printf(
            text,
            core_words(core, console->late_count == 1 ? "%u more notice:" : "%u more notices:"),
            console->late_count);
}

static void say_late(Core *core, const char *session, Console *console)
{
    g_autoptr(GString) text = g_string_new(NULL);

    if (console->late_count == 0)
        return;
    append_title(core, console, text);
    for (unsigned i = 0; i < console->late->len; i++)
        g_string_append_printf(text, "\n%s", (const char *)console->late->pdata[i]);
    console->late_count = 0;
    g_ptr_array_set_size(console->late, 0);
    say(core, session, console, text->str);
}

static void tell_one(Core *core, const char *session, Console *console, const char *text)
{
    if (core_is_asleep(core) || !bucket_take(&console->limit, core->boot_ms)) {
        keep(core, console, text);
        return;
    }
    say_late(core, session, console);
    say(core, session, console, text);
}

void consoles_tell(Core *core, const char *user, const char *text)
{
    GHashTableIter iter;
    void *session;
    void *console;

    g_hash_table_iter_init(&iter, core->consoles);
    while (g_hash_table_iter_next(&iter, &session, &console)) {
        if (is_of(core, console, user))
            tell_one(core, session, console, text);
    }
}

/* Whoever is no user any more hears nothing. */
static void say_late_to_owner(Core *core, const char *session, Console *console)
{
    const User *owner = users_by_key(core->users, console->key);
    Language before;

    if (!owner || is_left(core, console)) {
        console->late_count = 0;
        g_ptr_array_set_size(console->late, 0);
        return;
    }
    before = core_speak_to(core, owner->name);
    bucket_take(&console->limit, core->boot_ms);
    say_late(core, session, console);
    core_speak(core, before);
}

int64_t consoles_due(Core *core)
{
    int64_t next_ms = INT64_MAX;
    GHashTableIter iter;
    void *session;
    void *data;

    if (core_is_asleep(core))
        return next_ms;

    g_hash_table_iter_init(&iter, core->consoles);
    while (g_hash_table_iter_next(&iter, &session, &data)) {
        Console *console = data;

        if (console->late_count == 0)
            continue;
        /* A clock that was put back makes nobody wait. */
        if (core->now_ms >= console->late_due_ms || core->now_ms < console->late_due_ms - GATHER_MS)
            say_late_to_owner(core, session, console);
        else
            next_ms = MIN(next_ms, console->late_due_ms);
    }
    return next_ms;
}
