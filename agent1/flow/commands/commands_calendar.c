/* !calendar: the month ahead on one screen, windows and schedules together. */
#include "agent1/flow/commands/commands.h"

#include <string.h>

#include "agent1/flow/gate/gate_facts.h"
#include "agent1/flow/schedules/month.h"
#include "common/base/text.h"
#include "common/base/banned.h"

#define SHOWN_CHARS 40
#define DAY_S       INT64_C(86400)

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
    Month month;

    if (!read_agent(core, turn, arguments, &agent))
        return;
    month_look(core, agent, &month);
    drawn = draw(core, &month);
    block = text_fence(drawn);
    turn_say(turn, "%s, the month ahead, zone %s:", agent ? agent : core_words(core, "All agents"),
             core->zone_name);
    turn_say(turn, "%s", block);
    turn_say(turn, "1 to 9 begin in that hour, + more; x skipped; ░ closed%s",
             agent ? "" : core_words(core, " (blackout hours)"));
    if (month.schedules == 0)
        turn_say(turn, "no schedule has a time in it");
    if (month.is_cut)
        turn_say(turn, "There are too many for one screen: !calendar <agent> shows all of one.");
}
