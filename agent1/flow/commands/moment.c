#include "agent1/flow/commands/moment.h"

#include <string.h>

#include "common/base/problem.h"
#include "common/base/quantity.h"
#include "common/base/text.h"
#include "common/base/timestamp.h"
#include "common/data/time_reader.h"
#include "common/data/time_spec.h"
#include "common/data/window.h"
#include "common/base/banned.h"

#define EVERY_DAY   0x7fU
#define DAY_MIN     1440
#define SHOWN_CHARS 60

/* What may be a length or a time of day is no length from this on. */
#define LENGTH_MAX_MIN (6 * 60)

/* When the local clock shows this minute next: a window of one minute begins then. */
static int64_t next_clock(const Core *core, int minute)
{
    Window window = { .start_min = minute % DAY_MIN,
                      .end_min = minute % DAY_MIN + 1,
                      .days = EVERY_DAY,
                      .is_enabled = true };
    int64_t next_ms = window_next_change(&window, core->zone, core->now_ms);

    /* It shows it now. */
    if (window_contains(&window, core->zone, core->now_ms))
        next_ms = window_next_change(&window, core->zone, next_ms);
    return next_ms;
}

/* A time that happens once as schedules read it, and no length: "9" is "at 9". */
static bool read_once(const char *text, TimeSpec *out)
{
    static const char *const before[] = { "at ", "" };

    for (size_t i = 0; i < G_N_ELEMENTS(before); i++) {
        g_autofree char *whole = g_strconcat(before[i], text, NULL);
        TimeSpec spec;

        if (time_spec_read(whole, &spec, NULL) && spec.kind != TIME_SPEC_CALENDAR &&
            spec.kind != TIME_SPEC_EVERY && spec.kind != TIME_SPEC_IN) {
            *out = spec;
            return true;
        }
    }
    return false;
}

bool moment_time_of_day(const char *text, int *out_min)
{
    TimeSpec spec;

    if (!read_once(text, &spec) || spec.kind != TIME_SPEC_AT_NEXT)
        return false;
    *out_min = (int)(spec.at_s / 60);
    return true;
}

/* 0 where it is past. */
static int64_t next_of(const Core *core, const TimeSpec *spec)
{
    g_autoptr(WallClock) clock = wall_clock_new(core->zone);
    TimeOccurrence only;

    return time_spec_next(spec, clock, core->now_ms, core->now_ms, &only) ? only.at_ms : 0;
}

/* "2h", "2 hours", "deux heures", "1h30" */
static bool read_length(const Core *core, const char *text, int64_t *out_ms)
{
    int64_t length_ms;

    if (!duration_parse(text, &length_ms, NULL) && !time_spec_read_length(text, &length_ms))
        return false;
    *out_ms = core->now_ms + MIN(length_ms, MOMENT_MAX_MS + 1);
    return true;
}

static bool read_clock(const Core *core, const char *text, int64_t *out_ms)
{
    TimeSpec spec;
    int minute;

    if (time_of_day_parse(text, true, &minute, NULL)) {
        *out_ms = next_clock(core, minute);
        return true;
    }
    if (timestamp_parse(text, out_ms, NULL))
        return true;
    if (!read_once(text, &spec))
        return false;
    *out_ms = next_of(core, &spec);
    return true;
}

/* "1h30" is as much a length as a time of day; its minute of the day. */
static bool is_either(const char *text, int *out_min)
{
    size_t length = strlen(text);

    return length > 0 && g_ascii_isdigit(text[length - 1]) && moment_time_of_day(text, out_min);
}

typedef enum {
    READ_NOTHING,
    READ_MOMENT,
    READ_EITHER,
} Reading;

/* Without a word before it. Nobody puts off by "14h30". */
static Reading read_bare(const Core *core, const char *text, int64_t *out_ms, int *out_min)
{
    if (read_length(core, text, out_ms)) {
        if (!is_either(text, out_min))
            return READ_MOMENT;
        if (*out_min < LENGTH_MAX_MIN)
            return READ_EITHER;
    }
    return read_clock(core, text, out_ms) ? READ_MOMENT : READ_NOTHING;
}

static Reading read_any(const Core *core, const char *text, int64_t *out_ms, int *out_min)
{
    TimeReader reader = { .text = text, .at = text };

    if (time_reader_take_word(&reader, "in dans"))
        return read_length(core, reader.at, out_ms) ? READ_MOMENT : READ_NOTHING;
    /* "a minute" is none of those. */
    if (time_reader_take_word(&reader, "at à") ||
        (time_reader_take_word(&reader, "a") && g_ascii_isdigit(*reader.at)))
        return read_clock(core, reader.at, out_ms) ? READ_MOMENT : READ_NOTHING;
    return read_bare(core, text, out_ms, out_min);
}

bool moment_parse(const Core *core, const char *text, int64_t *out_ms, GError **error)
{
    g_autofree char *shown = text_make_line(text, SHOWN_CHARS);
    int64_t moment_ms;
    int minute;

    if (!*text) {
        g_set_error(error, PROBLEM, PROBLEM_SYNTAX, "%s",
                    core_words(core, "expected a time such as 20m, 2h, 14:30, tomorrow 8:00 or "
                                     "2026-12-01T08:00:00Z"));
        return false;
    }
    switch (read_any(core, text, &moment_ms, &minute)) {
    case READ_MOMENT:
        break;
    case READ_EITHER:
        g_set_error(error, PROBLEM, PROBLEM_SYNTAX,
                    core_words(core, "\"%s\" may be a length or a time of day: write \"in %s\" or "
                                     "\"at %d:%02d\""),
                    shown, shown, minute / 60, minute % 60);
        return false;
    case READ_NOTHING:
        g_set_error(error, PROBLEM, PROBLEM_SYNTAX,
                    core_words(core,
                               "\"%s\": expected a time such as 20m, 2h, 14:30, tomorrow 8:00 or "
                               "2026-12-01T08:00:00Z"),
                    shown);
        return false;
    }
    if (moment_ms <= core->now_ms || moment_ms > core->now_ms + MOMENT_MAX_MS) {
        g_set_error(error, PROBLEM, PROBLEM_VALUE,
                    core_words(core, "\"%s\": expected a time to come, within 30 days"), shown);
        return false;
    }
    *out_ms = moment_ms;
    return true;
}
