/*
 * Text from outside: whatever bytes come, what is made of them is valid UTF-8 without anything that
 * acts or hides, doing it twice changes nothing, cuts keep their bounds, a fence holds, a glob
 * means what its definition says, and no secret is left.
 */
#include "common/base/text.h"

#include "common/base/redact.h"
#include "tests/fuzz/harness.h"

#include <string.h>

#include "common/base/banned.h"

static void check_harmless(const uint8_t *data, size_t size)
{
    g_autofree char *text = text_make_harmless((const char *)data, size);
    g_autofree char *again = text_make_harmless(text, strlen(text));

    g_assert(g_utf8_validate(text, -1, NULL));
    g_assert(text_is_harmless(text));
    g_assert_cmpstr(text, ==, again);
}

static void check_line(FuzzInput *input)
{
    size_t max_chars = fuzz_byte(input);
    g_autofree char *text = fuzz_text(input);
    g_autofree char *line = text_make_line(text, max_chars);

    g_assert(text_is_harmless(line));
    g_assert(!strpbrk(line, "\n\t"));
    g_assert_cmpint(g_utf8_strlen(line, -1), <=, (glong)max_chars);
}

static void check_cuts(FuzzInput *input)
{
    size_t max_bytes = fuzz_byte(input);
    unsigned max_lines = fuzz_below(input, 8);
    g_autofree char *text = fuzz_utf8(input);
    size_t length = strlen(text);
    g_autofree char *head = text_head(text, length, max_bytes);
    g_autofree char *lines = text_last_lines(text, max_lines, max_bytes);
    unsigned breaks = 0;

    g_assert(g_str_has_prefix(text, head));
    g_assert_cmpuint(text_json_length(head, strlen(head)), <=, max_bytes);
    g_assert(g_utf8_validate(head, -1, NULL));
    g_assert(g_utf8_validate(lines, -1, NULL) && strstr(text, lines));
    g_assert_cmpuint(strlen(lines), <=, max_bytes);
    for (const char *at = lines; *at; at++)
        breaks += *at == '\n';
    g_assert_cmpuint(breaks, <=, max_lines ? max_lines - 1 : 0);
}

/* A line of the text is never the closing fence. */
static void check_fence(FuzzInput *input)
{
    g_autofree char *text = fuzz_utf8(input);
    g_autofree char *fenced = text_fence(text);
    g_auto(GStrv) lines = g_strsplit(fenced, "\n", -1);
    unsigned count = g_strv_length(lines);

    g_assert_cmpuint(count, >=, 3);
    g_assert_cmpstr(lines[0], ==, lines[count - 1]);
    g_assert_cmpuint(strspn(lines[0], "`"), ==, strlen(lines[0]));
    g_assert(strstr(fenced, text));
    for (unsigned i = 1; i + 1 < count; i++)
        g_assert(!strstr(lines[i], lines[0]));
}

static size_t character_length(const char *at)
{
    return *at ? (size_t)(text_next(at) - at) : 0;
}

static int compare_characters(const char *a, const char *b)
{
    return strncmp(a, b, MAX(character_length(a), character_length(b)));
}

/* Behind the element of a pattern that stands here, and whether it takes the character. */
static const char *glob_element(const char *pattern, const char *at, bool *out_takes)
{
    const char *set = pattern + (pattern[0] == '[') + (pattern[0] == '[' && pattern[1] == '!');
    const char *end = *pattern == '[' && *set ? strchr(set + 1, ']') : NULL;

    *out_takes = *pattern == '?' || compare_characters(pattern, at) == 0;
    if (!end)
        return text_next(pattern);
    *out_takes = false;
    for (const char *low = set; low < end;) {
        const char *high =
            *text_next(low) == '-' && text_next(low) + 1 < end ? text_next(low) + 1 : low;

        *out_takes |= compare_characters(low, at) <= 0 && compare_characters(at, high) <= 0;
        low = text_next(high);
    }
    *out_takes ^= pattern[1] == '!';
    return end + 1;
}

/* The definition, in quadratic time. */
static bool glob_matches(const char *pattern, const char *text)
{
    size_t width = strlen(text) + 1;
    g_autofree bool *reached = g_new0(bool, width);

    reached[0] = true;
    while (*pattern) {
        g_autofree bool *next = g_new0(bool, width);
        const char *behind = pattern + 1;

        if (*pattern == '*') {
            bool is_open = false;

            for (size_t i = 0; i < width; i++)
                next[i] = is_open = is_open || reached[i];
        } else {
            bool takes;

            behind = glob_element(pattern, text, &takes);
            for (const char *at = text; *at; at = text_next(at)) {
                glob_element(pattern, at, &takes);
                if (reached[at - text] && takes)
                    next[text_next(at) - text] = true;
            }
        }
        memcpy(reached, next, width * sizeof(bool));
        pattern = behind;
    }

    return reached[width - 1];
}

static void check_glob(FuzzInput *input)
{
    g_autofree char *raw_pattern = fuzz_utf8(input);
    g_autofree char *raw_text = fuzz_utf8(input);
    /* The definition above goes by whole characters, and * stops anywhere: keep it small. */
    g_autofree char *pattern = text_head(raw_pattern, strlen(raw_pattern), 40);
    g_autofree char *text = text_head(raw_text, strlen(raw_text), 60);

    g_assert(text_matches_glob(pattern, text) == glob_matches(pattern, text));
    text_matches_glob(raw_pattern, raw_text);
}

static void check_nearest(FuzzInput *input)
{
    static const char *const fixed[] = { "web1", "web2", "agent2_debian13", "!help", "" };
    unsigned max_count = fuzz_below(input, 5);
    g_autofree char *word = fuzz_utf8(input);
    g_autofree char *free_one = fuzz_utf8(input);
    const char *candidates[G_N_ELEMENTS(fixed) + 2];
    g_autoptr(GPtrArray) nearest = NULL;

    memcpy(candidates, fixed, sizeof(fixed));
    candidates[G_N_ELEMENTS(fixed)] = free_one;
    candidates[G_N_ELEMENTS(fixed) + 1] = NULL;
    nearest = text_nearest(word, candidates, max_count);
    g_assert_cmpuint(nearest->len, <=, max_count);
    for (unsigned i = 0; i < nearest->len; i++)
        g_assert(g_strv_contains(candidates, nearest->pdata[i]));
}

static void check_redacted(FuzzInput *input)
{
    g_autofree char *secret = fuzz_text(input);
    g_autofree char *text = fuzz_text(input);
    g_autoptr(GPtrArray) secrets = g_ptr_array_new();
    g_autofree char *redacted = NULL;

    g_ptr_array_add(secrets, secret);
    g_ptr_array_add(secrets, (char *)"hunter22");
    redacted = redact_text(text, secrets);
    if (strlen(secret) >= 4 && !strstr("[redacted]", secret)) {
        g_auto(GStrv) kept = g_strsplit(redacted, "[redacted]", -1);

        for (unsigned i = 0; kept[i]; i++)
            g_assert(!strstr(kept[i], secret));
    }
    g_assert(!strstr(redacted, "hunter22"));
    if (g_utf8_validate(text, -1, NULL) && g_utf8_validate(secret, -1, NULL))
        g_assert(g_utf8_validate(redacted, -1, NULL));
}

void fuzz_one(const uint8_t *data, size_t size)
{
    static void (*const checks[])(FuzzInput *) = {
        check_line, check_cuts, check_fence, check_glob, check_nearest, check_redacted,
    };
    FuzzInput input = fuzz_input(data, size);

    check_harmless(data, size);
    checks[fuzz_below(&input, G_N_ELEMENTS(checks))](&input);
}
