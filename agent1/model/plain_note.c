#include "agent1/model/plain_note.h"

#include <glib.h>
#include <string.h>

#include "common/base/lookalike.h"
#include "common/wire/command.h"
#include "common/base/banned.h"

/* From so many letters and digits without a blank on a text may be base64 or the like. */
#define ENCODED_MIN_CHARS 16
#define ENCODED_CAPITALS  2

/* Letters, digits and colons: whatever stands between them, a reader may leave it out. */
static char *squeeze(const char *text)
{
    g_autoptr(GString) squeezed = g_string_new(NULL);

    for (; *text; text++) {
        if (g_ascii_isalnum(*text) || *text == ':')
            g_string_append_c(squeezed, g_ascii_tolower(*text));
    }
    return g_string_free(g_steal_pointer(&squeezed), FALSE);
}

static bool has_trigger(const char *text)
{
    g_autofree char *squeezed = squeeze(text);

    for (int trigger = 0; trigger < TRIGGER_COUNT; trigger++) {
        g_autofree char *word = squeeze(trigger_info((Trigger)trigger)->name);

        if (strstr(squeezed, word))
            return true;
    }
    return false;
}

/* "!yes", "@web1": of an address of mail nobody can tell. */
static bool has_command(const char *text)
{
    for (; *text; text++) {
        if ((*text == '!' || *text == '@') && g_ascii_isalnum(text[1]))
            return true;
    }
    return false;
}

/* Signs that stand for others: "&#68;", "\x44", "%44". */
static bool has_escape(const char *text)
{
    for (; *text; text++) {
        if (*text == '\\' || (*text == '&' && (text[1] == '#' || g_ascii_isalpha(text[1]))) ||
            (*text == '%' && g_ascii_isxdigit(text[1]) && g_ascii_isxdigit(text[2])))
            return true;
    }
    return false;
}

static bool is_encoded(const char *run, size_t length)
{
    size_t capitals = 0;
    size_t hex = 0;

    for (size_t i = 0; i < length; i++) {
        capitals += g_ascii_isupper(run[i]);
        hex += g_ascii_isxdigit(run[i]);
    }
    return length >= ENCODED_MIN_CHARS && (capitals >= ENCODED_CAPITALS || hex == length);
}

static bool has_code(const char *text)
{
    static const char signs[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=_-";

    while (*text) {
        size_t length = strspn(text, signs);

        if (is_encoded(text, length))
            return true;
        text += length;
        text += strcspn(text, signs);
    }
    return false;
}

static char *rotate(const char *text)
{
    char *rotated = g_strdup(text);

    for (char *at = rotated; *at; at++) {
        char first = g_ascii_isupper(*at) ? 'A' : 'a';

        if (g_ascii_isalpha(*at))
            *at = (char)(first + (*at - first + 13) % 26);
    }
    return rotated;
}

bool plain_note_is(const char *text)
{
    g_autofree char *wide = g_utf8_normalize(text, -1, G_NORMALIZE_ALL_COMPOSE);
    g_autofree char *folded = wide ? lookalike_fold(wide) : NULL;
    g_autofree char *rotated = folded ? rotate(folded) : NULL;

    /* Folding takes backslashes away. */
    return folded && !has_escape(wide) && !has_command(wide) && !has_command(folded) &&
           !has_code(wide) && !has_trigger(folded) && !has_trigger(rotated);
}
