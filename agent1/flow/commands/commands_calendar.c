/* !calendar: the month ahead on one screen, windows and schedules together. */
#include "agent1/flow/commands/commands.h"

#include <string.h>

#include "agent1/flow/gate/gate_facts.h"
#include "agent1/flow/schedules/month.h"
#include "agent1/flow/voice/uploads.h"
#include "common/base/text.h"
#include "common/data/local_day.h"
#include "common/base/banned.h"

#define SHOWN_CHARS   40
#define DAY_S         INT64_C(86400)
#define EPOCH_WEEKDAY 3 /* 1970-01-01 was a Thursday */

/* "Fri 27 Nov" or "ven 27/11": ten columns, whatever the language. */
static void append_day(const Core *core, int64_t day, GString *text)
{
    static const char *const days[LANGUAGE_COUNT][7] = {
        [LANGUAGE_EN] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" },
        [LANGUAGE_FR] = { "lun", "mar", "mer", "jeu", "ven", "sam", "dim" },
    };
    static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
    g_autoptr(GDateTime) date = g_date_time_new_from_unix_utc(day * DAY_S);
    const char *name = days[core->language][g_date_time_get_day_of_week(date) - 1];
    int number = g_date_time_get_day_of_month(date);
    int month = g_date_time_get_month(date);

    if (core->language == LANGUAGE_FR)
        g_string_append_printf(text, "%s %02d/%02d  ", name, number, month);
    else
        g_string_append_printf(text, "%s %2d %s ", name, number, months[month - 1]);
}

static void append_cell(const MonthCell *cell, GString *text)
{
    if (cell->begins >= MONTH_CELL_MAX)
        g_string_append_c(text, '+');
    else if (cell->begins > 0)
        g_string_append_printf(text, "%u", cell->begins);
    else if (cell->skipped > 0)
        g_string_append_c(text, 'x');
    else
        g_string_append(text, cell->is_closed ? "░" : "·");
}

/* The caller owns it. */
static char *draw(const Core *core, const Month *month)
{
    GString *text = g_string_new("           0     6     12    18\n");
    unsigned day;
    unsigned hour;

    for (day = 0; day < MONTH_DAYS; day++) {
        append_day(core, month->first_day + day, text);
        for (hour = 0; hour < MONTH_HOURS; hour++)
            append_cell(&month->cells[day][hour], text);
        if (day + 1 < MONTH_DAYS)
            g_string_append_c(text, '\n');
    }
    return g_string_free(text, FALSE);
}

/* ---- as a picture ---- */

static bool is_blank(const Month *month)
{
    unsigned day;
    unsigned hour;

    for (day = 0; day < MONTH_DAYS; day++) {
        for (hour = 0; hour < MONTH_HOURS; hour++) {
            const MonthCell *cell = &month->cells[day][hour];

            if (cell->begins || cell->skipped || cell->is_closed)
                return false;
        }
    }
    return true;
}

static MonthChart *make_chart(const Core *core, const Month *month, const char *whose)
{
    static const char *const names[MONTH_CHART_MARK_COUNT] = {
        [MONTH_CHART_BEGINS] = WORDS_LATER("begin in that hour"),
        [MONTH_CHART_SKIPPED] = WORDS_LATER("skipped"),
        [MONTH_CHART_CLOSED] = WORDS_LATER("closed"),
    };
    MonthChart *chart = month_chart_new();
    unsigned i;

    chart->title = g_strdup_printf(core_words(core, "%s, the month ahead"), whose);
    chart->of_hours = g_strdup_printf(core_words(core, "hour, %s"), core->zone_name);
    for (i = 0; i < MONTH_CHART_MARK_COUNT; i++)
        chart->names[i] = g_strdup(core_words(core, names[i]));
    for (i = 0; i < MONTH_DAYS; i++) {
        GString *name = g_string_new(NULL);

        append_day(core, month->first_day + i, name);
        chart->days[i].name = g_strchomp(g_string_free(name, FALSE));
        chart->days[i].weekday = (unsigned)((month->first_day + i + EPOCH_WEEKDAY) % 7);
        memcpy(chart->days[i].cells, month->cells[i], sizeof(month->cells[i]));
    }
    return chart;
}

/* To those whose XMPP server takes files; what is not all of it would tell them nothing true. */
static void send_picture(Core *core, const Turn *turn, const Month *month, const char *agent,
                         const char *whose)
{
    g_autofree char *date = local_day_print(month->first_day);
    g_autofree char *name =
        g_strdup_printf("calendar-%s%s%s.png", agent ? agent : "", agent ? "-" : "", date);
    g_autoptr(MonthChart) chart = NULL;
    g_autofree char *text = NULL;

    if (turn->speaker->door != DOOR_XMPP || month->is_cut || is_blank(month) ||
        !uploads_may_draw(core))
        return;
    chart = make_chart(core, month, whose);
    text = month_chart_print(chart);
    uploads_begin_chart(core, name, text, turn->speaker->address);
}

/* ---- the command ---- */

static bool read_agent(Core *core, Turn *turn, const char *arguments, char **out_agent)
{
    g_autofree char *agent = g_ascii_strdown(arguments, -1);
    g_autofree char *shown = text_make_line(agent, SHOWN_CHARS);
    g_autofree char *nearest = NULL;

    *out_agent = NULL;
    if (!*agent)
        return true;
    if (registry_find(core->registry, agent)) {
        *out_agent = g_steal_pointer(&agent);
        return true;
    }
    nearest = gate_facts_nearest(core, agent);
    turn_fail(turn, "%s: no agent of that name%s%s", shown,
              core_words(core, nearest ? "; nearest: " : "; !agents lists them"),
              nearest ? nearest : "");
    return false;
}

void commands_calendar(Core *core, Turn *turn, const char *arguments)
{
    g_autofree char *agent = NULL;
    g_autofree char *drawn = NULL;
    g_autofree char *block = NULL;
    const char *whose;
    Month month;

    if (!read_agent(core, turn, arguments, &agent))
        return;
    month_look(core, agent, &month);
    whose = agent ? agent : core_words(core, "All agents");
    drawn = draw(core, &month);
    block = text_fence(drawn);
    turn_say(turn, "%s, the month ahead, zone %s:", whose, core->zone_name);
    turn_say(turn, "%s", block);
    turn_say(turn, "1 to 9 begin in that hour, + more; x skipped; ░ closed%s",
             agent ? "" : core_words(core, " (blackout hours)"));
    if (month.schedules == 0)
        turn_say(turn, "no schedule has a time in it");
    if (month.is_cut)
        turn_say(turn, "There are too many for one screen: !calendar <agent> shows all of one.");
    send_picture(core, turn, &month, agent, whose);
}
