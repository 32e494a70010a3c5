#include "agent1/flow/daily/daily_send.h"

#include "agent1/flow/daily/daily_picture.h"
#include "agent1/flow/voice/say.h"
#include "common/data/local_day.h"
#include "common/base/banned.h"

#define LATE_SAID_MS (15 * INT64_C(60000))

/* "Daily report 2026-11-25: what ended since 2026-11-24 22:30 CET (late: due 22:30 CET)". The
 * caller owns it. */
static char *describe_title(const Core *core, const DailyText *report)
{
    bool is_late = core->now_ms - report->until_ms > LATE_SAID_MS;
    g_autofree char *date = local_day_print(report->day);
    g_autofree char *from = core_local_time_with_zone(core, report->from_ms);
    g_autofree char *due = core_local_time_with_zone(core, report->until_ms);

    return g_strdup_printf(core_words(core, "Daily report %s: what ended since %s%s%s%s"), date,
                           from, is_late ? core_words(core, " (late: due ") : "",
                           is_late ? due : "", is_late ? ")" : "");
}

/* ---- keeping ---- */

/* "2026-11-25/en". The caller owns it. */
static char *make_id(int64_t day, Language language)
{
    g_autofree char *date = local_day_print(day);

    return g_strdup_printf("%s/%s", date, language_code(language));
}

static void keep(Core *core, int64_t day, const char *text)
{
    g_autofree char *id = make_id(day, core->language);
    Row *row = row_new(TABLE_DAILIES);

    row_set_text(row, DAILIES_ID, id);
    row_set_text(row, DAILIES_TEXT, text);
    row_set_int(row, DAILIES_SENT, core->now_ms);
    effects_put(core->fx, row);
}

const char *daily_send_choose(const Core *core, const GPtrArray *rows)
{
    g_autofree char *end = g_strdup_printf("/%s", language_code(core->language));
    unsigned i;

    for (i = 0; i < rows->len; i++) {
        if (g_str_has_suffix(row_text(rows->pdata[i], DAILIES_ID), end))
            return row_text(rows->pdata[i], DAILIES_TEXT);
    }
    return rows->len > 0 ? row_text(rows->pdata[0], DAILIES_TEXT) : NULL;
}

/* ---- saying ---- */

/* The first JIDs of those with this role who read this language, added to the list. */
static void add_readers(Core *core, Role role, Language language, GPtrArray *jids)
{
    g_autoptr(GPtrArray) users = users_with_role(core->users, role);
    Language before = core->language;
    unsigned i;

    for (i = 0; i < users->len; i++) {
        const User *user = users->pdata[i];

        core_speak_to(core, user->name);
        if (user->jids && user->jids->len > 0 && core->language == language)
            g_ptr_array_add(jids, user->jids->pdata[0]);
    }
    core_speak(core, before);
}

/* To those who read the language that is spoken. */
static void say(Core *core, const DailyText *report, const GPtrArray *jids)
{
    g_autofree char *title = describe_title(core, report);
    DailyText what = *report;
    g_autofree char *text = NULL;
    g_autoptr(GString) lines = g_string_new(NULL);
    unsigned i;

    what.title = title;
    text = daily_text(core, &what);
    keep(core, report->day, text);
    for (i = 0; i < jids->len; i++) {
        say_xmpp(core, jids->pdata[i], text);
        g_string_append_printf(lines, "%s%s", i > 0 ? "\n" : "", (const char *)jids->pdata[i]);
    }
    if (jids->len > 0)
        daily_picture_send(core, &what, lines->str);
}

static void audit(Core *core, const DailyText *report)
{
    Language before = core_speak(core, LANGUAGE_EN);
    g_autofree char *title = describe_title(core, report);

    core_speak(core, before);
    effects_audit(core->fx, core->now_ms, "daily_report", NULL, NULL, NULL, "%s", title);
}

void daily_send(Core *core, const DailyText *report)
{
    Language own = core->language;
    unsigned language;

    for (language = 0; language < LANGUAGE_COUNT; language++) {
        g_autoptr(GPtrArray) jids = g_ptr_array_new();

        core_speak(core, (Language)language);
        add_readers(core, ROLE_ADMIN, (Language)language, jids);
        add_readers(core, ROLE_OPERATOR, (Language)language, jids);
        if (jids->len > 0 || language == own)
            say(core, report, jids);
    }
    core_speak(core, own);
    audit(core, report);
}
