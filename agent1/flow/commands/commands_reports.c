/* !reports: when agents report and the compiled report goes out, and the change of it. */
#include "agent1/flow/commands/commands.h"

#include <string.h>

#include "agent1/flow/commands/moment.h"
#include "agent1/flow/commands/questions.h"
#include "agent1/flow/daily/daily.h"
#include "agent1/flow/daily/daily_rows.h"
#include "agent1/flow/gate/gate_facts.h"
#include "agent1/flow/state/edits.h"
#include "common/base/text.h"
#include "common/base/timestamp.h"
#include "common/data/local_day.h"
#include "common/base/banned.h"

#define USAGE       "!reports set <agent|daily> <HH:MM|off>, as in !reports set web1 22:00"
#define SET         "set"
#define DAILY       "daily"
#define OFF         "off"
#define SHOWN_CHARS 40

/* ---- showing ---- */

/* "22:00, next 22:00 CET", or "off". The caller owns it. */
static char *describe(const Core *core, const ReportTime *time)
{
    g_autofree char *clock = time->minute >= 0 ? report_time_print(time->minute) : NULL;
    g_autofree char *next = NULL;

    if (!time->is_enabled)
        return clock ? g_strdup_printf("off (%s)", clock) : g_strdup("off");
    next = core_local_time_with_zone(core, daily_next_ms(core, time->minute));
    return g_strdup_printf(core_words(core, "%s, next %s"), clock, next);
}

static void say_agent(Core *core, Turn *turn, const char *name)
{
    const Row *report = daily_rows_find(core, name, local_day_of(core->now_ms, core->zone));
    const RegistryAgent *entry = registry_find(core->registry, name);
    g_autofree char *described = describe(core, report_times_of(core->report_times, name));
    g_autofree char *at = report ? core_local_time(core, row_int(report, REPORTS_SEEN)) : NULL;

    turn_say(turn, "%s: %s%s%s%s", name, described,
             at ? core_words(core, "; reported today at ") : "", at ? at : "",
             !entry                ? core_words(core, "; no agent of that name")
             : !entry->is_accepted ? core_words(core, "; not accepted, so it is not asked")
                                   : "");
}

static void show(Core *core, Turn *turn)
{
    g_autoptr(GPtrArray) names = report_times_agents(core->report_times);
    g_autofree char *daily = describe(core, report_times_daily(core->report_times));
    g_autofree char *sent = daily_last_sent(core);
    unsigned i;

    turn_say(turn, "Reports, zone %s (" REPORTS_FILE "):", core->zone_name);
    turn_say(turn, "daily: %s%s%s", daily, sent ? core_words(core, "; last sent for ") : "",
             sent ? sent : "");
    for (i = 0; i < names->len; i++)
        say_agent(core, turn, names->pdata[i]);
    if (names->len == 0)
        turn_say(turn, "no agent is asked for its report; an operator sets a time with " USAGE);
    if (core->reload_error)
        turn_say(turn, "The edited files are NOT in use: !status tells why.");
}

/* ---- setting ---- */

/* Read: `agent` NULL for the compiled report, `minute` -1 for off. */
typedef struct Change {
    char *agent;
    int minute;
} Change;

/* The rest of the words from the first on. */
static bool read_time(Turn *turn, const GPtrArray *words, unsigned first, int *out_minute)
{
    g_autoptr(GString) text = g_string_new(words->pdata[first]);
    g_autofree char *shown = NULL;

    for (unsigned i = first + 1; i < words->len; i++)
        g_string_append_printf(text, " %s", (const char *)words->pdata[i]);
    *out_minute = -1;
    if (g_ascii_strcasecmp(text->str, OFF) == 0 || moment_time_of_day(text->str, out_minute))
        return true;

    shown = text_make_line(text->str, SHOWN_CHARS);

    turn_fail(turn,
              "%s: expected a time from 00:00 to 23:59, or off, as in !reports set web1 22:00",
              shown);
    return false;
}

static bool read_agent(Core *core, Turn *turn, const char *word, char **out_agent)
{
    g_autofree char *agent = g_ascii_strdown(word, -1);
    g_autofree char *shown = text_make_line(agent, SHOWN_CHARS);
    g_autofree char *nearest = NULL;

    if (strcmp(agent, DAILY) == 0) {
        *out_agent = NULL;
        return true;
    }
    /* One that is gone can still be switched off. */
    if (registry_find(core->registry, agent) || report_times_of(core->report_times, agent)) {
        *out_agent = g_steal_pointer(&agent);
        return true;
    }
    nearest = gate_facts_nearest(core, agent);
    turn_fail(turn, "%s: no agent of that name%s%s; \"" DAILY "\" is the compiled report", shown,
              core_words(core, nearest ? "; nearest: " : "; !agents lists them"),
              nearest ? nearest : "");
    return false;
}

static void edit(Core *core, const Change *change)
{
    g_autoptr(Json) members = report_times_members(!change->agent, change->minute);
    g_autofree char *text = json_print(members);

    edits_make(core, REPORTS_FILE, change->agent, text);
    report_times_set(core->report_times, change->agent, change->minute);
    daily_settle(core);
}

static const ReportTime *time_of(const Core *core, const Change *change)
{
    return change->agent ? report_times_of(core->report_times, change->agent)
                         : report_times_daily(core->report_times);
}

static void propose(Core *core, Turn *turn, const Change *change, const char *wished)
{
    const char *name = change->agent ? change->agent : DAILY;
    const ReportTime *old = time_of(core, change);
    g_autofree char *now = old ? describe(core, old) : g_strdup(core_words(core, "not set"));
    g_autofree char *text = g_strdup_printf("!reports set %s %s", name, wished);
    Question question = { .kind = QUESTION_LINE, .text = text, .shown = text };
    g_autofree char *which = NULL;

    if (!questions_stands(core, turn, &question)) {
        which = questions_ask(core, turn, &question);
        if (!which) {
            questions_too_many(turn);
            return;
        }
        turn_say(turn, "%s: now %s; shall it be %s? !yes%s or !no%s", name, now, wished, which,
                 which);
    }
    turn_outcome(turn, OUTCOME_AWAITING);
}

static void set(Core *core, Turn *turn, const Change *change)
{
    g_autofree char *clock = report_time_print(change->minute);
    const char *wished = change->minute >= 0 ? clock : OFF;
    g_autofree char *described = NULL;

    if (turn->speaker->is_dry_run) {
        turn_say(turn, "%s: %s (dry run: nothing was changed)",
                 change->agent ? change->agent : DAILY, wished);
        return;
    }
    if (!turn->is_confirmed) {
        propose(core, turn, change, wished);
        return;
    }
    edit(core, change);
    described = describe(core, time_of(core, change));
    turn_say(turn, "%s: %s", change->agent ? change->agent : DAILY, described);
}

static bool may_set(Core *core, Turn *turn)
{
    if (turn->speaker->role >= ROLE_OPERATOR)
        return true;

    turn_fail(turn, "!reports set: refused (role): this needs the role %s; yours is %s",
              role_name(ROLE_OPERATOR), role_name(turn->speaker->role));
    effects_audit(core->fx, core->now_ms, "refused", turn->speaker->principal, NULL, NULL,
                  "role: !reports set");
    return false;
}

/* The words of the arguments; empty ones are left out. */
static GPtrArray *split(const char *arguments)
{
    g_auto(GStrv) parts = g_strsplit_set(arguments, " \t", -1);
    GPtrArray *words = g_ptr_array_new_with_free_func(g_free);
    unsigned i;

    for (i = 0; parts[i]; i++) {
        if (*parts[i])
            g_ptr_array_add(words, g_strdup(parts[i]));
    }
    return words;
}

void commands_reports(Core *core, Turn *turn, const char *arguments)
{
    g_autoptr(GPtrArray) words = split(arguments);
    g_autofree char *agent = NULL;
    Change change = { 0 };

    if (words->len == 0) {
        show(core, turn);
        return;
    }
    if (g_ascii_strcasecmp(words->pdata[0], SET) != 0 || words->len < 3) {
        turn_fail(turn, "expected !reports, or " USAGE);
        return;
    }
    if (!may_set(core, turn) || !read_agent(core, turn, words->pdata[1], &agent) ||
        !read_time(turn, words, 2, &change.minute))
        return;

    change.agent = agent;
    set(core, turn, &change);
    if (turn->is_confirmed)
        effects_audit(core->fx, core->now_ms, "command", turn->speaker->principal, agent, NULL,
                      "!reports set %s %s", (const char *)words->pdata[1],
                      (const char *)words->pdata[2]);
}
