#include "common/data/time_reader.h"

#include "common/base/text.h"

#include <string.h>

#include "common/base/banned.h"

#define FOUND_MAX_CHARS  24
#define DIGITS_MAX       9
#define SHORT_WORD_BYTES 15

bool time_reader_fail(TimeReader *reader, const char *at, TimeExpect expected)
{
    size_t length = strcspn(at, " \t");
    g_autofree char *word = NULL;

    if (!reader->problem)
        return false;

    word = g_strndup(at, length);
    if (expected == TIME_EXPECT_HOUR && strncmp(at, "24", 2) == 0 && !g_ascii_isdigit(at[2]))
        expected = TIME_EXPECT_MIDNIGHT;
    time_problem_clear(reader->problem);
    *reader->problem = (TimeProblem){
        .expected = expected,
        .character = g_utf8_pointer_to_offset(reader->text, at) + 1,
        .found = length > 0 ? text_make_line(word, FOUND_MAX_CHARS) : NULL,
    };
    return false;
}

void time_reader_skip_spaces(TimeReader *reader)
{
    reader->at += strspn(reader->at, " \t");
}

bool time_reader_at_end(const TimeReader *reader)
{
    return *reader->at == '\0';
}

bool time_reader_rest_is_blank(const TimeReader *reader)
{
    return reader->at[strspn(reader->at, " \t")] == '\0';
}

static bool is_letter(const char *at)
{
    return g_ascii_isalpha(*at) || ((*at & 0x80) && g_unichar_isalpha(g_utf8_get_char(at)));
}

static const char *end_of_word(const TimeReader *reader)
{
    const char *end = reader->at;

    while (is_letter(end) || (*end == '\'' && end > reader->at))
        end = text_next(end);
    return end;
}

char *time_reader_word(const TimeReader *reader, const char **out_end)
{
    *out_end = end_of_word(reader);
    return g_utf8_strdown(reader->at, *out_end - reader->at);
}

/* True when the word stands in a list that is separated by spaces. */
static bool is_in(const char *word, const char *words)
{
    size_t length = strlen(word);
    const char *end;

    if (length == 0)
        return false;
    for (const char *at = words; *at; at = *end ? end + 1 : end) {
        end = strchrnul(at, ' ');
        if ((size_t)(end - at) == length && memcmp(at, word, length) == 0)
            return true;
    }
    return false;
}

/* Most words are short ones in ASCII, and are asked for again and again. */
static bool is_word_in(const char *start, const char *end, const char *words)
{
    char lower[SHORT_WORD_BYTES + 1];
    g_autofree char *word = NULL;
    size_t length = (size_t)(end - start);

    if (length == 0)
        return false;
    if (length <= SHORT_WORD_BYTES) {
        size_t i;

        for (i = 0; i < length && g_ascii_isprint(start[i]); i++)
            lower[i] = g_ascii_tolower(start[i]);
        lower[i] = '\0';
        if (i == length)
            return is_in(lower, words);
    }
    word = g_utf8_strdown(start, (gssize)length);
    return is_in(word, words);
}

bool time_reader_take_word(TimeReader *reader, const char *words)
{
    const char *end = end_of_word(reader);

    if (!is_word_in(reader->at, end, words))
        return false;

    reader->at = end;
    time_reader_skip_spaces(reader);
    return true;
}

bool time_reader_take(TimeReader *reader, char c)
{
    if (*reader->at != c)
        return false;

    reader->at++;
    return true;
}

bool time_reader_number(TimeReader *reader, unsigned min, unsigned max, TimeExpect expected,
                        unsigned *out)
{
    const char *at = reader->at;
    unsigned number = 0;

    for (; g_ascii_isdigit(*at) && at - reader->at < DIGITS_MAX; at++)
        number = number * 10 + (unsigned)(*at - '0');
    if (at == reader->at || g_ascii_isdigit(*at) || number < min || number > max)
        return time_reader_fail(reader, reader->at, expected);

    reader->at = at;
    *out = number;
    return true;
}

/* Sets. */

static bool read_value(TimeReader *reader, const TimeField *field, unsigned *out)
{
    const char *end;
    g_autofree char *name = time_reader_word(reader, &end);

    if (!field->find || *name == '\0')
        return time_reader_number(reader, field->min, field->max, field->expected, out);
    if (!field->find(name, out))
        return time_reader_fail(reader, reader->at, field->expected);

    reader->at = end;
    return true;
}

static bool is_name(const TimeReader *reader, const TimeField *field)
{
    const char *end;
    g_autofree char *word = time_reader_word(reader, &end);
    unsigned value;

    return field->find(word, &value);
}

/* Takes a word between two names, and the spaces before it. One that may mean something else is
 * taken only where a name follows. */
static bool take_between(TimeReader *reader, const TimeField *field, const char *sure,
                         const char *unsure)
{
    const char *start = reader->at;

    if (!field->has_words)
        return false;
    time_reader_skip_spaces(reader);
    if (time_reader_take_word(reader, sure))
        return true;
    if (unsure && time_reader_take_word(reader, unsure) && is_name(reader, field))
        return true;
    reader->at = start;
    return false;
}

static bool take_range(TimeReader *reader, const TimeField *field)
{
    if (take_between(reader, field, "to through thru till until au", "à a"))
        return true;
    if (!field->is_cron && g_str_has_prefix(reader->at, "..")) {
        reader->at += 2;
        return true;
    }
    return (field->is_cron || field->has_dash) && time_reader_take(reader, '-');
}

/* One of the list: a `*`, a value, a range, with a step or without. */
static bool read_item(TimeReader *reader, const TimeField *field, uint64_t *mask, bool *has_star)
{
    const char *start = reader->at;
    unsigned first = field->min;
    unsigned last = field->is_cycle ? field->max - 1 : field->max; /* of the week: 7 is 0 */
    unsigned cycle = field->max - field->min;
    unsigned step = 1;
    bool is_star = time_reader_take(reader, '*');
    bool is_range = is_star;

    if (!is_star) {
        if (!read_value(reader, field, &first))
            return false;
        is_range = take_range(reader, field);
        if (is_range && !read_value(reader, field, &last))
            return false;
    }
    if (*reader->at == '/' && field->is_cron && !is_range)
        return time_reader_fail(reader, start, TIME_EXPECT_RANGE_BEFORE_STEP);
    if (time_reader_take(reader, '/')) {
        if (!time_reader_number(reader, 1, field->max, TIME_EXPECT_STEP, &step))
            return false;
    } else if (!is_range) {
        last = first;
    }
    if (first > last && field->is_cycle)
        last += cycle;
    if (first > last)
        return time_reader_fail(reader, start, TIME_EXPECT_RANGE);

    for (unsigned value = first; value <= last; value += step)
        *mask |= UINT64_C(1) << (value > field->max ? value - cycle : value);
    *has_star |= is_star;
    return true;
}

/* What parts one of a list from the next. */
static bool take_comma(TimeReader *reader, const TimeField *field)
{
    if (time_reader_take(reader, ',')) {
        if (field->has_spaces)
            time_reader_skip_spaces(reader);
        take_between(reader, field, "and et", NULL);
        return true;
    }
    return take_between(reader, field, "and et", NULL);
}

bool time_reader_set(TimeReader *reader, const TimeField *field, uint64_t *out_mask,
                     bool *out_has_star)
{
    uint64_t mask = 0;
    bool has_star = false;

    do {
        if (!read_item(reader, field, &mask, &has_star))
            return false;
    } while (take_comma(reader, field));

    *out_mask = mask;
    if (out_has_star)
        *out_has_star = has_star;
    return true;
}
