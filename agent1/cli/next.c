#include "agent1/cli/next.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "agent1/cli/client.h"
#include "agent1/cli/printer.h"
#include "agent1/cli/screen_width.h"
#include "common/base/quantity.h"
#include "common/base/timestamp.h"
#include "common/data/json.h"
#include "common/data/time_lapse.h"
#include "common/data/time_never.h"
#include "common/data/time_spec.h"
#include "common/data/zones.h"
#include "common/sys/clock.h"
#include "common/sys/zone.h"

#include "common/base/banned.h"

/* What was asked, and who tells the time. */
typedef struct Question {
    TimeSpec spec;
    char *canonical;
    GTimeZone *zone;
    WallClock *clock;
    int64_t from_ms;
    unsigned count;
    TimeLapse lapse;
    unsigned days; /* until it comes, where that is in another year */
} Question;

static void question_clear(Question *question)
{
    g_free(question->canonical);
    g_clear_pointer(&question->zone, g_time_zone_unref);
    g_clear_pointer(&question->clock, wall_clock_free);
}

static bool read_spec(const char *text, TimeSpec *out)
{
    g_auto(TimeProblem) problem = { 0 };
    g_autofree char *words = NULL;

    if (time_spec_read(text, out, &problem))
        return true;
    words = time_problem_print(&problem);
    printer_problem("%s", words);
    if (!time_problem_has_examples(&problem))
        printer_problem("examples: %s", time_problem_examples());
    return false;
}

/* The next occurrence after *at_ms, which moves on. */
static bool step(const Question *question, int64_t *at_ms, TimeOccurrence *out)
{
    if (!time_spec_next(&question->spec, question->clock, question->from_ms, *at_ms, out))
        return false;

    *at_ms = out->at_ms;
    return true;
}

static void complain_of_past(const Question *question)
{
    g_autofree char *next = time_lapse_next_day(&question->spec);

    if (next)
        printer_problem("%s: that is past; if you mean the next one: %s", question->canonical,
                        next);
    else
        printer_problem("%s: that is past; a time to come is wanted", question->canonical);
}

/* False, and complained, when there is none: agent1 refuses it, too. */
static bool has_any(const Question *question)
{
    int64_t at_ms = question->from_ms;
    TimeOccurrence first;
    g_autofree char *why = time_never_print(&question->spec);

    if (step(question, &at_ms, &first))
        return true;
    if (why)
        printer_problem("%s: that never comes: %s", question->canonical, why);
    else if (question->spec.kind == TIME_SPEC_CALENDAR)
        printer_problem("%s: there is no such time from then to the end of 2100",
                        question->canonical);
    else
        complain_of_past(question);
    return false;
}

/* A day without a year that was today or yesterday: true, and complained, as agent1 does. */
static bool is_just_over(Question *question)
{
    g_autofree char *ago = NULL;
    g_autofree char *next = NULL;
    LapsedTime lapsed;

    question->lapse = time_lapse_find(&question->spec, question->clock, question->from_ms, &lapsed);
    if (question->lapse != TIME_LAPSE_NONE)
        question->days = lapsed.days;
    if (question->lapse != TIME_LAPSE_JUST_OVER)
        return false;

    ago = duration_format(lapsed.ago_ms);
    next = time_spec_print(&lapsed.next);
    printer_problem("%s: that was %s ago; if you mean the next one, in %u days: %s",
                    question->canonical, ago, lapsed.days, next);
    return true;
}

/* False, and complained, when the spec or the zone is a bad one, or it never comes. */
static bool question_init(Question *question, const CliOptions *options)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;
    g_autofree char *name = NULL;

    *question = (Question){ .count = options->count };
    question->from_ms = options->from_ms == CLI_FROM_NOW ? clock_now_ms() : options->from_ms;
    zones_split(options->text, &text, &name);
    if (name && options->zone) {
        printer_problem("--zone: the text names a zone already: expected one of them");
        return false;
    }
    if (!read_spec(text, &question->spec))
        return false;
    if (!name)
        name = g_strdup(options->zone);
    question->zone = name ? zone_read(name, &error) : g_time_zone_new_local();
    if (error) {
        printer_problem("%s%s", options->zone ? "--zone: " : "", error->message);
        return false;
    }

    question->canonical = time_spec_print(&question->spec);
    question->clock = wall_clock_new(question->zone);
    return has_any(question) && !is_just_over(question);
}

static char *format(GTimeZone *zone, int64_t at_ms, const char *picture)
{
    g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(at_ms / 1000);
    g_autoptr(GDateTime) local = g_date_time_to_timezone(utc, zone);

    return g_date_time_format(local, picture);
}

/* For people. */

static void print_row(const Question *question, const TimeOccurrence *occurrence)
{
    g_autofree char *local = format(question->zone, occurrence->at_ms,
                                    occurrence->at_ms / 1000 % 60 ? "%a %Y-%m-%d %H:%M:%S %Z (%:z)"
                                                                  : "%a %Y-%m-%d %H:%M %Z (%:z)");
    g_autoptr(GTimeZone) utc_zone = g_time_zone_new_utc();
    g_autofree char *utc = format(utc_zone, occurrence->at_ms, "%Y-%m-%dT%H:%M:%SZ");
    g_autofree char *why = time_occurrence_explain(occurrence, question->clock);

    /* On a narrow terminal below each other. */
    printf("  %s%s%s\n", local,
           strlen(local) + strlen(utc) + 4 > screen_width(STDOUT_FILENO) ? "\n      " : "  ", utc);
    if (why)
        printf("      %s\n", why);
    if (question->lapse == TIME_LAPSE_OTHER_YEAR)
        printf("      in %u days, in %d\n", question->days, time_lapse_year(occurrence->local_s));
}

static bool is_interval(const TimeSpec *spec)
{
    return spec->kind == TIME_SPEC_EVERY || spec->kind == TIME_SPEC_IN;
}

static void print_text(const Question *question)
{
    g_autofree char *from = format(question->zone, question->from_ms, "%Y-%m-%d %H:%M:%S %Z");
    int64_t at_ms = question->from_ms;
    unsigned shown = 0;
    TimeOccurrence occurrence;

    printf("%s  (%s; %s %s)\n", question->canonical, g_time_zone_get_identifier(question->zone),
           is_interval(&question->spec) ? "counted from" : "after", from);
    for (; shown < question->count && step(question, &at_ms, &occurrence); shown++)
        print_row(question, &occurrence);
    if (shown < question->count)
        puts("  and no more");
}

/* For programs. */

static const char *shift_name(TimeShift shift)
{
    switch (shift) {
    case TIME_AS_WRITTEN:
        break;
    case TIME_SKIPPED:
        return "skipped";
    case TIME_TWICE:
        return "twice";
    }
    return NULL;
}

static Json *to_json(const Question *question, const TimeOccurrence *occurrence)
{
    g_autoptr(GTimeZone) wall = g_time_zone_new_utc();
    g_autofree char *at = timestamp_format(occurrence->at_ms);
    g_autofree char *local = format(question->zone, occurrence->at_ms, "%Y-%m-%dT%H:%M:%S%:z");
    g_autofree char *abbreviation = format(question->zone, occurrence->at_ms, "%Z");
    g_autofree char *named = format(wall, occurrence->local_s * 1000, "%Y-%m-%dT%H:%M:%S");
    g_autofree char *why = time_occurrence_explain(occurrence, question->clock);
    Json *json = json_new_object();

    json_set_string(json, "at", at);
    json_set_string(json, "local", local);
    json_set_string(json, "abbreviation", abbreviation);
    json_set_string(json, "named", named);
    if (why) {
        json_set_string(json, "shift", shift_name(occurrence->shift));
        json_set_string(json, "why", why);
    }
    return json;
}

static void print_json(const Question *question, const char *text)
{
    g_autoptr(Json) json = json_new_object();
    g_autofree char *from = timestamp_format(question->from_ms);
    g_autofree char *printed = NULL;
    Json *occurrences = json_new_array();
    int64_t at_ms = question->from_ms;
    TimeOccurrence occurrence;

    for (unsigned i = 0; i < question->count && step(question, &at_ms, &occurrence); i++)
        json_append(occurrences, to_json(question, &occurrence));
    json_set_string(json, "when", text);
    json_set_string(json, "canonical", question->canonical);
    json_set_string(json, "zone", g_time_zone_get_identifier(question->zone));
    json_set_string(json, "from", from);
    json_set(json, "occurrences", occurrences);
    printed = json_print(json);
    puts(printed);
}

int next_run(const CliOptions *options)
{
    Question question;
    int code = CLI_EXIT_USAGE;

    if (question_init(&question, options)) {
        if (options->is_json)
            print_json(&question, options->text);
        else
            print_text(&question);
        code = CLI_EXIT_OK;
    }
    question_clear(&question);

    return code;
}
