#include "agent1/cli/type_ahead.h"

#include <string.h>

#include "common/base/text.h"

#include "common/base/banned.h"

#define KEY_END       '\x04' /* Ctrl-D */
#define KEY_BACK      '\b'
#define KEY_KILL      '\x15' /* Ctrl-U */
#define KEY_ESCAPE    '\x1b'
#define KEY_RUB_OUT   '\x7f'
#define ENTER_SHOWN   "\xE2\x8F\x8E " /* U+23CE, a return sign */
#define LINES_SHOWN   "; "
#define CSI_LAST_FROM '@'
#define CSI_LAST_TO   '~'

struct TypeAhead {
    GString *bytes;
};

TypeAhead *type_ahead_new(void)
{
    TypeAhead *ahead = g_new0(TypeAhead, 1);

    ahead->bytes = g_string_new(NULL);
    return ahead;
}

void type_ahead_free(TypeAhead *ahead)
{
    if (!ahead)
        return;

    g_string_free(ahead->bytes, TRUE);
    g_free(ahead);
}

static bool is_line_end(char byte)
{
    return byte == '\r' || byte == '\n';
}

/* Where the line begins that is being typed. */
static size_t line_start(const GString *bytes)
{
    size_t start = bytes->len;

    while (start > 0 && !is_line_end(bytes->str[start - 1]))
        start--;
    return start;
}

/* The last character, whole, but no Enter: what was sent off is not taken back. */
static void rub_out(GString *bytes)
{
    size_t start = line_start(bytes);
    size_t length = bytes->len;

    if (length > start)
        length--;
    while (length > start && ((unsigned char)bytes->str[length] & 0xC0) == 0x80)
        length--;
    g_string_truncate(bytes, length);
}

bool type_ahead_add(TypeAhead *ahead, char byte)
{
    GString *bytes = ahead->bytes;

    switch (byte) {
    case KEY_END:
        return bytes->len > 0;
    case KEY_BACK:
    case KEY_RUB_OUT:
        rub_out(bytes);
        return true;
    case KEY_KILL:
        g_string_truncate(bytes, line_start(bytes));
        return true;
    default:
        if (byte != '\0' && bytes->len < TYPE_AHEAD_MAX_BYTES)
            g_string_append_c(bytes, byte);
        return true;
    }
}

bool type_ahead_is_empty(const TypeAhead *ahead)
{
    return ahead->bytes->len == 0;
}

bool type_ahead_take(TypeAhead *ahead, char *out)
{
    if (ahead->bytes->len == 0)
        return false;

    *out = ahead->bytes->str[0];
    g_string_erase(ahead->bytes, 0, 1);
    return true;
}

/* How many bytes a key takes that is no character: "ESC [ A". */
static size_t escape_length(const char *bytes)
{
    size_t length = 1;

    if (bytes[length] != '[' && bytes[length] != 'O')
        return bytes[length] != '\0' ? 2 : 1;
    length++;
    while (bytes[length] != '\0' && (bytes[length] < CSI_LAST_FROM || bytes[length] > CSI_LAST_TO))
        length++;
    return bytes[length] != '\0' ? length + 1 : length;
}

static char *shown(const char *bytes, size_t length, const char *enter)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (size_t i = 0; i < length; i++) {
        if (bytes[i] == KEY_ESCAPE)
            i += escape_length(bytes + i) - 1;
        else if (is_line_end(bytes[i]))
            g_string_append(text, enter);
        else if ((unsigned char)bytes[i] >= ' ')
            g_string_append_c(text, bytes[i]);
    }
    return text_make_harmless(text->str, text->len);
}

char *type_ahead_text(const TypeAhead *ahead)
{
    return shown(ahead->bytes->str, ahead->bytes->len, ENTER_SHOWN);
}

/* Where the line begins that the last byte ended. */
static size_t last_line_start(const GString *bytes)
{
    size_t start = bytes->len - 1;

    while (start > 0 && !is_line_end(bytes->str[start - 1]))
        start--;
    return start;
}

char *type_ahead_last_line(const TypeAhead *ahead)
{
    const GString *bytes = ahead->bytes;
    size_t start;

    if (bytes->len == 0 || !is_line_end(bytes->str[bytes->len - 1]))
        return NULL;

    start = last_line_start(bytes);
    for (size_t i = start; i + 1 < bytes->len; i++) {
        if ((unsigned char)bytes->str[i] < ' ')
            return NULL;
    }
    return g_strndup(bytes->str + start, bytes->len - 1 - start);
}

bool type_ahead_is_behind(const TypeAhead *ahead)
{
    return last_line_start(ahead->bytes) > 0;
}

void type_ahead_drop_last_line(TypeAhead *ahead)
{
    g_string_truncate(ahead->bytes, last_line_start(ahead->bytes));
}

char *type_ahead_drop_lines(TypeAhead *ahead)
{
    size_t start = line_start(ahead->bytes);
    char *text;

    if (start == 0)
        return NULL;

    /* The last Enter ends the list, and separates nothing. */
    text = shown(ahead->bytes->str, start - 1, LINES_SHOWN);
    g_string_erase(ahead->bytes, 0, (gssize)start);
    return text;
}
