#include "common/data/json_scan.h"

#include "common/base/limits.h"
#include "common/base/problem.h"
#include "common/base/text.h"

#include <math.h>
#include <string.h>

#include "common/base/banned.h"

/* cJSON looks at no more characters of a number. Without an exponent, so many are not too large. */
#define NUMBER_MAX_CHARS 63

/* As a message has them: each is compared with each, which takes less than to sort them. */
#define FEW_NAMES 24

typedef struct Scan {
    const char *text; /* valid UTF-8, without NUL */
    const char *end;
    const char *at;
    unsigned depth;
    GError **error;
} Scan;

/* A name of the object in hand, to find those that stand twice. */
typedef struct Name {
    char *decoded; /* NULL: it has no escapes */
    const char *text;
    size_t length;
    const char *at;
} Name;

static bool scan_value(Scan *scan);

static bool fail_at(const Scan *scan, const char *at, Problem code, const char *format, ...)
    G_GNUC_PRINTF(4, 5);

/* Every failure goes through here; always false. */
static bool fail_at(const Scan *scan, const char *at, Problem code, const char *format, ...)
{
    g_autofree char *what = NULL;
    unsigned line = 1;
    const char *line_start = scan->text;
    va_list arguments;

    for (const char *c = scan->text; c < at; c++) {
        if (*c == '\n') {
            line++;
            line_start = c + 1;
        }
    }

    va_start(arguments, format);
    what = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error(scan->error, PROBLEM, (gint)code, "line %u, column %ld: %s", line,
                g_utf8_strlen(line_start, at - line_start) + 1, what);
    return false;
}

static bool fail_expected(const Scan *scan, const char *expected)
{
    g_autofree char *found = NULL;

    if (scan->at >= scan->end)
        return fail_at(scan, scan->at, PROBLEM_SYNTAX, "expected %s, found the end", expected);

    found = text_make_harmless(scan->at, (size_t)g_utf8_skip[(guchar)*scan->at]);
    if (*found == '\n' || *found == '\t')
        return fail_at(scan, scan->at, PROBLEM_SYNTAX, "expected %s, found a %s", expected,
                       *found == '\n' ? "line break" : "tab");
    return fail_at(scan, scan->at, PROBLEM_SYNTAX, "expected %s, found '%s'", expected, found);
}

/* The character in hand; NUL, which the text does not contain, at the end. */
static char peek(const Scan *scan)
{
    if (scan->at < scan->end)
        return *scan->at;
    return '\0';
}

static bool accept(Scan *scan, char wanted)
{
    if (peek(scan) != wanted)
        return false;
    scan->at++;
    return true;
}

static void skip_space(Scan *scan)
{
    while (peek(scan) == ' ' || peek(scan) == '\t' || peek(scan) == '\n' || peek(scan) == '\r')
        scan->at++;
}

static bool read_hex4(Scan *scan, gunichar *out)
{
    gunichar unit = 0;

    for (int i = 0; i < 4; i++, scan->at++) {
        int digit = g_ascii_xdigit_value(peek(scan));

        if (digit < 0)
            return fail_expected(scan, "four hex digits after \\u");
        unit = unit << 4 | (gunichar)digit;
    }
    *out = unit;
    return true;
}

/* What follows \u: a character, or the two halves of a pair. */
static bool scan_unicode_escape(Scan *scan, const char *escape, GString *out)
{
    gunichar unit;
    gunichar low;

    if (!read_hex4(scan, &unit))
        return false;
    if (unit == 0)
        return fail_at(scan, escape, PROBLEM_SYNTAX, "\\u0000 is not allowed");
    if (unit >= 0xd800 && unit <= 0xdbff) {
        if (!accept(scan, '\\') || !accept(scan, 'u'))
            return fail_at(scan, escape, PROBLEM_SYNTAX, "half of a surrogate pair");
        if (!read_hex4(scan, &low))
            return false;
        if (low < 0xdc00 || low > 0xdfff)
            return fail_at(scan, escape, PROBLEM_SYNTAX, "half of a surrogate pair");
        unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
    } else if (unit >= 0xdc00 && unit <= 0xdfff) {
        return fail_at(scan, escape, PROBLEM_SYNTAX, "half of a surrogate pair");
    }

    if (out)
        g_string_append_unichar(out, unit);
    return true;
}

static bool scan_escape(Scan *scan, GString *out)
{
    static const char letters[] = "\"\\/bfnrt";
    static const char meanings[] = "\"\\/\b\f\n\r\t";
    const char *escape = scan->at++;
    const char *letter;

    if (accept(scan, 'u'))
        return scan_unicode_escape(scan, escape, out);

    letter = peek(scan) ? strchr(letters, peek(scan)) : NULL;
    if (!letter)
        return fail_expected(scan, "one of \" \\ / b f n r t u after a backslash");
    scan->at++;
    if (out)
        g_string_append_c(out, meanings[letter - letters]);
    return true;
}

/* Whether a character stands for itself in a string. */
static bool is_plain(char c)
{
    return (unsigned char)c >= 0x20 && c != '"' && c != '\\';
}

/* Reads a string; out gets what it says, unless it is NULL. */
static bool scan_string(Scan *scan, GString *out)
{
    const char *start = scan->at++;

    for (;;) {
        const char *plain = scan->at;

        while (is_plain(peek(scan)))
            scan->at++;
        if (out)
            g_string_append_len(out, plain, scan->at - plain);
        if (accept(scan, '"'))
            return true;
        if (scan->at >= scan->end)
            return fail_at(scan, start, PROBLEM_SYNTAX, "a string that begins here does not end");
        if (peek(scan) != '\\')
            return fail_expected(scan, "'\"' or an escape such as \\n");
        if (!scan_escape(scan, out))
            return false;
    }
}

static bool scan_digits(Scan *scan)
{
    if (!g_ascii_isdigit(peek(scan)))
        return fail_expected(scan, "a digit");
    while (g_ascii_isdigit(peek(scan)))
        scan->at++;
    return true;
}

static bool is_finite(const char *start, const char *end)
{
    g_autofree char *number = g_strndup(start, (gsize)(end - start));

    return isfinite(g_ascii_strtod(number, NULL));
}

static bool scan_number(Scan *scan)
{
    const char *start = scan->at;
    bool has_exponent;

    (void)accept(scan, '-');
    if (accept(scan, '0')) {
        if (g_ascii_isdigit(peek(scan)))
            return fail_at(scan, start, PROBLEM_SYNTAX, "a number must not begin with 0");
    } else if (!scan_digits(scan)) {
        return false;
    }
    if (accept(scan, '.') && !scan_digits(scan))
        return false;
    has_exponent = accept(scan, 'e') || accept(scan, 'E');
    if (has_exponent) {
        (void)(accept(scan, '+') || accept(scan, '-'));
        if (!scan_digits(scan))
            return false;
    }

    if (scan->at - start > NUMBER_MAX_CHARS)
        return fail_at(scan, start, PROBLEM_LIMIT, "a number of more than %d characters",
                       NUMBER_MAX_CHARS);
    if (has_exponent && !is_finite(start, scan->at))
        return fail_at(scan, start, PROBLEM_LIMIT, "a number that is too large");
    return true;
}

static bool scan_word(Scan *scan)
{
    static const char *const words[] = { "true", "false", "null" };

    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        size_t length = strlen(words[i]);

        if ((size_t)(scan->end - scan->at) >= length && memcmp(scan->at, words[i], length) == 0) {
            scan->at += length;
            return true;
        }
    }
    return fail_expected(scan, "a value");
}

static int by_text(gconstpointer a, gconstpointer b)
{
    const Name *left = a;
    const Name *right = b;
    int order = memcmp(left->text, right->text, MIN(left->length, right->length));

    if (order)
        return order;
    if (left->length != right->length)
        return left->length < right->length ? -1 : 1;
    return left->at < right->at ? -1 : 1;
}

static bool is_same(const Name *a, const Name *b)
{
    return a->length == b->length && memcmp(a->text, b->text, a->length) == 0;
}

/* One that stands a second time, or NULL. */
static const Name *find_repeated(GArray *names)
{
    const Name *all = (const Name *)(const void *)names->data;

    if (names->len <= FEW_NAMES) {
        for (guint i = 1; i < names->len; i++) {
            for (guint j = 0; j < i; j++) {
                if (is_same(&all[i], &all[j]))
                    return &all[i];
            }
        }
        return NULL;
    }

    /* By sorting: a table of hashes would let chosen names make it slow. */
    g_array_sort(names, by_text);
    for (guint i = 1; i < names->len; i++) {
        if (is_same(&all[i], &all[i - 1]))
            return &all[i];
    }
    return NULL;
}

static bool check_names_differ(const Scan *scan, GArray *names)
{
    const Name *name = find_repeated(names);
    g_autofree char *text = NULL;
    g_autofree char *shown = NULL;

    if (!name)
        return true;

    text = g_strndup(name->text, name->length);
    shown = text_make_line(text, 40);
    return fail_at(scan, name->at, PROBLEM_SYNTAX, "the name \"%s\" stands twice", shown);
}

/* Reads a name with escapes once more: it was found to be well formed. */
static void decode_name(const Scan *scan, Name *name)
{
    Scan again = { .text = scan->text, .end = scan->end, .at = name->at };
    GString *text = g_string_new(NULL);

    scan_string(&again, text);
    name->length = text->len;
    name->decoded = g_string_free(text, FALSE);
    name->text = name->decoded;
}

static bool scan_member(Scan *scan, GArray *names)
{
    Name name = { .at = scan->at, .text = scan->at + 1 };

    if (peek(scan) != '"')
        return fail_expected(scan, "a name in '\"'");
    if (!scan_string(scan, NULL))
        return false;

    name.length = (size_t)(scan->at - 1 - name.text);
    if (memchr(name.text, '\\', name.length))
        decode_name(scan, &name);
    g_array_append_val(names, name);

    skip_space(scan);
    if (!accept(scan, ':'))
        return fail_expected(scan, "':'");
    return scan_value(scan);
}

static void clear_name(void *name)
{
    g_free(((Name *)name)->decoded);
}

static bool scan_object(Scan *scan)
{
    g_autoptr(GArray) names = g_array_new(FALSE, FALSE, sizeof(Name));

    g_array_set_clear_func(names, clear_name);
    scan->at++;
    skip_space(scan);
    if (accept(scan, '}'))
        return true;

    for (;;) {
        skip_space(scan);
        if (!scan_member(scan, names))
            return false;
        if (accept(scan, '}'))
            return check_names_differ(scan, names);
        if (!accept(scan, ','))
            return fail_expected(scan, "',' or '}'");
    }
}

static bool scan_array(Scan *scan)
{
    scan->at++;
    skip_space(scan);
    if (accept(scan, ']'))
        return true;

    for (;;) {
        if (!scan_value(scan))
            return false;
        if (accept(scan, ']'))
            return true;
        if (!accept(scan, ','))
            return fail_expected(scan, "',' or ']'");
    }
}

static bool scan_container(Scan *scan)
{
    bool is_read;

    if (++scan->depth > JSON_MAX_DEPTH)
        return fail_at(scan, scan->at, PROBLEM_LIMIT, "more than %d levels", JSON_MAX_DEPTH);
    is_read = *scan->at == '{' ? scan_object(scan) : scan_array(scan);
    scan->depth--;
    return is_read;
}

/* One value, with the space around it. */
static bool scan_value(Scan *scan)
{
    bool is_read;
    char first;

    skip_space(scan);
    first = peek(scan);
    if (first == '{' || first == '[')
        is_read = scan_container(scan);
    else if (first == '"')
        is_read = scan_string(scan, NULL);
    else if (first == '-' || g_ascii_isdigit(first))
        is_read = scan_number(scan);
    else
        is_read = scan_word(scan);
    skip_space(scan);
    return is_read;
}

bool json_scan(const char *text, size_t length, GError **error)
{
    Scan scan = { .text = text, .end = text + length, .at = text, .error = error };
    const char *valid_end;

    if (!g_utf8_validate_len(text, length, &valid_end))
        return fail_at(&scan, valid_end, PROBLEM_SYNTAX,
                       *valid_end ? "invalid UTF-8" : "a NUL byte");

    if (!scan_value(&scan))
        return false;
    if (scan.at < scan.end)
        return fail_expected(&scan, "the end");
    return true;
}
