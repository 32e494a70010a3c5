#include "agent1/flow/voice/consoles.h"

#include "agent1/flow/voice/say.h"
#include "common/data/bucket.h"
#include "common/wire/run_state.h"
#include "common/base/banned.h"

/* Whoever did not write for so long has gone home. */
#define OPEN_MS      (24 * 3600 * INT64_C(1000))
#define CONSOLES_MAX 200
/* So many at once, and one a minute: what is more stands in !runs and !status. */
#define BURST 5
#define PER_S (1.0 / 60)

typedef struct Console {
    char *key;
    char *chat_id;    /* the first that was heard of it */
    int64_t since_ms; /* when it wrote another; 0: not yet */
    int64_t heard_boot_ms;
    Bucket limit;
} Console;

void console_free(void *data)
{
    Console *console = data;

    g_free(console->key);
    g_free(console->chat_id);
    g_free(console);
}

static bool is_left(const Core *core, const Console *console)
{
    return core->boot_ms - console->heard_boot_ms > OPEN_MS;
}

/* Those that were left, or else the one that is silent for longest. */
static void make_room(Core *core)
{
    const Console *oldest = NULL;
    GHashTableIter iter;
    void *session;
    void *console;
    const char *silent = NULL;

    g_hash_table_iter_init(&iter, core->consoles);
    while (g_hash_table_iter_next(&iter, &session, &console)) {
        if (is_left(core, console)) {
            g_hash_table_iter_remove(&iter);
        } else if (!oldest || ((const Console *)console)->heard_boot_ms < oldest->heard_boot_ms) {
            oldest = console;
            silent = session;
        }
    }
    if (g_hash_table_size(core->consoles) >= CONSOLES_MAX)
        g_hash_table_remove(core->consoles, silent);
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

static void tell_one(Core *core, const char *session, Console *console, const char *text)
{
    g_autoptr(Speaker) speaker = speaker_new(DOOR_CLI, session, console->key);
    const Answer answer = {
        .text = text, .is_final = true, .is_news = true, .outcome = OUTCOME_OK
    };

    if (!bucket_take(&console->limit, core->boot_ms))
        return;
    speaker->in_reply_to = g_strdup(session);
    say_answer(core, speaker, &answer);
}

void consoles_tell(Core *core, const char *user, const char *text)
{
    GHashTableIter iter;
    void *session;
    void *console;

    if (core_is_asleep(core))
        return;

    g_hash_table_iter_init(&iter, core->consoles);
    while (g_hash_table_iter_next(&iter, &session, &console)) {
        if (is_of(core, console, user))
            tell_one(core, session, console, text);
    }
}

bool consoles_was_there(const Core *core, const Speaker *speaker, int64_t at_ms)
{
    const Console *console = g_hash_table_lookup(core->consoles, speaker->address);

    return console && console->since_ms > 0 && console->since_ms <= at_ms;
}
