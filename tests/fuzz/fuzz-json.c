/*
 * JSON: what parses prints, compact and for people, to a text that parses to the same tree; what
 * does not is refused with a message that can be shown. Copies are equal, trees within the depth.
 */
#include "common/data/json.h"

#include "common/base/limits.h"
#include "common/data/json_scan.h"
#include "tests/fuzz/harness.h"

#include <math.h>
#include <string.h>

#include "common/base/banned.h"

static void check_same(const Json *one, const Json *other, unsigned depth)
{
    int64_t whole = 0, whole_again = 0;
    double number = 0, again = 0;
    const Json *twin;

    g_assert(depth <= JSON_MAX_DEPTH);
    g_assert(json_kind(one) == json_kind(other));
    g_assert_cmpstr(json_string(one), ==, json_string(other));
    g_assert(json_bool(one) == json_bool(other));
    g_assert(json_int(one, &whole) == json_int(other, &whole_again));
    g_assert(whole == whole_again);
    g_assert(json_number(one, &number) == json_number(other, &again));
    g_assert(number >= again && number <= again && isfinite(number));

    twin = json_first(other);
    for (const Json *node = json_first(one); node; node = json_next(node)) {
        g_assert(twin);
        g_assert_cmpstr(json_name(node), ==, json_name(twin));
        if (json_kind(one) == JSON_OBJECT)
            g_assert(json_member(one, json_name(node)) == node);
        check_same(node, twin, depth + 1);
        twin = json_next(twin);
    }
    g_assert(!twin);
}

static void check_text(const Json *json, const char *text)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Json) again = json_parse(text, strlen(text), SIZE_MAX, &error);

    g_assert_no_error(error);
    check_same(json, again, 0);
}

void fuzz_one(const uint8_t *data, size_t size)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GError) scan_error = NULL;
    g_autoptr(Json) json = json_parse((const char *)data, size, BODY_MAX_BYTES, &error);
    g_autoptr(Json) copy = NULL;
    g_autofree char *printed = NULL;
    g_autofree char *pretty = NULL;

    fuzz_check_error(json != NULL, error);
    if (size <= BODY_MAX_BYTES)
        g_assert(json_scan((const char *)data, size, &scan_error) == (json != NULL));
    if (!json)
        return;

    printed = json_print(json);
    pretty = json_print_pretty(json);
    g_assert(!strchr(printed, '\n'));
    g_assert(g_str_has_suffix(pretty, "\n"));
    check_text(json, printed);
    check_text(json, pretty);
    copy = json_copy(json);
    check_same(json, copy, 0);
}
