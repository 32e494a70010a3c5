#include "agent1/flow/commands/report_line.h"

#include <string.h>

#include "common/base/name.h"
#include "common/base/text.h"
#include "common/base/banned.h"

#define SHOWN_CHARS 40

static void fail_form(Turn *turn, const char *word)
{
    turn_fail(turn, "expected %s [agent] [| <time>], as in %s web1, or %s web1 | yesterday", word,
              word, word);
}

static void fail_range(Turn *turn, const char *text, ReportRangeFault fault)
{
    g_autofree char *shown = text_make_line(text, SHOWN_CHARS);

    switch (fault) {
    case REPORT_RANGE_OK:
        break;
    case REPORT_RANGE_NO_FORM:
        turn_fail(turn,
                  "%s: expected a time such as today, yesterday, 24h, 2026-11-25 or "
                  "2026-11-01..2026-11-07",
                  shown);
        break;
    case REPORT_RANGE_BACKWARDS:
        turn_fail(turn,
                  "%s: it ends before it begins; the earlier day comes first, as in "
                  "2026-11-01..2026-11-07",
                  shown);
        break;
    case REPORT_RANGE_TOO_LONG:
        turn_fail(turn, "%s: a time has at most %d days, as in 7d or 2026-11-01..2026-11-07", shown,
                  REPORT_RANGE_DAYS_MAX);
        break;
    case REPORT_RANGE_IN_FUTURE:
        turn_fail(turn, "%s: nothing can have ended then; expected a time such as today or 24h",
                  shown);
        break;
    }
}

/* Phones begin a word with a capital. */
static bool read_agent(Turn *turn, const char *word, const char *text, ReportLine *out)
{
    g_autofree char *agent = g_ascii_strdown(text, -1);

    if (!*agent)
        return true;
    if (!name_is_valid(agent)) {
        fail_form(turn, word);
        return false;
    }
    out->agent = g_steal_pointer(&agent);
    return true;
}

/* "REPORT: yesterday": a time where the agent stands. */
static bool is_stray_range(const Turn *turn, const char *text)
{
    g_autofree char *agent = g_ascii_strdown(text, -1);
    ReportRange range;

    return !registry_find(turn->core->registry, agent) &&
           report_range_parse(agent, turn->core->now_ms, turn->core->zone, &range) ==
               REPORT_RANGE_OK;
}

bool report_line_read(Turn *turn, const char *word, const char *rest, ReportLine *out)
{
    const char *bar = strchr(rest, '|');
    g_autofree char *agent = g_strndup(rest, bar ? (size_t)(bar - rest) : strlen(rest));
    g_autofree char *time = bar ? g_strstrip(g_strdup(bar + 1)) : NULL;
    ReportRangeFault fault;

    *out = (ReportLine){ .has_range = time != NULL };
    g_strstrip(agent);
    if (!time && is_stray_range(turn, agent)) {
        turn_fail(turn, "%s: a time stands behind a bar: %s | %s", agent, word, agent);
        return false;
    }
    if (!read_agent(turn, word, agent, out))
        return false;
    if (!time)
        return true;
    if (!*time) {
        fail_form(turn, word);
        return false;
    }
    fault = report_range_parse(time, turn->core->now_ms, turn->core->zone, &out->range);
    fail_range(turn, time, fault);
    return fault == REPORT_RANGE_OK;
}

void report_line_clear(ReportLine *line)
{
    g_free(line->agent);
}
