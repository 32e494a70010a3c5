#include "agent1/reader/charset.h"

#include <errno.h>
#include <glib.h>
#include <stdbool.h>
#include <string.h>

#include "common/base/banned.h"

#define LOOK_BYTES          1024 /* in which a page says what it is */
#define NAME_MAX_CHARS      40
#define USUAL               "windows-1252"
#define REPLACEMENT         "\xef\xbf\xbd"
#define CONVERT_CHUNK_BYTES 8192
#define NAME_SIGNS          G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "-_:."

typedef struct Mark {
    const char *bytes;
    size_t length;
    const char *charset;
} Mark;

static const Mark marks[] = {
    { "\xef\xbb\xbf", 3, "utf-8" },
    { "\xfe\xff", 2, "utf-16be" },
    { "\xff\xfe", 2, "utf-16le" },
};

void charset_warm_up(void)
{
    GIConv converter = g_iconv_open("UTF-8", USUAL);

    if (converter != (GIConv)-1)
        g_iconv_close(converter);
}

/* ---- which ---- */

/* The name that stands at a text, perhaps in quotes; NULL: none. The caller owns it. */
static char *read_name(const char *at)
{
    size_t length;

    at += strspn(at, " \t\n\r=\"'");
    length = strspn(at, NAME_SIGNS);
    return length > 0 && length <= NAME_MAX_CHARS ? g_ascii_strdown(at, (gssize)length) : NULL;
}

/* Of <meta charset=…> and <meta http-equiv=… content="…; charset=…">, and of an XML declaration. */
static char *find_own_name(const char *bytes, size_t length)
{
    g_autofree char *look = g_strndup(bytes, MIN(length, LOOK_BYTES));
    g_autofree char *lower = g_ascii_strdown(look, -1);
    const char *meta = strstr(lower, "<meta");
    const char *found = NULL;

    for (; meta && !found; meta = strstr(meta + 1, "<meta")) {
        const char *at = strstr(meta, "charset");
        const char *end = strchr(meta, '>');

        if (at && end && at < end)
            found = at + strlen("charset");
    }
    if (!found && g_str_has_prefix(lower, "<?xml")) {
        found = strstr(lower, "encoding");
        found = found ? found + strlen("encoding") : NULL;
    }
    return found ? read_name(found) : NULL;
}

/* Browsers read these as their larger kin; a page that we could read its own name in is no UTF-16.
 */
static const char *rename(const char *name)
{
    static const char *const as_usual[] = { "iso-8859-1", "latin1", "us-ascii", "ascii", "cp1252" };

    for (size_t i = 0; i < G_N_ELEMENTS(as_usual); i++) {
        if (strcmp(name, as_usual[i]) == 0)
            return USUAL;
    }
    return strcmp(name, "utf8") == 0 ? "utf-8" : name;
}

/* The caller owns it. *skip: so many bytes are a mark. */
static char *choose(const char *bytes, size_t length, const char *named, size_t *skip)
{
    g_autofree char *name = NULL;

    for (size_t i = 0; i < G_N_ELEMENTS(marks); i++) {
        if (length >= marks[i].length && memcmp(bytes, marks[i].bytes, marks[i].length) == 0) {
            *skip = marks[i].length;
            return g_strdup(marks[i].charset);
        }
    }
    name = named ? read_name(named) : NULL;
    if (!name) {
        name = find_own_name(bytes, length);
        if (name && g_str_has_prefix(name, "utf-16"))
            return g_strdup("utf-8");
    }
    if (!name)
        name = g_strdup(g_utf8_validate_len(bytes, length, NULL) ? "utf-8" : USUAL);
    return g_strdup(rename(name));
}

/* ---- decoding ---- */

static char *drop_nuls(const char *bytes, size_t length)
{
    GString *out = g_string_sized_new(length);

    for (size_t i = 0; i < length; i++) {
        if (bytes[i])
            g_string_append_c(out, bytes[i]);
    }
    return g_string_free(out, FALSE);
}

static char *decode_utf8(const char *bytes, size_t length)
{
    g_autofree char *text = drop_nuls(bytes, length);

    return g_utf8_make_valid(text, -1);
}

static char *convert(GIConv converter, const char *bytes, size_t length)
{
    g_autoptr(GString) out = g_string_sized_new(length);
    /* iconv(3) takes a text that it does not change as if it did. */
    char *at = (char *)(gsize)bytes;
    size_t left = length;

    while (left > 0) {
        char chunk[CONVERT_CHUNK_BYTES];
        char *to = chunk;
        size_t room = sizeof(chunk);
        size_t result = g_iconv(converter, &at, &left, &to, &room);
        int problem = result == (size_t)-1 ? errno : 0;

        g_string_append_len(out, chunk, (gssize)(sizeof(chunk) - room));
        if (problem == EINVAL)
            break; /* it ends in the middle of a sign */
        if (problem == EILSEQ) {
            g_string_append(out, REPLACEMENT);
            at++;
            left--;
        } else if (problem != 0 && problem != E2BIG) {
            break;
        }
    }
    return decode_utf8(out->str, out->len);
}

char *charset_decode(const char *bytes, size_t length, const char *named)
{
    size_t skip = 0;
    g_autofree char *name = choose(bytes, length, named, &skip);
    GIConv converter = (GIConv)-1;
    char *text;

    if (strcmp(name, "utf-8") != 0)
        converter = g_iconv_open("UTF-8", name);
    if (converter == (GIConv)-1)
        return decode_utf8(bytes + skip, length - skip);

    text = convert(converter, bytes + skip, length - skip);
    g_iconv_close(converter);
    return text;
}
