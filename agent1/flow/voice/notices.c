#include "agent1/flow/voice/notices.h"

#include <string.h>

#include "agent1/flow/voice/consoles.h"
#include "agent1/flow/voice/say.h"
#include "common/base/text.h"
#include "common/base/banned.h"

/* So many at once, and one a minute; more are gathered for a minute. */
#define BURST     5
#define PER_S     (1.0 / 60)
#define GATHER_MS (60 * INT64_C(1000))

#define HELD_MAX    5000
#define SHOWN_MAX   20
#define NAMES_SHOWN 5
#define LINE_CHARS  300
#define LOOK_MIN_MS INT64_C(1000)

static bool can_wait(NoticeKind kind)
{
    return kind == NOTICE_NEWS || kind == NOTICE_TO_DO;
}

static bool has_jid(const User *user)
{
    return user->jids && user->jids->len > 0;
}

static bool concerns(const User *user, NoticeKind kind)
{
    bool is_admin = user->role == ROLE_ADMIN;

    if (kind == NOTICE_TO_DO || kind == NOTICE_ALARM)
        return is_admin;
    return user->notices == HEARS_ALL || (user->notices == HEARS_BY_ROLE && is_admin);
}

static GTimeZone *zone_of(const Core *core, const User *user)
{
    return user->quiet_zone ? user->quiet_zone : core->zone;
}

static bool is_quiet(const Core *core, const User *user, int64_t at_ms)
{
    return user->quiet_hours && window_contains(user->quiet_hours, zone_of(core, user), at_ms);
}

/* ---- keeping back ---- */

/* The same words wait once. The caller owns it. */
static char *row_id(const User *user, const char *text)
{
    g_autofree char *digest = g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1);

    return g_strdup_printf("%s %s", user->name, digest);
}

/* They come again in the order in which they were kept back: several may be of one millisecond, and
 * a clock may be put back between two. */
static int64_t next_place(Core *core)
{
    g_autoptr(GPtrArray) rows = NULL;

    if (core->notice_place == 0) {
        rows = ledger_list(core->ledgers[TABLE_NOTICES]);
        for (unsigned i = 0; i < rows->len; i++)
            core->notice_place = MAX(core->notice_place, row_int(rows->pdata[i], NOTICES_PLACE));
    }
    return ++core->notice_place;
}

static void hold(Core *core, const User *user, bool may_wait, const char *text)
{
    g_autofree char *id = row_id(user, text);
    Row *row;

    if (ledger_find(core->ledgers[TABLE_NOTICES], id))
        return;
    if (ledger_count(core->ledgers[TABLE_NOTICES]) >= HELD_MAX) {
        effects_log(core->fx, EFFECT_LOG_WARNING, NULL, NULL,
                    "%d notices wait for %s: one is dropped: %s", HELD_MAX, user->name, text);
        return;
    }
    row = row_new(TABLE_NOTICES);
    row_set_text(row, NOTICES_ID, id);
    row_set_text(row, NOTICES_USER, user->name);
    row_set_text(row, NOTICES_TEXT, text);
    row_set_int(row, NOTICES_CREATED, core->now_ms);
    row_set_int(row, NOTICES_MAY_WAIT, may_wait);
    row_set_int(row, NOTICES_PLACE, next_place(core));
    ledger_put(core->ledgers[TABLE_NOTICES], row, core->fx);
    core->notices_due_ms = MIN(core->notices_due_ms, core->now_ms + GATHER_MS);
}

static bool is_flood(Core *core, const User *user)
{
    Bucket *bucket = g_hash_table_lookup(core->notice_limits, user->name);

    if (!bucket) {
        bucket = g_new(Bucket, 1);
        bucket_init(bucket, BURST, PER_S);
        g_hash_table_insert(core->notice_limits, g_strdup(user->name), bucket);
    }
    return !bucket_take(bucket, core->boot_ms);
}

/* ---- saying ---- */

static bool is_waiting(const Core *core, const User *user, const Row *row)
{
    return row_int(row, NOTICES_MAY_WAIT) && is_quiet(core, user, core->now_ms);
}

static void append_title(const Core *core, const User *user, const GPtrArray *rows, GString *text)
{
    const Row *first = rows->pdata[0];

    if (row_int(first, NOTICES_MAY_WAIT) && is_quiet(core, user, row_int(first, NOTICES_CREATED)))
        g_string_append(text, core_words(core, "In your quiet hours:"));
    else
        g_string_append_printf(
            text, core_words(core, rows->len == 1 ? "%u more notice:" : "%u more notices:"),
            rows->len);
}

static void say_digest_to(Core *core, const User *user, const GPtrArray *rows)
{
    g_autoptr(GString) text = g_string_new(NULL);
    Language before = core_speak_to(core, user->name);
    unsigned i;

    append_title(core, user, rows, text);
    for (i = 0; i < rows->len; i++) {
        const Row *row = rows->pdata[i];
        g_autofree char *at = core_local_time(core, row_int(row, NOTICES_CREATED));
        g_autofree char *line = text_make_line(row_text(row, NOTICES_TEXT), LINE_CHARS);

        if (i < SHOWN_MAX)
            g_string_append_printf(text, "\n%s %s", at, line);
        ledger_remove(core->ledgers[TABLE_NOTICES], row_text(row, NOTICES_ID), core->fx);
    }
    if (rows->len > SHOWN_MAX)
        g_string_append_printf(text, core_words(core, "\nand %u more"), rows->len - SHOWN_MAX);
    core_speak(core, before);
    say_xmpp(core, user->jids->pdata[0], text->str);
}

/* Those of an older agent1 have no place, and were before. */
static int compare_places(gconstpointer a, gconstpointer b)
{
    static const unsigned columns[] = { NOTICES_PLACE, NOTICES_CREATED };

    for (unsigned i = 0; i < G_N_ELEMENTS(columns); i++) {
        int64_t left = row_int(*(const Row *const *)a, columns[i]);
        int64_t right = row_int(*(const Row *const *)b, columns[i]);

        if (left != right)
            return left > right ? 1 : -1;
    }
    return 0;
}

/* What may be said now of what was kept back for a user, in its order. *out_next_ms, unless NULL:
 * when the rest may. The caller owns the array. */
static GPtrArray *list_held(const Core *core, const User *user, int64_t *out_next_ms)
{
    g_autoptr(GPtrArray) all = ledger_list(core->ledgers[TABLE_NOTICES]);
    GPtrArray *rows = g_ptr_array_new();
    unsigned i;

    g_ptr_array_sort(all, compare_places);
    for (i = 0; i < all->len; i++) {
        if (strcmp(row_text(all->pdata[i], NOTICES_USER), user->name) != 0)
            continue;
        if (!is_waiting(core, user, all->pdata[i]))
            g_ptr_array_add(rows, all->pdata[i]);
        else if (out_next_ms)
            *out_next_ms = window_next_change(user->quiet_hours, zone_of(core, user), core->now_ms);
    }
    return rows;
}

/* Before what comes after it. */
static void say_held(Core *core, const User *user)
{
    g_autoptr(GPtrArray) rows = NULL;

    if (ledger_count(core->ledgers[TABLE_NOTICES]) == 0)
        return;
    rows = list_held(core, user, NULL);
    if (rows->len > 0)
        say_digest_to(core, user, rows);
}

static void tell(Core *core, const User *user, NoticeKind kind, const char *text)
{
    bool may_wait = can_wait(kind);

    if ((may_wait && is_quiet(core, user, core->now_ms)) || is_flood(core, user)) {
        hold(core, user, may_wait, text);
        return;
    }
    say_held(core, user);
    say_xmpp(core, user->jids->pdata[0], text);
}

/* What is meant for one person, or cannot wait, is said at consoles, too: whoever sits there need
 * not look at a phone. */
static bool is_for_consoles(NoticeKind kind, bool is_named)
{
    return is_named || !can_wait(kind);
}

static void tell_at_doors(Core *core, const User *user, NoticeKind kind, bool is_named,
                          const char *text)
{
    if (is_for_consoles(kind, is_named))
        consoles_tell(core, user->name, text);
    if (core->settings->xmpp_is_enabled && has_jid(user))
        tell(core, user, kind, text);
}

static void tell_in_own_words(Core *core, const User *user, NoticeKind kind, bool is_named,
                              const char *format, va_list arguments) G_GNUC_PRINTF(5, 0);

static void tell_in_own_words(Core *core, const User *user, NoticeKind kind, bool is_named,
                              const char *format, va_list arguments)
{
    Language before = core_speak_to(core, user->name);
    g_autofree char *text = g_strdup_vprintf(core_words(core, format), arguments);

    tell_at_doors(core, user, kind, is_named, text);
    core_speak(core, before);
}

/* Those whom it concerns, and the one who is called so; NULL: nobody more. */
static void tell_all(Core *core, const char *name, NoticeKind kind, const char *format,
                     va_list arguments) G_GNUC_PRINTF(4, 0);

static void tell_all(Core *core, const char *name, NoticeKind kind, const char *format,
                     va_list arguments)
{
    const GPtrArray *users = users_list(core->users);
    unsigned i;

    for (i = 0; i < users->len; i++) {
        const User *user = users->pdata[i];
        bool is_named = g_strcmp0(user->name, name) == 0;
        va_list copy;

        if (!concerns(user, kind) && !is_named)
            continue;
        va_copy(copy, arguments);
        tell_in_own_words(core, user, kind, is_named, format, copy);
        va_end(copy);
    }
}

void notices_tell(Core *core, NoticeKind kind, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    tell_all(core, NULL, kind, format, arguments);
    va_end(arguments);
}

void notices_tell_made(Core *core, NoticeKind kind, NoticeText make, const void *data)
{
    const GPtrArray *users = users_list(core->users);
    unsigned i;

    for (i = 0; i < users->len; i++) {
        const User *user = users->pdata[i];
        Language before;
        g_autofree char *text = NULL;

        if (!concerns(user, kind))
            continue;
        before = core_speak_to(core, user->name);
        text = make(core, data);
        tell_at_doors(core, user, kind, false, text);
        core_speak(core, before);
    }
}

void notices_tell_with(Core *core, const char *name, NoticeKind kind, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    tell_all(core, name, kind, format, arguments);
    va_end(arguments);
}

void notices_tell_user(Core *core, const char *name, NoticeKind kind, const char *format, ...)
{
    const User *user = users_by_name(core->users, name);
    va_list arguments;

    va_start(arguments, format);
    if (!user || !has_jid(user))
        tell_all(core, user ? name : NULL, kind, format, arguments);
    else
        tell_in_own_words(core, user, kind, true, format, arguments);
    va_end(arguments);
}

char *notices_names(const GPtrArray *agents)
{
    GString *text = g_string_new(NULL);
    unsigned i;

    for (i = 0; i < MIN(agents->len, NAMES_SHOWN); i++)
        g_string_append_printf(text, "%s%s", i ? ", " : "",
                               ((const FleetAgent *)agents->pdata[i])->name);
    if (agents->len > NAMES_SHOWN)
        g_string_append_printf(text, " and %u more", agents->len - NAMES_SHOWN);
    return g_string_free(text, FALSE);
}

/* ---- saying what was kept back, in its time ---- */

/* A clock that was put back makes nobody wait. */
static bool is_gathered(const Core *core, const Row *row)
{
    int64_t created_ms = row_int(row, NOTICES_CREATED);

    return core->now_ms >= created_ms + GATHER_MS || core->now_ms < created_ms;
}

/* Returns when to look again. */
static int64_t do_user(Core *core, const User *user)
{
    int64_t next_ms = INT64_MAX;
    g_autoptr(GPtrArray) rows = list_held(core, user, &next_ms);

    if (rows->len == 0)
        return next_ms;
    if (!is_gathered(core, rows->pdata[0]))
        return MIN(next_ms, row_int(rows->pdata[0], NOTICES_CREATED) + GATHER_MS);
    say_digest_to(core, user, rows);
    return next_ms;
}

/* Whoever was taken out of config.json hears nothing more. */
static void drop_for_nobody(Core *core)
{
    g_autoptr(GPtrArray) rows = ledger_list(core->ledgers[TABLE_NOTICES]);
    unsigned i;

    for (i = 0; i < rows->len; i++) {
        const User *user = users_by_name(core->users, row_text(rows->pdata[i], NOTICES_USER));

        if (!user || !has_jid(user))
            ledger_remove(core->ledgers[TABLE_NOTICES], row_text(rows->pdata[i], NOTICES_ID),
                          core->fx);
    }
}

void notices_due(Core *core)
{
    const GPtrArray *users = users_list(core->users);
    int64_t next_ms;
    unsigned i;

    if (core->now_ms < core->notices_due_ms)
        return;

    core->notices_due_ms = INT64_MAX;
    next_ms = consoles_due(core);
    drop_for_nobody(core);
    for (i = 0; i < users->len && ledger_count(core->ledgers[TABLE_NOTICES]) > 0; i++)
        next_ms = MIN(next_ms, do_user(core, users->pdata[i]));
    core->notices_due_ms = MAX(next_ms, core->now_ms + LOOK_MIN_MS);
}
