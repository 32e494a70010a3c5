#include "common/base/lookalike.h"

#include <glib.h>
#include <stdbool.h>
#include <string.h>

#include "common/base/text.h"

#include "common/base/banned.h"

/* What compatibility decomposition leaves as it is: pairs of a character and what it looks like. */
static const char *const pairs[] = {
    /* Cyrillic */
    "АA",
    "ВB",
    "СC",
    "ԁd",
    "ЕE",
    "НH",
    "ІI",
    "ЈJ",
    "КK",
    "МM",
    "ОO",
    "РP",
    "ЅS",
    "ТT",
    "УY",
    "ҮY",
    "ХX",
    "аa",
    "сc",
    "еe",
    "іi",
    "јj",
    "оo",
    "рp",
    "ѕs",
    "уy",
    "хx",
    "һh",
    "ԛq",
    "ԜW",
    "Ԍg",
    "Ӏl",
    /* Greek */
    "ΑA",
    "ΒB",
    "ΕE",
    "ΖZ",
    "ΗH",
    "ΙI",
    "ΚK",
    "ΜM",
    "ΝN",
    "ΟO",
    "ΡP",
    "ΤT",
    "ΥY",
    "ΧX",
    "οo",
    "νv",
    "αa",
    "ιi",
    "ρp",
    "υu",
    /* Armenian, Cherokee, Lisu, small capitals */
    "ՍU",
    "ՕO",
    "օo",
    "սu",
    "ցg",
    "ᎪA",
    "ᏴB",
    "ᏟC",
    "ᎠD",
    "ᎬE",
    "ᏀG",
    "ᎻH",
    "ᎫJ",
    "ᏦK",
    "ᏞL",
    "ᎷM",
    "ᏢP",
    "ᏒR",
    "ᏚS",
    "ᎢT",
    "ᏙV",
    "ᎳW",
    "ᏃZ",
    "ꓐB",
    "ꓑP",
    "ꓓD",
    "ꓔT",
    "ꓖG",
    "ꓗK",
    "ꓜZ",
    "ꓝF",
    "ꓠN",
    "ꓡL",
    "ꓢS",
    "ꓣR",
    "ꓮA",
    "ꓰE",
    "ꓲI",
    "ꓳO",
    "ꓴU",
    "ꓵU",
    "ꓬY",
    "ꓟM",
    "ꓧH",
    "ıi",
    "łl",
    "ŁL",
    "đd",
    "ĐD",
    "øo",
    "ØO",
    /* colons, lines, bars */
    "：:",
    "∶:",
    "ː:",
    "꞉:",
    "˸:",
    "։:",
    "׃:",
    "︓:",
    "﹕:",
    "：:",
    "܃:",
    "܄:",
    "᛬:",
    "⁚:",
    "ˍ_",
    "‿_",
    "│|",
    "ǀ|",
    "｜|",
    "∣|",
    "❘|",
};

static gunichar find_pair(gunichar c)
{
    for (size_t i = 0; i < G_N_ELEMENTS(pairs); i++) {
        if (g_utf8_get_char(pairs[i]) == c)
            return g_utf8_get_char(text_next(pairs[i]));
    }
    return c;
}

static bool is_unseen(gunichar c)
{
    return c == '\\' || c == 0xfffd || g_unichar_ismark(c) || g_unichar_iszerowidth(c) ||
           g_unichar_type(c) == G_UNICODE_FORMAT || (g_unichar_iscntrl(c) && c != '\t');
}

/* The same as below, of which for ASCII little is left. */
static char *fold_ascii(const char *text)
{
    char *out = g_malloc(strlen(text) + 1);
    size_t length = 0;

    for (const char *at = text; *at; at++) {
        if (g_ascii_isspace(*at) && *at != '\v')
            out[length++] = ' ';
        else if (!g_ascii_iscntrl(*at) && *at != '\\')
            out[length++] = *at;
    }
    out[length] = '\0';
    return out;
}

char *lookalike_fold(const char *text)
{
    g_autofree char *plain = NULL;
    GString *out;

    /* Most lines of most answers are. */
    if (g_str_is_ascii(text))
        return fold_ascii(text);

    plain = g_utf8_normalize(text, -1, G_NORMALIZE_ALL);
    out = g_string_sized_new(strlen(plain));

    for (const char *at = plain; *at; at = text_next(at)) {
        gunichar c = g_utf8_get_char(at);

        if (c == '\t' || g_unichar_isspace(c))
            g_string_append_c(out, ' ');
        else if (!is_unseen(c))
            g_string_append_unichar(out, c < 0x80 ? c : find_pair(c));
    }
    return g_string_free(out, FALSE);
}
