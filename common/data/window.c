#include "common/data/window.h"

#include "common/base/limits.h"
#include "common/base/problem.h"
#include "common/data/record.h"
#include "common/data/wall_clock.h"
#include "common/data/weekday.h"

#include <string.h>

#include "common/base/banned.h"

#define MINUTES_A_DAY  1440
#define SECONDS_A_DAY  INT64_C(86400)
#define TIME_CHARS     5
#define LOOK_AHEAD_MS  (15 * SECONDS_A_DAY * 1000)
#define DAYS_LISTED    28 /* each day in each of its spellings */
#define DAYS_EXPECTED  "an array of at least one day: mon … sun, lun … dim, short or long"
#define START_EXPECTED "a time from \"00:00\" to \"23:59\""
#define END_EXPECTED   "a time from \"00:00\" to \"24:00\", other than the start"

/* What stands in the file. */
typedef struct WindowText {
    char *start;
    char *end;
    GPtrArray *days;
    char *label;
    bool is_enabled;
} WindowText;

static bool is_day(const char *name)
{
    unsigned day;

    return weekday_parse(name, &day);
}

static bool read_time(const char *text, bool is_end, int *out_min)
{
    int hour;
    int minute;

    if (strlen(text) != TIME_CHARS || text[2] != ':' || !g_ascii_isdigit(text[0]) ||
        !g_ascii_isdigit(text[1]) || !g_ascii_isdigit(text[3]) || !g_ascii_isdigit(text[4]))
        return false;

    hour = (text[0] - '0') * 10 + (text[1] - '0');
    minute = (text[3] - '0') * 10 + (text[4] - '0');
    if (minute > 59 || (hour > 23 && !(is_end && hour == 24 && minute == 0)))
        return false;

    *out_min = hour * 60 + minute;
    return true;
}

static bool is_start_text(const char *text)
{
    int minute;

    return read_time(text, false, &minute);
}

static bool is_end_text(const char *text)
{
    int minute;

    return read_time(text, true, &minute);
}

static const Field fields[] = {
    { .name = "start",
      .kind = FIELD_STRING,
      .offset = offsetof(WindowText, start),
      .is_required = true,
      .is_valid = is_start_text,
      .expected = START_EXPECTED },
    { .name = "end",
      .kind = FIELD_STRING,
      .offset = offsetof(WindowText, end),
      .is_required = true,
      .is_valid = is_end_text,
      .expected = END_EXPECTED },
    { .name = "days",
      .kind = FIELD_STRINGS,
      .offset = offsetof(WindowText, days),
      .minimum = 1,
      .maximum = DAYS_LISTED,
      .is_valid = is_day,
      .expected = DAYS_EXPECTED },
    { .name = "label",
      .kind = FIELD_STRING,
      .offset = offsetof(WindowText, label),
      .maximum = LABEL_MAX_BYTES },
    { .name = "enabled",
      .kind = FIELD_BOOL,
      .offset = offsetof(WindowText, is_enabled),
      .is_always_written = true },
    { .name = NULL },
};

bool time_of_day_parse(const char *text, bool is_end, int *out_min, GError **error)
{
    if (read_time(text, is_end, out_min))
        return true;

    problem_set_expected(error, PROBLEM_VALUE, text,
                         is_end ? "a time from \"00:00\" to \"24:00\"" : START_EXPECTED);
    return false;
}

void window_free(Window *window)
{
    if (!window)
        return;

    g_free(window->label);
    g_free(window);
}

Window *window_copy(const Window *window)
{
    Window *copy;

    if (!window)
        return NULL;

    copy = g_memdup2(window, sizeof(*window));
    copy->label = g_strdup(window->label);
    return copy;
}

static void warn_unknown(const Json *object, const char *path, const char *const *also_known,
                         GPtrArray *warnings)
{
    g_autoptr(GPtrArray) known = g_ptr_array_new();

    for (const Field *field = fields; field->name; field++)
        g_ptr_array_add(known, (void *)(guintptr)field->name);
    for (; also_known && *also_known; also_known++)
        g_ptr_array_add(known, (void *)(guintptr)*also_known);
    g_ptr_array_add(known, NULL);

    for (const Json *member = json_first(object); member; member = json_next(member))
        record_warn_unknown(json_name(member), (const char *const *)known->pdata, path, warnings);
}

static unsigned days_of(const GPtrArray *names)
{
    unsigned days = 0;

    if (!names)
        return WEEKDAYS_ALL;
    for (guint i = 0; i < names->len; i++) {
        unsigned day = 0;

        weekday_parse(g_ptr_array_index(names, i), &day);
        days |= 1U << day;
    }
    return days;
}

/* NULL when the two times are the same: nothing, or the whole day? */
static Window *from_text(const WindowText *text)
{
    g_autoptr(Window) window = g_new0(Window, 1);

    if (!read_time(text->start, false, &window->start_min) ||
        !read_time(text->end, true, &window->end_min) || window->start_min == window->end_min)
        return NULL;

    if (window->end_min == 0)
        window->end_min = MINUTES_A_DAY;
    window->days = days_of(text->days);
    window->is_enabled = text->is_enabled;
    window->label = g_strdup(text->label);
    return g_steal_pointer(&window);
}

Window *window_parse(const Json *object, const char *path, const char *const *also_known,
                     GPtrArray *warnings, GError **error)
{
    WindowText text = { .is_enabled = true };
    Window *window = NULL;

    if (record_read(fields, &text, object, path, NULL, error)) {
        window = from_text(&text);
        if (!window)
            g_set_error(error, PROBLEM, PROBLEM_VALUE, "%s%send: \"%s\": expected %s", path,
                        *path ? "." : "", text.end, END_EXPECTED);
    }
    if (window && warnings)
        warn_unknown(object, path, also_known, warnings);

    record_clear(fields, &text);
    return window;
}

static char *print_time(int minute)
{
    return g_strdup_printf("%02d:%02d", minute / 60, minute % 60);
}

static GPtrArray *print_days(unsigned days)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);

    for (unsigned day = 0; day < DAYS_A_WEEK; day++) {
        if (days & 1U << day)
            g_ptr_array_add(names, g_strdup(weekday_name(day)));
    }
    return names;
}

Window *window_parse_zoned(const Json *object, const char *path, const Zones *zones,
                           GTimeZone **out_zone, GPtrArray *warnings, GError **error)
{
    static const char *const also_known[] = { "timezone", NULL };
    g_autoptr(Window) window = window_parse(object, path, also_known, warnings, error);
    const Json *node = json_member(object, "timezone");
    const char *name = json_string(node);
    GTimeZone *zone = name ? zones_find(zones, name) : NULL;

    if (!window)
        return NULL;
    if (node && !zone) {
        problem_set_expected(error, PROBLEM_VALUE, name ? name : "",
                             "a time zone of this system, such as Europe/Paris");
        g_prefix_error(error, "%s.timezone: ", path);
        return NULL;
    }
    *out_zone = zone ? g_time_zone_ref(zone) : NULL;
    return g_steal_pointer(&window);
}

Json *window_print(const Window *window)
{
    WindowText text = {
        .start = print_time(window->start_min),
        .end = print_time(window->end_min),
        .days = window->days == WEEKDAYS_ALL ? NULL : print_days(window->days),
        .label = g_strdup(window->label),
        .is_enabled = window->is_enabled,
    };
    Json *object = json_new_object();

    record_write(fields, &text, object);
    record_clear(fields, &text);
    return object;
}

char *window_describe(const Window *window)
{
    g_autofree char *start = print_time(window->start_min);
    g_autofree char *end = print_time(window->end_min);
    GString *out = g_string_new(NULL);

    g_string_append_printf(out, "%s-%s", start, end);
    if (window->days != WEEKDAYS_ALL) {
        g_autoptr(GPtrArray) days = print_days(window->days);

        for (guint i = 0; i < days->len; i++)
            g_string_append_printf(out, "%c%s", i ? ',' : ' ',
                                   (const char *)g_ptr_array_index(days, i));
    }
    if (window->label && *window->label)
        g_string_append_printf(out, " (%s)", window->label);
    return g_string_free(out, FALSE);
}

char *window_reword_fr(const char *described)
{
    size_t begin = strcspn(described, " ");
    const char *label = strstr(described, " (");
    size_t end = label ? (size_t)(label - described) : strlen(described);
    GString *text = g_string_new_len(described, (gssize)MIN(begin, end));
    g_autofree char *list = g_strndup(described + begin, end > begin ? end - begin : 0);
    g_auto(GStrv) names = g_strsplit(g_strstrip(list), ",", -1);

    for (guint i = 0; names[i]; i++) {
        unsigned day = 0;
        const char *name = weekday_parse(names[i], &day) ? weekday_name_fr(day) : names[i];

        g_string_append_printf(text, "%c%s", i ? ',' : ' ', name);
    }
    g_string_append(text, described + MAX(begin, end));
    return g_string_free(text, FALSE);
}

static int64_t divide_down(int64_t number, int64_t by)
{
    return number / by - (number % by < 0);
}

/* How far the local clock is from UTC, until it is set. To look in a zone is dear: GLib walks
 * through all its changes since 1900. */
typedef struct Distance {
    int64_t offset_s;
    int64_t until_s; /* or later */
} Distance;

static int64_t offset_at(GTimeZone *zone, int64_t unix_s)
{
    return g_time_zone_get_offset(zone,
                                  g_time_zone_find_interval(zone, G_TIME_TYPE_UNIVERSAL, unix_s));
}

static Distance find_distance(GTimeZone *zone, int64_t unix_s, int64_t end_s)
{
    return (Distance){ .offset_s = offset_at(zone, unix_s),
                       .until_s = zone_first_shift(zone, unix_s, end_s) };
}

static bool has_day(const Window *window, int64_t day)
{
    int64_t weekday =
        (day + WEEKDAY_OF_EPOCH) - divide_down(day + WEEKDAY_OF_EPOCH, DAYS_A_WEEK) * 7;

    return window->days & 1U << weekday;
}

/* local_s: seconds after 1970-01-01T00:00 as the local clock shows them. */
static bool contains_local(const Window *window, int64_t local_s)
{
    int64_t day = divide_down(local_s, SECONDS_A_DAY);
    int64_t minute = (local_s - day * SECONDS_A_DAY) / 60;

    if (!window->is_enabled)
        return false;
    if (window->start_min < window->end_min)
        return has_day(window, day) && minute >= window->start_min && minute < window->end_min;

    /* Over midnight: the morning belongs to the window of the day before. */
    return (has_day(window, day) && minute >= window->start_min) ||
           (has_day(window, day - 1) && minute < window->end_min);
}

bool window_contains(const Window *window, GTimeZone *zone, int64_t at_ms)
{
    int64_t at_s = divide_down(at_ms, 1000);

    return contains_local(window, at_s + offset_at(zone, at_s));
}

/* How long from a local time until the clock shows that minute again, at least a second. */
static int64_t seconds_until(int64_t local_s, int minute)
{
    int64_t of_day_s = local_s - divide_down(local_s, SECONDS_A_DAY) * SECONDS_A_DAY;
    int64_t wait_s = (minute % MINUTES_A_DAY) * INT64_C(60) - of_day_s;

    return wait_s > 0 ? wait_s : wait_s + SECONDS_A_DAY;
}

int64_t window_next_change(const Window *window, GTimeZone *zone, int64_t at_ms)
{
    int64_t at_s = divide_down(at_ms, 1000);
    int64_t last_s = divide_down(at_ms + LOOK_AHEAD_MS, 1000);
    int64_t end_s = last_s + SECONDS_A_DAY + 1; /* no look goes further */
    Distance distance;
    bool is_inside;

    if (!window->is_enabled)
        return INT64_MAX;

    distance = find_distance(zone, at_s, end_s);
    is_inside = contains_local(window, at_s + distance.offset_s);
    /* Between two looks neither is a start or end passed, nor is the clock set. */
    while (at_s < last_s) {
        int64_t local_s = at_s + distance.offset_s;
        int64_t wait_s =
            MIN(seconds_until(local_s, window->start_min), seconds_until(local_s, window->end_min));

        at_s = MIN(at_s + wait_s, distance.until_s);
        if (at_s == distance.until_s)
            distance = find_distance(zone, at_s, end_s);
        if (at_s <= last_s && contains_local(window, at_s + distance.offset_s) != is_inside)
            return at_s * 1000;
    }
    return INT64_MAX;
}
