/* The comparing half of text.h: patterns, and the nearest of several words. */
#include "common/base/text.h"

#include <string.h>

#include "common/base/banned.h"

static bool is_same_character(const char *a, const char *b)
{
    size_t length = (size_t)(text_next(a) - a);

    return length == (size_t)(text_next(b) - b) && memcmp(a, b, length) == 0;
}

/* Behind the closing bracket of the set that begins at the pattern, or NULL: a bracket that nobody
 * closes is a character like others. A bracket right at the beginning belongs to the set. */
static const char *set_end(const char *pattern)
{
    const char *at = pattern + 1;

    if (*pattern != '[')
        return NULL;
    if (*at == '!')
        at++;
    at = *at ? strchr(at + 1, ']') : NULL;
    return at ? at + 1 : NULL;
}

/* Characters stand in the order of their bytes, in UTF-8 as in ASCII. */
static int compare_characters(const char *a, const char *b)
{
    size_t a_length = (size_t)(text_next(a) - a);
    size_t b_length = (size_t)(text_next(b) - b);
    int order = memcmp(a, b, MIN(a_length, b_length));

    return order != 0 ? order : (a_length > b_length) - (a_length < b_length);
}

static bool set_holds(const char *pattern, const char *end, const char *text)
{
    bool is_negated = pattern[1] == '!';
    const char *at = pattern + (is_negated ? 2 : 1);
    const char *last = end - 1; /* the bracket */
    bool holds = false;

    while (at < last) {
        const char *next = text_next(at);
        const char *high = *next == '-' && next + 1 < last ? next + 1 : at;

        holds |= compare_characters(at, text) <= 0 && compare_characters(text, high) <= 0;
        at = text_next(high);
    }
    return holds != is_negated;
}

/* Behind the first element of a pattern if it takes the first character of the text, or NULL. */
static const char *take_one(const char *pattern, const char *text)
{
    const char *end = set_end(pattern);

    if (end)
        return set_holds(pattern, end, text) ? end : NULL;
    return *pattern && (*pattern == '?' || is_same_character(pattern, text)) ? text_next(pattern)
                                                                             : NULL;
}

bool text_matches_glob(const char *pattern, const char *text)
{
    const char *after_star = NULL; /* only the last `*` ever needs to take more */
    const char *retry = NULL;

    while (*text) {
        const char *next = *pattern == '*' ? NULL : take_one(pattern, text);

        if (*pattern == '*') {
            after_star = ++pattern;
            retry = text;
        } else if (next) {
            pattern = next;
            text = text_next(text);
        } else if (after_star) {
            pattern = after_star;
            retry = text_next(retry);
            text = retry;
        } else {
            return false;
        }
    }
    return pattern[strspn(pattern, "*")] == '\0';
}

typedef struct Near {
    const char *candidate;
    size_t distance;
    size_t position;
} Near;

static int by_distance(gconstpointer a, gconstpointer b)
{
    const Near *left = a;
    const Near *right = b;

    if (left->distance != right->distance)
        return left->distance < right->distance ? -1 : 1;
    return left->position < right->position ? -1 : 1;
}

static bool is_same_letter(char a, char b)
{
    return g_ascii_tolower(a) == g_ascii_tolower(b);
}

/* Insertions, deletions, replacements and swaps of neighbours that turn one into the other: the
 * optimal string alignment distance, kept in three rows of its table. */
static size_t edit_distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
    size_t width = b_length + 1;
    g_autofree size_t *table = g_new0(size_t, 3 * width);
    size_t *before = table;
    size_t *above = table + width;
    size_t *row = table + 2 * width;

    for (size_t j = 0; j < width; j++)
        row[j] = j;
    for (size_t i = 1; i <= a_length; i++) {
        size_t *oldest = before;

        before = above;
        above = row;
        row = oldest;
        row[0] = i;
        for (size_t j = 1; j < width; j++) {
            size_t replaced = above[j - 1] + !is_same_letter(a[i - 1], b[j - 1]);

            row[j] = MIN(replaced, MIN(above[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && is_same_letter(a[i - 1], b[j - 2]) &&
                is_same_letter(a[i - 2], b[j - 1]))
                row[j] = MIN(row[j], before[j - 2] + 1);
        }
    }
    return row[b_length];
}

GPtrArray *text_nearest(const char *word, const char *const *candidates, unsigned max_count)
{
    g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(Near));
    GPtrArray *nearest = g_ptr_array_new();
    size_t word_length = strlen(word);

    for (size_t i = 0; candidates[i]; i++) {
        size_t length = strlen(candidates[i]);
        size_t longer = MAX(length, word_length);
        size_t allowed = MAX(longer / 3, 1);
        Near near = { candidates[i], 0, i };

        /* Also keeps a hostile, long word from filling a large table. */
        if (longer - MIN(length, word_length) > allowed)
            continue;
        near.distance = edit_distance(word, word_length, candidates[i], length);
        if (near.distance <= allowed)
            g_array_append_val(found, near);
    }

    g_array_sort(found, by_distance);
    for (guint i = 0; i < found->len && i < max_count; i++)
        g_ptr_array_add(nearest, (void *)(guintptr)g_array_index(found, Near, i).candidate);
    return nearest;
}

const char *text_nearest_one(const char *word, const char *const *candidates)
{
    g_autoptr(GPtrArray) nearest = text_nearest(word, candidates, 1);

    return nearest->len > 0 ? nearest->pdata[0] : NULL;
}
