#include "common/base/plain_words.h"

#include <stdbool.h>

#include "common/base/banned.h"

#define MODIFIER_APOSTROPHE 0x02bc
#define QUOTE_LEFT          0x2018
#define QUOTE_RIGHT         0x2019

static gunichar plain_sign(gunichar sign)
{
    if (sign == '\'' || sign == QUOTE_LEFT || sign == QUOTE_RIGHT || sign == MODIFIER_APOSTROPHE)
        return '\'';
    return g_unichar_isalnum(sign) || g_unichar_ismark(sign) ? sign : ' ';
}

/* The same of most signs of most texts. */
static gunichar plain_ascii(char sign)
{
    return g_ascii_isalnum(sign) || sign == '\'' ? (gunichar)sign : ' ';
}

char *plain_words(const char *text)
{
    bool is_ascii = g_str_is_ascii(text);
    g_autofree char *small = is_ascii ? g_ascii_strdown(text, -1) : g_utf8_strdown(text, -1);
    GString *plain = g_string_new(" ");

    for (char *at = small; *at; at = g_utf8_next_char(at)) {
        gunichar sign = (guchar)*at < 0x80 ? plain_ascii(*at) : plain_sign(g_utf8_get_char(at));

        if (sign == ' ' && plain->str[plain->len - 1] == ' ')
            continue;
        if (sign < 0x80)
            g_string_append_c(plain, (char)sign);
        else
            g_string_append_unichar(plain, sign);
    }
    if (plain->len > 1 && plain->str[plain->len - 1] != ' ')
        g_string_append_c(plain, ' ');
    return g_string_free(plain, FALSE);
}
