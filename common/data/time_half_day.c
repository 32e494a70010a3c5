#include "common/data/time_half_day.h"

#include <string.h>

#include "common/data/time_reader.h"

#include "common/base/banned.h"

#define BLANKS " \t"

static bool take_half(TimeReader *reader, bool *out_is_pm)
{
    static const char *const names[] = { "a.m.", "p.m.", "a.m", "p.m", "am", "pm" };

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        size_t length = strlen(names[i]);

        if (g_ascii_strncasecmp(reader->at, names[i], length) != 0 ||
            g_ascii_isalnum(reader->at[length]))
            continue;
        *out_is_pm = names[i][0] == 'p';
        reader->at += length;
        return true;
    }
    return false;
}

/* "8pm", "8:30 p.m.": the time of day; NULL, and the cursor anywhere, when it is none. */
static char *take(TimeReader *reader)
{
    unsigned hour;
    unsigned minute = 0;
    bool is_pm;

    if (!time_reader_number(reader, 1, 12, TIME_EXPECT_HOUR, &hour))
        return NULL;
    if (time_reader_take(reader, ':') &&
        !time_reader_number(reader, 0, 59, TIME_EXPECT_MINUTE, &minute))
        return NULL;
    time_reader_skip_spaces(reader);
    if (!take_half(reader, &is_pm))
        return NULL;
    return g_strdup_printf("%02u:%02u", hour % 12 + (is_pm ? 12 : 0), minute);
}

void time_half_day_explain(const char *text, TimeProblem *problem)
{
    const char *at = text + strspn(text, BLANKS);

    while (*at) {
        TimeReader reader = { .text = text, .at = at };
        g_autofree char *time = take(&reader);

        if (time) {
            TimeReader named = { .text = text, .at = at, .problem = problem };

            time_reader_fail(&named, at, TIME_EXPECT_24_HOURS);
            g_free(problem->found);
            problem->found = g_strndup(at, (size_t)(reader.at - at));
            problem->part = g_steal_pointer(&time);
            return;
        }
        at += strcspn(at, BLANKS);
        at += strspn(at, BLANKS);
    }
}
