/* The forms of time specs: which words may begin one, and what may follow them. */
#include "common/data/time_spec.h"

#include <string.h>

#include "common/base/limits.h"
#include "common/base/problem.h"
#include "common/data/time_dates.h"
#include "common/data/time_duration.h"
#include "common/data/time_month.h"
#include "common/data/time_named_day.h"
#include "common/data/time_once.h"
#include "common/data/time_part.h"
#include "common/data/time_reader.h"
#include "common/data/weekday.h"
#include "common/data/time_of_day.h"

#include "common/base/banned.h"

#define AT_WORDS  "at à a"
#define DAY_WORDS "day days jour jours"

static bool set_calendar(const Calendar *calendar, TimeSpec *out)
{
    *out = (TimeSpec){ .kind = TIME_SPEC_CALENDAR, .calendar = *calendar };
    return true;
}

/* Named. */

#define ANY_DAY .days = DAYS_ALL, .months = MONTHS_ALL
#define NEW     .minutes = 1, .hours = 1 /* a day begins */

static const struct {
    const char *words; /* systemd's */
    const char *crons; /* after an `@` */
    Calendar calendar;
} named[] = {
    { "minutely",
      "",
      { .minutes = MINUTES_ALL, .hours = HOURS_ALL, ANY_DAY, .weekdays = WEEKDAYS_ALL } },
    { "hourly", "hourly", { .minutes = 1, .hours = HOURS_ALL, ANY_DAY, .weekdays = WEEKDAYS_ALL } },
    { "daily", "daily midnight", { NEW, ANY_DAY, .weekdays = WEEKDAYS_ALL } },
    { "weekly", "", { NEW, ANY_DAY, .weekdays = 1U << 0 } },
    { "", "weekly", { NEW, ANY_DAY, .weekdays = 1U << 6 } },
    { "monthly",
      "monthly",
      { NEW, .days = 1U << 1, .months = MONTHS_ALL, .weekdays = WEEKDAYS_ALL } },
    { "quarterly",
      "",
      { NEW, .days = 1U << 1, .months = 1U << 1 | 1U << 4 | 1U << 7 | 1U << 10,
        .weekdays = WEEKDAYS_ALL } },
    { "semiannually",
      "",
      { NEW, .days = 1U << 1, .months = 1U << 1 | 1U << 7, .weekdays = WEEKDAYS_ALL } },
    { "yearly annually",
      "yearly annually",
      { NEW, .days = 1U << 1, .months = 1U << 1, .weekdays = WEEKDAYS_ALL } },
};

static bool read_at_name(TimeReader *reader, TimeSpec *out)
{
    for (size_t i = 0; i < G_N_ELEMENTS(named); i++) {
        if (time_reader_take_word(reader, named[i].crons))
            return set_calendar(&named[i].calendar, out);
    }
    return time_reader_fail(reader, reader->at, TIME_EXPECT_AT_NAME);
}

/* True when the whole text is one word that systemd knows. */
static bool take_name(TimeReader *reader, TimeSpec *out)
{
    const char *start = reader->at;

    for (size_t i = 0; i < G_N_ELEMENTS(named); i++) {
        if (time_reader_take_word(reader, named[i].words) && time_reader_at_end(reader))
            return set_calendar(&named[i].calendar, out);
        reader->at = start;
    }
    return false;
}

/* Again and again. */

/* An optional "at", behind which an hour may be bare, and a time of day on the calendar's days. */
static bool read_time_on(TimeReader *reader, bool may_be_bare, Calendar *calendar, TimeSpec *out)
{
    uint64_t hours;

    time_reader_skip_spaces(reader);
    may_be_bare |= time_reader_take_word(reader, AT_WORDS);
    if (!time_of_day_read_set(reader, may_be_bare, &hours, &calendar->minutes))
        return false;

    calendar->hours = (uint32_t)hours;
    return set_calendar(calendar, out);
}

/* The same of a part of the day: "every monday morning at 8". A night is that of one day alone
 * where it does not come every day. */
static bool read_part_on(TimeReader *reader, const TimePart *part, Calendar *calendar,
                         TimeSpec *out)
{
    const char *end = reader->at;
    const char *time;
    bool has_at = time_reader_take_word(reader, AT_WORDS);
    int minute;

    time = reader->at;
    if (time_reader_at_end(reader))
        return time_part_fail_without_time(reader, reader->text, end, part);
    if (!time_of_day_read(reader, has_at, &minute) || !time_part_fit(reader, time, part, &minute))
        return false;
    if (calendar->weekdays != WEEKDAYS_ALL && time_part_is_next_day(part, minute))
        return time_reader_fail(reader, time, TIME_EXPECT_NEXT_DAY);
    calendar->hours = 1U << minute / 60;
    calendar->minutes = UINT64_C(1) << minute % 60;
    return set_calendar(calendar, out);
}

static bool read_on(TimeReader *reader, uint32_t weekdays, TimeSpec *out)
{
    Calendar calendar = time_dates_every_day();
    const TimePart *part = time_part_take(reader);

    calendar.weekdays = weekdays;
    return part ? read_part_on(reader, part, &calendar, out)
                : read_time_on(reader, false, &calendar, out);
}

static bool is_part(const TimeReader *reader)
{
    TimeReader ahead = { .text = reader->text, .at = reader->at };

    return time_part_take(&ahead) != NULL;
}

static bool read_every_day(TimeReader *reader, TimeSpec *out)
{
    return read_on(reader, WEEKDAYS_ALL, out);
}

/* "daily 8" */
static bool read_daily(TimeReader *reader, TimeSpec *out)
{
    Calendar calendar = time_dates_every_day();

    return read_time_on(reader, true, &calendar, out);
}

static bool read_weekly(TimeReader *reader, TimeSpec *out)
{
    uint32_t days;

    return time_dates_weekdays(reader, &days) && read_on(reader, days, out);
}

static bool read_month(TimeReader *reader, bool is_named, TimeSpec *out)
{
    Calendar calendar = time_dates_every_day();

    if (is_named)
        time_reader_take_word(reader, "on");
    return time_month_days(reader, is_named, &calendar) &&
           read_time_on(reader, false, &calendar, out);
}

static bool read_every(TimeReader *reader, TimeSpec *out)
{
    int64_t period_ms;

    if (time_dates_is_weekday(reader))
        return read_weekly(reader, out);
    if (time_reader_take_word(reader, DAY_WORDS) || is_part(reader))
        return read_every_day(reader, out);
    if (time_reader_take_word(reader, "month mois"))
        return read_month(reader, true, out);
    if (time_month_is_day(reader))
        return read_month(reader, false, out);
    if (!time_duration_read(reader, true, &period_ms))
        return false;

    *out = (TimeSpec){ .kind = TIME_SPEC_EVERY, .period_ms = period_ms };
    return true;
}

static bool read_tous_les(TimeReader *reader, TimeSpec *out)
{
    if (!time_reader_take_word(reader, "les"))
        return time_reader_fail(reader, reader->at, TIME_EXPECT_LES);
    return read_every(reader, out);
}

/* "from monday to friday": one day alone would be a beginning without an end. */
static bool read_from(TimeReader *reader, TimeSpec *out)
{
    uint32_t days;

    if (!time_dates_weekdays(reader, &days))
        return false;
    if (!(days & (days - 1)))
        return time_reader_fail(reader, reader->at, TIME_EXPECT_TO_DAY);
    return read_on(reader, days, out);
}

static bool read_en(TimeReader *reader, TimeSpec *out)
{
    uint32_t days;

    return time_dates_working_week(reader, &days) && read_on(reader, days, out);
}

/* Once. */

/* "next", "this": of which day is not said. */
static bool read_near_day(TimeReader *reader, TimeSpec *out)
{
    (void)out;
    return time_reader_fail(reader, reader->at, TIME_EXPECT_NEAR_DAY);
}

static bool read_yesterday(TimeReader *reader, TimeSpec *out)
{
    (void)out;
    return time_reader_fail(reader, reader->text + strspn(reader->text, " \t"),
                            TIME_EXPECT_TO_COME);
}

/* "le 31", "le 15 à 8h": of which month is not said. */
static bool is_day_alone(const TimeReader *reader)
{
    TimeReader ahead = { .text = reader->text, .at = reader->at };
    unsigned number;

    if (!time_reader_number(&ahead, 1, 99, TIME_EXPECT_DAY, &number) ||
        (!time_reader_at_end(&ahead) && !g_ascii_isspace(*ahead.at)))
        return false;
    time_reader_skip_spaces(&ahead);
    return time_reader_at_end(&ahead) || number > 24 || time_reader_take_word(&ahead, AT_WORDS);
}

/* "le lundi", "les jours ouvrés", "le 1er du mois", or a date. */
static bool read_le(TimeReader *reader, TimeSpec *out)
{
    if (time_once_is_near_day(reader))
        return time_once_on_near_day(reader, out);
    if (time_dates_is_weekday(reader))
        return read_weekly(reader, out);
    if (is_part(reader))
        return read_every_day(reader, out);
    if (time_month_is_day(reader) || is_day_alone(reader))
        return read_month(reader, false, out);
    return time_once_at(reader, out);
}

/* In French, which puts the day first. */
static bool read_le_date(TimeReader *reader, TimeSpec *out)
{
    const char *start = reader->at;
    NamedDay day;

    if (time_named_day_take(reader, true, &day))
        return time_once_on_named_day(reader, start, &day, out);
    return read_le(reader, out);
}

/* In English "on monday" is one of them, and nobody knows which. */
static bool read_on_day(TimeReader *reader, TimeSpec *out)
{
    const char *end;
    g_autofree char *word = time_reader_word(reader, &end);
    const char *start = reader->at;
    TimeReader ahead = { .text = reader->text, .at = start };
    NamedDay date;
    unsigned day;
    uint32_t days;

    if (time_named_day_take(reader, false, &date))
        return time_once_on_named_day(reader, start, &date, out);
    if (time_once_is_near_day(reader))
        return time_once_on_near_day(reader, out);
    if (weekday_parse(word, &day) && time_dates_weekdays(&ahead, &days) && !(days & (days - 1)))
        return time_reader_fail(reader, reader->at, TIME_EXPECT_EACH_DAY);
    return read_le(reader, out);
}

/* All of them. */

static bool read_last(TimeReader *reader, TimeSpec *out)
{
    (void)out;
    return time_reader_fail(reader, reader->text + strspn(reader->text, " \t"),
                            TIME_EXPECT_NO_LAST_DAY);
}

static bool read_now(TimeReader *reader, TimeSpec *out)
{
    (void)out;
    return time_reader_fail(reader, reader->text + strspn(reader->text, " \t"),
                            TIME_EXPECT_NOT_NOW);
}

static const struct {
    const char *words;
    bool (*read)(TimeReader *reader, TimeSpec *out);
} openers[] = {
    { "daily", read_daily },
    { "weekly", read_weekly },
    { "every each chaque", read_every },
    { "tous toutes", read_tous_les },
    { "in dans", time_once_in },
    { "from du de", read_from },
    { "en", read_en },
    { "at à a", time_once_at },
    { "on the", read_on_day },
    { "le les", read_le_date },
    { "next prochain this ce cet cette", read_near_day },
    { "yesterday hier", read_yesterday },
    { "last dernier", read_last },
    { "now maintenant", read_now },
};

/* "monday evening at 8" */
static bool is_part_of_weekdays(const TimeReader *reader)
{
    TimeReader ahead = { .text = reader->text, .at = reader->at };
    uint32_t days;

    return time_dates_is_weekday(reader) && time_dates_weekdays(&ahead, &days) && is_part(&ahead);
}

/* Once, or every day? */
static bool fail_of_lone_hour(TimeReader *reader, int minute)
{
    time_reader_fail(reader, reader->at, TIME_EXPECT_ONCE_OR_DAILY);
    if (!reader->problem)
        return false;
    g_free(reader->problem->found);
    reader->problem->found = g_strchomp(g_strdup(reader->at));
    reader->problem->part = g_strdup_printf("%02d:%02d", minute / 60, minute % 60);
    return false;
}

static bool read_form(TimeReader *reader, TimeSpec *out)
{
    const char *start = reader->at;
    Calendar calendar;
    NamedDay day;
    int minute;

    if (time_reader_take(reader, '@'))
        return read_at_name(reader, out);
    if (take_name(reader, out))
        return true;
    if (time_once_is_near_day(reader))
        return time_once_on_near_day(reader, out);
    for (size_t i = 0; i < G_N_ELEMENTS(openers); i++) {
        if (time_reader_take_word(reader, openers[i].words))
            return openers[i].read(reader, out);
    }
    if (time_dates_is_date(reader))
        return time_once_on_date(reader, out);
    if (time_named_day_take(reader, false, &day))
        return time_once_on_named_day(reader, start, &day, out);
    if (time_once_take_time_and_day(reader, out))
        return true;
    if (time_of_day_has_name(reader))
        return time_once_at(reader, out);
    if (time_of_day_is_lone_hour(reader, &minute))
        return fail_of_lone_hour(reader, minute);
    if (is_part_of_weekdays(reader))
        return read_weekly(reader, out);
    if (time_dates_is_cron(reader))
        return time_dates_cron(reader, &calendar) && set_calendar(&calendar, out);
    if (*reader->at != '*' && !g_ascii_isdigit(*reader->at) && !time_dates_is_weekday(reader))
        return time_reader_fail(reader, reader->at, TIME_EXPECT_WHEN);
    return time_dates_systemd(reader, &calendar) && set_calendar(&calendar, out);
}

/* A length of time alone may be meant once, or again and again: then that is the problem. */
static void explain_duration(const char *text, TimeProblem *problem)
{
    TimeReader reader = { .text = text, .at = text };
    const char *start;
    g_autofree char *length = NULL;
    int64_t length_ms;

    time_reader_skip_spaces(&reader);
    start = reader.at;
    if (!time_duration_read(&reader, false, &length_ms))
        return;
    length = g_strchomp(g_strndup(start, (size_t)(reader.at - start)));
    time_reader_skip_spaces(&reader);
    if (!time_reader_at_end(&reader))
        return;

    reader.problem = problem;
    time_reader_fail(&reader, start, TIME_EXPECT_IN_OR_EVERY);
    problem->part = g_steal_pointer(&length);
}

/* An hour that ends the text may be a time of day or a number of something. */
static void explain_bare_hour(const char *text, TimeProblem *problem)
{
    g_autofree char *stripped = g_strchomp(g_strdup(text));
    g_autofree char *whole = g_strconcat(stripped, ":00", NULL);
    TimeReader reader = { .text = whole, .at = whole };
    TimeSpec spec;

    if (problem->expected != TIME_EXPECT_COLON || problem->found)
        return;
    time_reader_skip_spaces(&reader);
    if (!read_form(&reader, &spec) || !time_reader_at_end(&reader))
        return;
    problem->expected = TIME_EXPECT_COLON_AS;
    problem->part = time_spec_print(&spec);
}

static void explain(TimeReader *reader)
{
    if (!reader->problem)
        return;
    explain_duration(reader->text, reader->problem);
    explain_bare_hour(reader->text, reader->problem);
    time_named_day_explain(reader->text, reader->problem);
}

/* "at noon every day", "à 9h tous les lundis": the time of day, which was read, stands first. */
static bool take_days_behind(TimeReader *reader, TimeSpec *spec)
{
    TimeReader word = { .text = reader->text, .at = reader->at };
    TimeReader turned = { 0 };
    TimeSpec days;
    g_autofree char *text = NULL;
    int minute;

    if (spec->kind != TIME_SPEC_AT_NEXT ||
        !time_reader_take_word(&word, "every each chaque tous toutes on le les"))
        return false;
    minute = (int)(spec->at_s / 60);
    text = g_strdup_printf("%s at %02d:%02d", reader->at, minute / 60, minute % 60);
    turned.text = text;
    turned.at = text;
    if (!read_form(&turned, &days) || days.kind != TIME_SPEC_CALENDAR)
        return false;
    time_reader_skip_spaces(&turned);
    if (!time_reader_at_end(&turned))
        return false;
    *spec = days;
    reader->at += strlen(reader->at);
    return true;
}

/* What stands behind a whole time. A time zone begins with a capital. */
static TimeExpect expect_nothing(const TimeReader *reader, const TimeSpec *spec)
{
    TimeReader ahead = { .text = reader->text, .at = reader->at };
    bool is_length = spec->kind == TIME_SPEC_EVERY || spec->kind == TIME_SPEC_IN;

    if (is_length && time_reader_take_word(&ahead, AT_WORDS))
        return TIME_EXPECT_NO_TIME;
    return g_ascii_isupper(*reader->at) ? TIME_EXPECT_NO_ZONE : TIME_EXPECT_NOTHING;
}

static bool read_text(TimeReader *reader, TimeSpec *out)
{
    TimeSpec spec;

    time_reader_skip_spaces(reader);
    if (!read_form(reader, &spec)) {
        explain(reader);
        return false;
    }
    time_reader_skip_spaces(reader);
    if (!time_reader_at_end(reader) && !take_days_behind(reader, &spec)) {
        time_reader_fail(reader, reader->at, expect_nothing(reader, &spec));
        explain(reader);
        return false;
    }

    *out = spec;
    return true;
}

/* False, and said, for a text that is no such text at all. */
static bool check_text(const char *text, TimeProblem *problem)
{
    if (!g_utf8_validate(text, -1, NULL)) {
        if (problem)
            *problem = (TimeProblem){ .expected = TIME_EXPECT_UTF8 };
        return false;
    }
    if (g_utf8_strlen(text, -1) <= TIME_SPEC_MAX_CHARS)
        return true;
    if (problem)
        *problem = (TimeProblem){ .expected = TIME_EXPECT_LENGTH,
                                  .found = g_strdup_printf("%ld", (long)g_utf8_strlen(text, -1)) };
    return false;
}

/* As typed on a keyboard: the apostrophe and the blanks of typesetters are plain, in their places.
 * NULL where it is so already. The caller owns it. */
static char *make_plain(const char *text)
{
    static const struct {
        const char *typeset;
        char plain;
    } rows[] = { { "\u2019", '\'' }, { "\u02bc", '\'' }, { "\u00a0", ' ' }, { "\u202f", ' ' } };
    GString *plain = NULL;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (!strstr(text, rows[i].typeset))
            continue;
        if (!plain)
            plain = g_string_new(text);
        g_string_replace(plain, rows[i].typeset, (char[]){ rows[i].plain, '\0' }, 0);
    }
    return plain ? g_string_free(plain, FALSE) : NULL;
}

static bool read_checked(const char *text, bool is_systemd, TimeSpec *out, TimeProblem *problem)
{
    g_autofree char *plain = make_plain(text);
    TimeReader reader = { .text = plain ? plain : text,
                          .problem = problem,
                          .is_systemd = is_systemd };

    reader.at = reader.text;
    if (check_text(text, problem) && read_text(&reader, out))
        return true;
    if (problem && time_problem_has_examples(problem))
        problem->part = g_strdup(time_problem_examples());
    return false;
}

bool time_spec_read(const char *text, TimeSpec *out, TimeProblem *problem)
{
    return read_checked(text, false, out, problem);
}

static bool parse(const char *text, bool is_systemd, TimeSpec *out, GError **error)
{
    g_auto(TimeProblem) problem = { 0 };
    g_autofree char *message = NULL;

    if (read_checked(text, is_systemd, out, error ? &problem : NULL))
        return true;
    if (!error)
        return false;
    message = time_problem_print(&problem);
    g_set_error_literal(error, PROBLEM,
                        problem.expected == TIME_EXPECT_LENGTH ? PROBLEM_LIMIT : PROBLEM_SYNTAX,
                        message);
    return false;
}

bool time_spec_read_length(const char *text, int64_t *out_ms)
{
    g_autofree char *whole = g_strconcat("in ", text, NULL);
    TimeSpec spec;

    if (!time_spec_read(whole, &spec, NULL) || spec.kind != TIME_SPEC_IN)
        return false;
    *out_ms = spec.period_ms;
    return true;
}

bool time_spec_parse(const char *text, TimeSpec *out, GError **error)
{
    return parse(text, false, out, error);
}

bool time_spec_parse_kept(const char *text, TimeSpec *out, GError **error)
{
    return parse(text, true, out, error);
}
