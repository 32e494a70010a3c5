#include "agent1/flow/daily/daily_text.h"

#include <string.h>

#include "agent1/flow/daily/chart_text.h"
#include "agent1/flow/daily/daily_chart.h"
#include "agent1/flow/daily/daily_failures.h"
#include "agent1/flow/daily/daily_figures.h"
#include "agent1/flow/daily/daily_rows.h"
#include "common/base/text.h"
#include "common/data/local_day.h"
#include "common/base/banned.h"

#define LINES_MAX           100 /* of agents; the others are summed up */
#define ERROR_SHOWN_CHARS   120
#define BODY_MAX_BYTES_KEPT 8192
#define HEAD_SHOWN_CHARS    16

typedef struct Line {
    const char *agent;
    const Row *figures; /* NULL: nothing ended */
    unsigned pending;
} Line;

/* ---- one agent ---- */

static void append_version(GString *text, const Core *core, const char *agent)
{
    const FleetAgent *live = fleet_find(core->fleet, agent);

    if (live && live->version)
        g_string_append_printf(text, core_words(core, "; version %s"), live->version);
}

static void append_host(GString *text, const Core *core, const Json *body)
{
    const Json *disk = json_member(body, "disk");
    int64_t uptime_s;
    int64_t load;
    int64_t free_bytes;
    int64_t total_bytes;

    if (json_int(json_member(body, "uptime_s"), &uptime_s)) {
        g_autofree char *uptime = core_duration(core, CLAMP(uptime_s, 0, INT64_C(1) << 40) * 1000);

        g_string_append_printf(text, core_words(core, "; up %s"), uptime);
    }
    if (json_int(json_member(json_member(body, "load"), "1min_percent"), &load)) {
        g_autofree char *number = g_strdup_printf("%.2f", (double)load / 100);
        g_autofree char *written = words_quantity(core->language, number);

        g_string_append_printf(text, core_words(core, ", load %s"), written);
    }
    if (json_int(json_member(disk, "free_bytes"), &free_bytes) &&
        json_int(json_member(disk, "total_bytes"), &total_bytes)) {
        g_autofree char *free_text = core_size(core, MAX(free_bytes, 0));
        g_autofree char *total_text = core_size(core, MAX(total_bytes, 0));

        g_string_append_printf(text, core_words(core, ", disk %s free of %s"), free_text,
                               total_text);
    }
}

/* An agent's words are shown on one line, as they are. */
static void append_errors(GString *text, const Core *core, const Json *body)
{
    const Json *errors = json_member(body, "errors");
    const Json *last = NULL;
    const Json *node;
    g_autofree char *shown = NULL;

    for (node = json_first(errors); node; node = json_next(node))
        last = node;
    if (!last)
        return;

    node = json_member(last, "text");
    shown = text_make_line(json_string(node) ? json_string(node) : "", ERROR_SHOWN_CHARS);
    g_string_append_printf(text, core_words(core, "; %u errors, the last: %s"), json_count(errors),
                           shown);
}

static void append_line(GString *text, const Core *core, const DailyText *what, const Line *line)
{
    const Row *report = daily_rows_find(core, line->agent, what->day);
    const char *told = report ? row_text(report, REPORTS_BODY) : "";
    g_autoptr(Json) body = json_parse(told, strlen(told), BODY_MAX_BYTES_KEPT, NULL);

    g_string_append_printf(text, "\n%s: ", line->agent);
    daily_figures_append(text, core, line->figures, line->pending);
    if (!what->is_past)
        append_version(text, core, line->agent);
    append_host(text, core, body);
    append_errors(text, core, body);
}

/* ---- who did not report ---- */

static bool should_have_reported(const Core *core, const DailyText *what, const char *agent)
{
    const ReportTime *time = report_times_of(core->report_times, agent);
    const RegistryAgent *entry = registry_find(core->registry, agent);

    return time && time->is_enabled && entry && entry->is_accepted &&
           (!what->agent || strcmp(what->agent, agent) == 0) &&
           (what->is_closing ||
            core->now_ms >= local_day_at(what->day, time->minute, core->zone)) &&
           !daily_rows_find(core, agent, what->day);
}

static void append_missing(GString *text, const Core *core, const DailyText *what)
{
    g_autoptr(GPtrArray) agents = report_times_agents(core->report_times);
    unsigned count = 0;
    unsigned i;

    for (i = 0; i < agents->len; i++) {
        const FleetAgent *live = fleet_find(core->fleet, agents->pdata[i]);
        g_autofree char *since = NULL;

        if (!should_have_reported(core, what, agents->pdata[i]))
            continue;
        if (count++ >= LINES_MAX)
            continue;
        g_string_append_printf(text, "%s%s",
                               count == 1 ? core_words(core, "\nDid not report: ") : ", ",
                               (const char *)agents->pdata[i]);
        if (live && live->state == AGENT_OFFLINE) {
            since = core_local_time(core, live->since_ms);
            g_string_append_printf(text, core_words(core, " (offline since %s)"), since);
        }
    }
    if (count > LINES_MAX)
        g_string_append_printf(text, core_words(core, " and %u more"), count - LINES_MAX);
}

/* ---- all ---- */

static int compare_lines(gconstpointer a, gconstpointer b)
{
    const Line *one = a;
    const Line *other = b;
    int64_t more = daily_figures_failures(other->figures) - daily_figures_failures(one->figures);

    if (more != 0)
        return more > 0 ? 1 : -1;
    return strcmp(one->agent, other->agent);
}

static void add_line(GArray *lines, const Core *core, const DailyText *what, const char *agent,
                     const Row *figures)
{
    Line line = { .agent = agent,
                  .figures = figures,
                  .pending = what->is_past ? 0 : runs_count_of(core->runs, agent) };

    g_array_append_val(lines, line);
}

/* Every accepted agent, and whoever had runs; a name that was only typed and refused is none. */
static GArray *make_lines(const Core *core, const DailyText *what)
{
    GArray *lines = g_array_new(FALSE, FALSE, sizeof(Line));
    g_autoptr(GPtrArray) names = registry_names(core->registry);
    unsigned i;

    for (i = 0; i < names->len; i++) {
        const RegistryAgent *entry = registry_find(core->registry, names->pdata[i]);

        if (entry->is_accepted && (!what->agent || strcmp(what->agent, entry->name) == 0))
            add_line(lines, core, what, entry->name, daily_figures_of(what->rows, entry->name));
    }
    for (i = 0; i < what->rows->len; i++) {
        const Row *row = what->rows->pdata[i];
        const char *agent = row->table == RESULT_FIGURES ? row_text(row, FIGURES_AGENT) : NULL;
        const RegistryAgent *entry = agent ? registry_find(core->registry, agent) : NULL;

        if (agent && !(entry && entry->is_accepted))
            add_line(lines, core, what, agent, row);
    }
    g_array_sort(lines, compare_lines);
    return lines;
}

static void append_sum(GString *text, const Core *core, const DailyText *what, const GArray *lines)
{
    unsigned pending = 0;
    unsigned i;

    for (i = 0; i < lines->len; i++)
        pending += g_array_index(lines, Line, i).pending;
    g_string_append(text, core_words(core, "\nAll: "));
    daily_figures_append(text, core, daily_figures_of(what->rows, NULL), pending);
}

static const char *fact_of(const GPtrArray *rows, const char *name)
{
    unsigned i;

    for (i = 0; i < rows->len; i++) {
        const Row *row = rows->pdata[i];

        if (row->table == TABLE_META && strcmp(row_text(row, META_NAME), name) == 0)
            return row_text(row, META_VALUE);
    }
    return NULL;
}

static void append_audit(GString *text, const Core *core, const GPtrArray *rows)
{
    const char *row = fact_of(rows, AUDIT_CHECKED);
    const char *hash = fact_of(rows, AUDIT_HASH);

    if (row && hash)
        g_string_append_printf(text, core_words(core, "\nAudit: %s row%s, head %.*s"), row,
                               core_plural(core, g_ascii_strtoll(row, NULL, 10)), HEAD_SHOWN_CHARS,
                               hash);
}

static void append_chart(GString *text, const Core *core, const DailyText *what)
{
    g_autoptr(DayChart) chart = daily_chart(core, what->rows, what->from_ms, what->until_ms);
    g_autofree char *shown = chart ? chart_text(chart) : NULL;

    if (shown)
        g_string_append_printf(text, "\n```\n%s\n```", shown);
}

char *daily_text(const Core *core, const DailyText *what)
{
    g_autoptr(GArray) lines = make_lines(core, what);
    GString *text = g_string_new(what->title);
    unsigned i;

    for (i = 0; i < MIN(lines->len, LINES_MAX); i++)
        append_line(text, core, what, &g_array_index(lines, Line, i));
    if (lines->len > LINES_MAX)
        g_string_append_printf(text, core_words(core, "\nand %u more agents"),
                               lines->len - LINES_MAX);
    if (!what->is_past)
        append_missing(text, core, what);
    if (!what->agent)
        append_sum(text, core, what, lines);
    daily_failures_append(text, core, what->rows);
    if (!what->agent && !what->is_past)
        append_audit(text, core, what->rows);
    append_chart(text, core, what);
    return g_string_free(text, FALSE);
}
