/*
 * Small texts with a meaning: durations, sizes, instants, times of day, windows, names, ids,
 * topics, URLs of brokers, keys, base64, words for states, rules and roles. What parses prints back
 * to the same value, and a window changes exactly when it says so.
 */
#include "common/base/ids.h"
#include "common/base/name.h"
#include "common/base/quantity.h"
#include "common/base/text.h"
#include "common/base/timestamp.h"
#include "common/data/window.h"
#include "common/net/mqtt_url.h"
#include "common/wire/base64.h"
#include "common/wire/command.h"
#include "common/wire/key.h"
#include "common/wire/run_state.h"
#include "common/wire/topic.h"
#include "tests/fuzz/harness.h"

#include <string.h>

#include "common/base/banned.h"

#define MINUTE_MS   INT64_C(60000)
#define LATEST_MS   INT64_C(253402300799999)
#define HORIZON_MIN (16 * 24 * 60)

static void check_duration(FuzzInput *input)
{
    g_autofree char *text = fuzz_text(input);
    g_autoptr(GError) error = NULL;
    g_autofree char *printed = NULL;
    g_autofree char *shown = NULL;
    int64_t ms = 0, again = 0;
    bool is_read = duration_parse(text, &ms, &error);

    fuzz_check_error(is_read, error);
    if (!is_read)
        ms = fuzz_number(input);
    shown = duration_format(ms);
    g_assert(text_is_harmless(shown));
    printed = duration_print(MAX(ms, 0));
    g_assert(duration_parse(printed, &again, NULL));
    g_assert_cmpint(again, ==, MAX(ms, 0));
}

static void check_size(FuzzInput *input)
{
    g_autofree char *text = fuzz_text(input);
    g_autoptr(GError) error = NULL;
    g_autofree char *printed = NULL;
    g_autofree char *shown = NULL;
    int64_t bytes = 0, again = 0;
    bool is_read = size_parse(text, &bytes, &error);

    fuzz_check_error(is_read, error);
    shown = size_format(is_read ? bytes : fuzz_number(input));
    g_assert(text_is_harmless(shown));
    if (!is_read)
        return;
    printed = size_print(bytes);
    g_assert(size_parse(printed, &again, NULL));
    g_assert_cmpint(again, ==, bytes);
}

static void check_timestamp(FuzzInput *input)
{
    g_autofree char *text = fuzz_text(input);
    g_autoptr(GError) error = NULL;
    g_autofree char *printed = NULL;
    g_autofree char *local = NULL;
    g_autofree char *zoned = NULL;
    int64_t at_ms = 0, again = 0, now_ms;
    bool is_read = timestamp_parse(text, &at_ms, &error);

    fuzz_check_error(is_read, error);
    if (is_read)
        g_assert(at_ms >= 0 && at_ms <= LATEST_MS);
    else
        at_ms = fuzz_number(input);
    printed = timestamp_format(at_ms);
    g_assert(timestamp_parse(printed, &again, NULL));
    g_assert_cmpint(again, ==, CLAMP(at_ms, 0, LATEST_MS));
    now_ms = fuzz_number(input);
    local = timestamp_local(at_ms, now_ms, fuzz_zone(input));
    now_ms = fuzz_number(input);
    zoned = timestamp_local_with_zone(at_ms, now_ms, fuzz_zone(input));
    g_assert(text_is_harmless(local) && text_is_harmless(zoned));
}

static void check_time_of_day(FuzzInput *input)
{
    bool is_end = fuzz_below(input, 2);
    g_autofree char *text = fuzz_text(input);
    g_autofree char *printed = NULL;
    g_autoptr(GError) error = NULL;
    int minutes = 0;
    bool is_read = time_of_day_parse(text, is_end, &minutes, &error);

    fuzz_check_error(is_read, error);
    if (!is_read)
        return;
    g_assert(minutes >= 0 && minutes <= (is_end ? 1440 : 1439));
    printed = g_strdup_printf("%02d:%02d", minutes / 60, minutes % 60);
    g_assert_cmpstr(text, ==, printed);
}

/* Minute by minute, as the definition says. */
static void check_change(const Window *window, GTimeZone *where, int64_t at_ms)
{
    bool is_inside = window_contains(window, where, at_ms);
    int64_t next_ms = window_next_change(window, where, at_ms);

    g_assert_cmpint(next_ms, >, at_ms);
    if (next_ms == INT64_MAX)
        return;
    g_assert(window_contains(window, where, next_ms) != is_inside);
    g_assert(window_contains(window, where, next_ms - 1) == is_inside);
    for (int64_t step = 1; step <= 180; step++) {
        int64_t between_ms = at_ms + step * 7 * MINUTE_MS;

        if (between_ms < next_ms)
            g_assert(window_contains(window, where, between_ms) == is_inside);
    }
}

static void check_window(FuzzInput *input)
{
    GTimeZone *where = fuzz_zone(input);
    int64_t at_ms = INT64_C(1500000000000) + (int64_t)fuzz_byte(input) * 86400000 * 40 +
                    (int64_t)fuzz_byte(input) * 3600000 + fuzz_byte(input) * 1000;
    g_autofree char *text = fuzz_text(input);
    g_autoptr(Json) json = json_parse(text, strlen(text), 65536, NULL);
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) error = NULL;
    g_autoptr(Window) window = NULL;
    g_autoptr(Window) again = NULL;
    g_autoptr(Json) printed = NULL;
    g_autofree char *described = NULL;

    if (json_kind(json) != JSON_OBJECT)
        return;
    window = window_parse(json, "w", NULL, warnings, &error);
    fuzz_check_error(window != NULL, error);
    if (!window)
        return;
    printed = window_print(window);
    again = window_parse(printed, "w", NULL, NULL, &error);
    g_assert_no_error(error);
    g_assert(again->start_min == window->start_min && again->end_min == window->end_min);
    g_assert(again->days == window->days && again->is_enabled == window->is_enabled);
    g_assert_cmpstr(again->label, ==, window->label);
    described = window_describe(window);
    check_change(window, where, at_ms);
}

static void check_url(FuzzInput *input)
{
    g_autofree char *text = fuzz_text(input);
    g_autoptr(GError) error = NULL;
    g_autofree char *printed = NULL;
    MqttUrl url, again;

    if (!mqtt_url_parse(text, &url, &error)) {
        fuzz_check_error(false, error);
        return;
    }
    fuzz_check_error(true, error);
    g_assert(url.host[0] && url.port > 0 && text_is_harmless(url.host));
    printed = g_strdup_printf(strchr(url.host, ':') ? "%s://[%s]:%u" : "%s://%s:%u",
                              url.is_tls ? "mqtts" : "mqtt", url.host, url.port);
    g_assert(mqtt_url_parse(printed, &again, NULL));
    g_assert_cmpstr(again.host, ==, url.host);
    g_assert(again.port == url.port && again.is_tls == url.is_tls);
    mqtt_url_clear(&url);
    mqtt_url_clear(&again);
}

static void check_topic(FuzzInput *input)
{
    g_autofree char *text = fuzz_text(input);
    g_autofree char *name = NULL;
    g_autofree char *printed = NULL;
    TopicKind kind = topic_parse(text, &name);

    if (name)
        g_assert(kind == TOPIC_KIND_CLI_OUTBOX ? name_is_session(name) : name_is_valid(name));
    if (kind == TOPIC_KIND_INBOX)
        printed = topic_inbox(name);
    else if (kind == TOPIC_KIND_CONTROL)
        printed = topic_control(name);
    else if (kind == TOPIC_KIND_STATUS)
        printed = topic_status(name);
    else if (kind == TOPIC_KIND_CLI_OUTBOX)
        printed = topic_cli_outbox(name);
    else
        g_assert(!name);
    if (printed)
        g_assert_cmpstr(printed, ==, text);
}

static void check_key(FuzzInput *input)
{
    g_autofree char *start = fuzz_text(input);
    g_autofree char *text = fuzz_text(input);
    g_autoptr(GError) error = NULL;
    g_autofree char *printed = NULL;
    g_autofree char *fingerprint = NULL;
    Key key;
    bool is_read = key_parse(text, &key, &error);

    fuzz_check_error(is_read, error);
    g_assert(key_is_valid_text(text) == is_read);
    if (!is_read)
        return;
    printed = key_print(&key);
    g_assert_cmpstr(printed, ==, text);
    fingerprint = key_fingerprint(&key);
    g_assert(key_fingerprint_begins(&key, fingerprint));
    if (key_fingerprint_begins(&key, start))
        g_assert_cmpuint(strlen(start), >=, 8);
}

static void check_base64(FuzzInput *input)
{
    size_t bytes = fuzz_byte(input);
    g_autofree uint8_t *out = g_malloc(bytes + 1);
    g_autoptr(GString) printed = g_string_new(NULL);

    if (base64_decode((const char *)input->at, input->left, out, bytes)) {
        base64_append(printed, out, bytes);
        fuzz_check_same(printed->str, printed->len, input->at, input->left);
        g_assert_cmpuint(base64_length(bytes), ==, printed->len);
    }
    g_string_truncate(printed, 0);
    base64_append(printed, input->at, input->left);
    g_free(out);
    out = g_malloc(input->left + 1);
    g_assert(base64_decode(printed->str, printed->len, out, input->left));
    fuzz_check_same(out, input->left, input->at, input->left);
}

/* Words of fixed lists, and names by their alphabets. */
static void check_words(FuzzInput *input)
{
    g_autofree char *text = fuzz_text(input);
    RunState state;
    Rule rule;
    Role role;
    int code = outcome_exit_code(text);

    g_assert(code >= 0 && code <= 6);
    if (run_state_parse(text, &state))
        g_assert_cmpstr(run_state_name(state), ==, text);
    if (rule_parse(text, &rule))
        g_assert_cmpstr(rule_name(rule), ==, text);
    if (role_parse(text, &role))
        g_assert_cmpstr(role_name(role), ==, text);
    if (name_is_valid(text) || name_is_session(text) || name_is_ulid(text))
        g_assert(text_is_harmless(text) && strlen(text) <= 32 && !strpbrk(text, "/#+ $"));
    if (name_is_reserved(text))
        g_assert(name_is_valid(text));
}

void fuzz_one(const uint8_t *data, size_t size)
{
    static void (*const checks[])(FuzzInput *) = {
        check_duration, check_size,  check_timestamp, check_time_of_day, check_window,
        check_url,      check_topic, check_key,       check_base64,      check_words,
    };
    FuzzInput input = fuzz_input(data, size);

    checks[fuzz_below(&input, G_N_ELEMENTS(checks))](&input);
}
