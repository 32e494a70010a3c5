#include "common/base/redact.h"

#include <stdbool.h>
#include <string.h>

#include "common/base/banned.h"

#define REPLACEMENT      "[redacted]"
#define SECRET_MIN_BYTES 4

/* Where one of these ends in `=` (or, quoted as in JSON, in `":`), a secret follows. */
static const char *const names[] = {
    "password", "passwd",  "passphrase", "pass",   "pwd",        "secret",
    "token",    "api_key", "api-key",    "apikey", "access_key", NULL,
};

/* How HTTP's Authorization header carries one. "Basic" alone is also a word of prose. */
static const char *const schemes[] = { "bearer ", "authorization: basic ", NULL };

static bool begins_with(const char *text, const char *prefix)
{
    return g_ascii_strncasecmp(text, prefix, strlen(prefix)) == 0;
}

static const char *skip_spaces(const char *at)
{
    return at + strspn(at, " \t");
}

/* Behind `name=` or `"name": `, or NULL. */
static const char *after_name(const char *at)
{
    for (size_t i = 0; names[i]; i++) {
        const char *end = at + strlen(names[i]);

        if (!begins_with(at, names[i]))
            continue;
        if (*end == '=')
            return end + 1;
        if (*end == '"' && *skip_spaces(end + 1) == ':')
            return skip_spaces(skip_spaces(end + 1) + 1);
    }
    return NULL;
}

static const char *after_scheme(const char *at)
{
    for (size_t i = 0; schemes[i]; i++) {
        if (begins_with(at, schemes[i]))
            return at + strlen(schemes[i]);
    }
    return NULL;
}

/* Marks the value that begins there: up to the closing quote, or up to the end of the word. */
static void mark_value(const char *text, const char *value, bool *is_secret)
{
    const char quotes[] = { *value, '\n', '\0' };
    bool is_quoted = *value == '"' || *value == '\'';
    size_t length;

    if (is_quoted)
        value++;
    length = strcspn(value, is_quoted ? quotes : " \t\r\n&,;\"'<>(){}");
    memset(is_secret + (value - text), true, length);
}

/* Every occurrence, also those that overlap. */
static void mark_occurrences(const char *text, const char *secret, bool *is_secret)
{
    size_t length = strlen(secret);

    if (length < SECRET_MIN_BYTES)
        return;
    for (const char *at = strstr(text, secret); at; at = strstr(at + 1, secret))
        memset(is_secret + (at - text), true, length);
}

char *redact_text(const char *text, const GPtrArray *secrets)
{
    size_t length = strlen(text);
    g_autofree bool *is_secret = g_new0(bool, length + 1);
    GString *out = g_string_sized_new(length);

    for (guint i = 0; secrets && i < secrets->len; i++)
        mark_occurrences(text, g_ptr_array_index(secrets, i), is_secret);
    for (const char *at = text; *at; at++) {
        const char *value = after_name(at);

        if (!value)
            value = after_scheme(at);
        if (value)
            mark_value(text, value, is_secret);
    }

    for (size_t i = 0; i < length; i++) {
        if (!is_secret[i])
            g_string_append_c(out, text[i]);
        else if (i == 0 || !is_secret[i - 1])
            g_string_append(out, REPLACEMENT);
    }
    return g_string_free(out, FALSE);
}
