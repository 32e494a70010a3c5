#include "common/data/time_never.h"

#include <glib.h>

#include "common/base/words_later.h"

#include "common/base/banned.h"

/* All days up to the 31st that a month does not have in any year. */
static const struct {
    unsigned month;
    unsigned day;
    const char *words;
} missing[TIME_NEVER_MAX] = {
    { 2, 30, WORDS_LATER("February has no 30th") },
    { 2, 31, WORDS_LATER("February has no 31st") },
    { 4, 31, WORDS_LATER("April has no 31st") },
    { 6, 31, WORDS_LATER("June has no 31st") },
    { 9, 31, WORDS_LATER("September has no 31st") },
    { 11, 31, WORDS_LATER("November has no 31st") },
};

size_t time_never_explain(const TimeSpec *spec, const char *out[TIME_NEVER_MAX])
{
    unsigned asked;
    size_t count = 0;

    if (spec->kind != TIME_SPEC_CALENDAR || spec->calendar.is_either)
        return 0;
    for (size_t i = 0; i < TIME_NEVER_MAX; i++) {
        if (spec->calendar.months >> missing[i].month & spec->calendar.days >> missing[i].day & 1)
            out[count++] = missing[i].words;
    }
    asked = (unsigned)(__builtin_popcount(spec->calendar.months) *
                       __builtin_popcount(spec->calendar.days));
    return count == asked ? count : 0;
}

char *time_never_print(const TimeSpec *spec)
{
    const char *reasons[TIME_NEVER_MAX];
    size_t count = time_never_explain(spec, reasons);
    GString *text = count ? g_string_new(reasons[0]) : NULL;

    for (size_t i = 1; i < count; i++)
        g_string_append_printf(text, ", %s", reasons[i]);
    return text ? g_string_free(text, FALSE) : NULL;
}
