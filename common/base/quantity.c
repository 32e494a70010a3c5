#include "common/base/quantity.h"

#include "common/base/problem.h"

#include <string.h>

#include "common/base/banned.h"

#define DURATION_EXPECTED "a duration such as 500ms, 8s, 10m, 2h, 7d or 1h30m"
#define SIZE_EXPECTED     "a size such as 512, 64KiB, 16MiB, 2GiB or 100MB"

typedef struct Unit {
    const char *name;
    int64_t factor;
} Unit;

/* From large to small: the first that divides a number is the one to print it with. */
static const Unit duration_units[] = {
    { "d", 24 * 3600 * 1000 }, { "h", 3600 * 1000 }, { "m", 60 * 1000 },
    { "min", 60 * 1000 },      { "s", 1000 },        { "ms", 1 },
};

static const Unit size_units[] = {
    { "GiB", 1024 * 1024 * 1024 }, { "MiB", 1024 * 1024 }, { "KiB", 1024 }, { "", 1 },
    { "GB", 1000 * 1000 * 1000 },  { "MB", 1000 * 1000 },  { "kB", 1000 },
};

static const char *const size_names[] = { "B", "KiB", "MiB", "GiB", "TiB", "PiB" };

/* Reads digits; false when there are none or too many. */
static bool read_digits(const char **cursor, int64_t *out)
{
    const char *at = *cursor;
    int64_t number = 0;

    if (!g_ascii_isdigit(*at))
        return false;
    for (; g_ascii_isdigit(*at); at++) {
        if (__builtin_mul_overflow(number, 10, &number) ||
            __builtin_add_overflow(number, *at - '0', &number))
            return false;
    }

    *cursor = at;
    *out = number;
    return true;
}

/* Reads letters that are exactly a unit of the table; 0 when they are not. */
static int64_t read_factor(const char **cursor, const Unit *units, size_t count)
{
    size_t length = 0;

    while (g_ascii_isalpha((*cursor)[length]))
        length++;
    for (size_t i = 0; i < count; i++) {
        if (strlen(units[i].name) == length && strncmp(units[i].name, *cursor, length) == 0) {
            *cursor += length;
            return units[i].factor;
        }
    }
    return 0;
}

/* The sum of numbers with units, from the largest unit down to the smallest. */
static bool read_sum(const char *text, int64_t *out_ms)
{
    int64_t previous = INT64_MAX;
    int64_t sum = 0;

    if (*text == '\0')
        return false;
    while (*text) {
        int64_t number;
        int64_t factor;

        if (!read_digits(&text, &number))
            return false;
        factor = read_factor(&text, duration_units, G_N_ELEMENTS(duration_units));
        if (factor == 0 || factor >= previous)
            return false;
        if (__builtin_mul_overflow(number, factor, &number) ||
            __builtin_add_overflow(sum, number, &sum))
            return false;
        previous = factor;
    }

    *out_ms = sum;
    return true;
}

bool duration_parse(const char *text, int64_t *out_ms, GError **error)
{
    if (read_sum(text, out_ms))
        return true;

    problem_set_expected(error, PROBLEM_SYNTAX, text, DURATION_EXPECTED);
    return false;
}

static char *print_exactly(int64_t amount, const Unit *units)
{
    while (amount % units->factor != 0)
        units++;
    return g_strdup_printf("%" G_GINT64_FORMAT "%s", amount / units->factor, units->name);
}

char *duration_print(int64_t ms)
{
    g_assert(ms >= 0);
    return ms ? print_exactly(ms, duration_units) : g_strdup("0s");
}

static char *two_units(int64_t large, const char *large_name, int64_t small, const char *small_name)
{
    if (small == 0)
        return g_strdup_printf("%" G_GINT64_FORMAT " %s", large, large_name);
    return g_strdup_printf("%" G_GINT64_FORMAT " %s %" G_GINT64_FORMAT " %s", large, large_name,
                           small, small_name);
}

char *duration_format(int64_t ms)
{
    int64_t s = MAX(ms, 0) / 1000;

    if (s < 10)
        return g_strdup_printf("%d.%d s", (int)s, (int)(MAX(ms, 0) % 1000 / 100));
    if (s < 60)
        return two_units(s, "s", 0, "");
    if (s < 3600)
        return two_units(s / 60, "min", s % 60, "s");
    if (s < 86400)
        return two_units(s / 3600, "h", s % 3600 / 60, "min");
    return two_units(s / 86400, "d", s % 86400 / 3600, "h");
}

bool size_parse(const char *text, int64_t *out_bytes, GError **error)
{
    const char *at = text;
    int64_t number;

    if (read_digits(&at, &number)) {
        int64_t factor = read_factor(&at, size_units, G_N_ELEMENTS(size_units));

        if (factor && *at == '\0' && !__builtin_mul_overflow(number, factor, &number)) {
            *out_bytes = number;
            return true;
        }
    }

    problem_set_expected(error, PROBLEM_SYNTAX, text, SIZE_EXPECTED);
    return false;
}

char *size_print(int64_t bytes)
{
    g_assert(bytes >= 0);
    return bytes ? print_exactly(bytes, size_units) : g_strdup("0");
}

char *size_format(int64_t bytes)
{
    int64_t whole = MAX(bytes, 0);
    int tenths = 0;
    size_t unit = 0;

    while (whole >= 1024 && unit + 1 < G_N_ELEMENTS(size_names)) {
        tenths = (int)(whole % 1024 * 10 / 1024);
        whole /= 1024;
        unit++;
    }
    if (tenths == 0)
        return g_strdup_printf("%" G_GINT64_FORMAT " %s", whole, size_names[unit]);
    return g_strdup_printf("%" G_GINT64_FORMAT ".%d %s", whole, tenths, size_names[unit]);
}
