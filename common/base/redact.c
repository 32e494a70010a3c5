#include "common/base/redact.h"

#include <stdbool.h>
#include <string.h>

#include "common/base/banned.h"

#define REPLACEMENT      "[redacted]"
#define SECRET_MIN_BYTES 4

/* Behind one of these and `=` (or, quoted as in JSON, `":`) stands a secret. */
static const char *const names[] = {
    "password", "passwd",  "passphrase", "pass",   "pwd",        "secret",
    "token",    "api_key", "api-key",    "apikey", "access_key", NULL,
};

/* How HTTP's Authorization header carries one. "Basic" alone is also a word of prose. */
static const char *const schemes[] = { "bearer", "authorization: basic", NULL };

/* True when one of the words ends there. */
static bool ends_in(const char *text, const char *end, const char *const *words)
{
    for (size_t i = 0; words[i]; i++) {
        size_t length = strlen(words[i]);

        if ((size_t)(end - text) >= length &&
            g_ascii_strncasecmp(end - length, words[i], length) == 0)
            return true;
    }
    return false;
}

static const char *skip_spaces(const char *at)
{
    return at + strspn(at, " \t");
}

#define ANNOUNCING "= \""

/* Where the secret begins that this character announces, or NULL. */
static const char *announced_value(const char *text, const char *at)
{
    const char *next;

    switch (*at) {
    case '=':
        return ends_in(text, at, names) ? at + 1 : NULL;
    case ' ':
        return ends_in(text, at, schemes) ? skip_spaces(at) : NULL;
    case '"':
        next = skip_spaces(at + 1);
        return *next == ':' && ends_in(text, at, names) ? skip_spaces(next + 1) : NULL;
    default:
        return NULL;
    }
}

/* Marks the value that begins there, up to the closing quote or the end of the word; returns where
 * it ends. */
static const char *mark_value(const char *text, const char *value, bool *is_secret)
{
    const char quotes[] = { *value, '\n', '\0' };
    bool is_quoted = *value == '"' || *value == '\'';
    size_t length;

    if (is_quoted)
        value++;
    length = strcspn(value, is_quoted ? quotes : " \t\r\n&,;\"'<>(){}");
    memset(is_secret + (value - text), true, length);
    return value + length;
}

static void mark_values(const char *text, bool *is_secret)
{
    const char *at = text + strcspn(text, ANNOUNCING);

    while (*at) {
        const char *value = announced_value(text, at);

        /* Nothing announces anything inside a value, so that no text makes this slow. */
        at = value ? mark_value(text, value, is_secret) : at + 1;
        at += strcspn(at, ANNOUNCING);
    }
}

/* Every occurrence, also those that overlap. */
static void mark_occurrences(const char *text, const char *secret, bool *is_secret)
{
    size_t length = strlen(secret);
    const char *marked = text;

    if (length < SECRET_MIN_BYTES)
        return;
    for (const char *at = strstr(text, secret); at; at = strstr(at + 1, secret)) {
        const char *from = MAX(at, marked);

        marked = at + length;
        memset(is_secret + (from - text), true, (size_t)(marked - from));
    }
}

char *redact_text(const char *text, const GPtrArray *secrets)
{
    size_t length = strlen(text);
    g_autofree bool *is_secret = g_new0(bool, length + 1);
    GString *out;

    for (guint i = 0; secrets && i < secrets->len; i++)
        mark_occurrences(text, g_ptr_array_index(secrets, i), is_secret);
    mark_values(text, is_secret);
    if (!memchr(is_secret, 1, length))
        return g_strdup(text);

    out = g_string_sized_new(length);
    for (size_t i = 0; i < length; i++) {
        if (!is_secret[i])
            g_string_append_c(out, text[i]);
        else if (i == 0 || !is_secret[i - 1])
            g_string_append(out, REPLACEMENT);
    }
    return g_string_free(out, FALSE);
}
