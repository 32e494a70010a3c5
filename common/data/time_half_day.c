#include "common/data/time_half_day.h"

#include <string.h>

#include "common/base/banned.h"

static bool take_short(TimeReader *reader, bool *out_is_pm)
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

bool time_half_day_take_after_noon(TimeReader *reader)
{
    const char *start = reader->at;

    if (time_reader_take_word(reader, "afternoon afternoons"))
        return true;
    if (time_reader_take_word(reader, "après apres l'après l'apres")) {
        time_reader_take(reader, '-');
        if (time_reader_take_word(reader, "midi"))
            return true;
    }
    reader->at = start;
    return false;
}

static bool take_long(TimeReader *reader, bool *out_is_pm)
{
    const char *start = reader->at;

    if (time_reader_take_word(reader, "du de") ||
        (time_reader_take_word(reader, "in") && time_reader_take_word(reader, "the"))) {
        *out_is_pm = !time_reader_take_word(reader, "matin morning");
        if (!*out_is_pm || time_reader_take_word(reader, "soir evening") ||
            time_half_day_take_after_noon(reader))
            return true;
    }
    reader->at = start;
    return false;
}

bool time_half_day_take(TimeReader *reader, bool *out_is_pm)
{
    const char *start = reader->at;

    time_reader_skip_spaces(reader);
    if (take_short(reader, out_is_pm) || take_long(reader, out_is_pm))
        return true;
    reader->at = start;
    return false;
}
