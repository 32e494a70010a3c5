#include "agent1/phrases/when.h"

#include <stdlib.h>
#include <string.h>

#include "agent1/phrases/intents.h"
#include "agent1/phrases/lexicon.h"
#include "agent1/phrases/sentence.h"
#include "common/data/weekday.h"

#include "common/base/banned.h"

#define TIME_MAX_WORDS 12
#define WRONG_TIMES    6 /* so many beginnings are looked at: a sentence has one or two */

static const char openers[] =
    "every each chaque tous toutes in dans at a daily hourly weekly tomorrow demain today "
    "aujourd on from du le les en weekdays tonight this ce cet next day apres-demain";
static const char past_openers[] = "yesterday hier";
static const char repeats[] = "every each chaque tous toutes";
static const char parts_of_day[] =
    "night nights morning mornings evening evenings afternoon afternoons nuit nuits "
    "matin matins soir soirs";
static const char late_parts[] = "evening evenings afternoon afternoons soir soirs tonight";
static const char silent[] = "the l around about vers o clock of du de";

/* "8am", "7:30pm", "12am" as a time of the 24 hours; NULL when it is none. */
static char *read_twelve(const char *text, const char *next, bool *out_took_next)
{
    char *end = NULL;
    unsigned long hour = strtoul(text, &end, 10);
    unsigned long minute = 0;
    const char *half = end;

    *out_took_next = false;
    if (end == text)
        return NULL;
    if (*end == ':') {
        minute = strtoul(end + 1, &end, 10);
        half = end;
    }
    if (*half == '\0' && next) {
        half = next;
        *out_took_next = true;
    }
    if ((strcmp(half, "am") != 0 && strcmp(half, "pm") != 0) || hour < 1 || hour > 12 ||
        minute > 59)
        return NULL;
    return g_strdup_printf("%02lu:%02lu", hour % 12 + (*half == 'p' ? 12 : 0), minute);
}

static bool is_hour(const char *word)
{
    return g_ascii_isdigit(*word) && strspn(word, "0123456789") == strlen(word) &&
           strlen(word) <= 2;
}

/* Words that say nothing, unless a month follows: "du mois", "of the month", "de chaque mois". */
static bool is_silent(const char *word, const char *next)
{
    return lexicon_list_has(silent, word) &&
           !(next && lexicon_list_has("du de of", word) &&
             lexicon_list_has("mois chaque month the each every", next));
}

/* One word the parser's way; how many words it took. */
static unsigned append_word(GString *out, const GPtrArray *words, unsigned at, unsigned end,
                            const char *before)
{
    const char *word = ((const Word *)words->pdata[at])->plain;
    const char *next = at + 1 < end ? ((const Word *)words->pdata[at + 1])->plain : NULL;
    bool took_next;
    g_autofree char *time = read_twelve(word, next, &took_next);
    g_autofree char *singular = g_strndup(word, strlen(word) > 0 ? strlen(word) - 1 : 0);
    unsigned day;

    if (time) {
        g_string_append(out, time);
        return took_next ? 2 : 1;
    }
    if (is_hour(word) && lexicon_list_has("at a", before)) {
        bool has_unit = next && lexicon_list_has("h heure heures hours", next);

        g_string_append_printf(out, "%s:00", word);
        return has_unit ? 2 : 1;
    }
    if (lexicon_list_has(parts_of_day, word))
        g_string_append(out, lexicon_list_has(repeats, before) || strcmp(before, "les") == 0 ? "day"
                                                                                             : "");
    else if (strcmp(word, "aujourd") == 0)
        g_string_append(out, "today");
    else if (strcmp(word, "on") == 0 && next && weekday_parse(next, &day))
        g_string_append(out, "");
    else if (strcmp(word, "on") == 0 && next && g_str_has_suffix(next, "s"))
        g_string_append(out, "every");
    else if (strcmp(word, "hui") != 0 && !is_silent(word, next))
        g_string_append(out, !weekday_parse(word, &day) && weekday_parse(singular, &day) ? singular
                                                                                         : word);
    return 1;
}

static void append_words(GString *out, const GPtrArray *words, unsigned first, unsigned end)
{
    const char *before = "";

    for (unsigned at = first; at < end;) {
        unsigned took = append_word(out, words, at, end, before);

        before = ((const Word *)words->pdata[at])->plain;
        g_string_append_c(out, ' ');
        at += took;
    }
}

/* A time that names no hour is not clear enough; neither is an evening that begins in the morning.
 */
static bool is_clear(const GPtrArray *words, unsigned first, unsigned end, const char *text,
                     const TimeSpec *spec)
{
    for (unsigned at = first; at < end; at++) {
        if (lexicon_list_has(late_parts, ((const Word *)words->pdata[at])->plain))
            return false;
    }
    return spec->kind != TIME_SPEC_CALENDAR || strpbrk(text, "0123456789") ||
           strstr(text, "noon") || strstr(text, "midi") || strstr(text, "mid") ||
           strstr(text, "minuit") || strstr(text, "hourly");
}

/* As typed. The caller owns it. */
static char *copy_span(const GPtrArray *words, unsigned first, unsigned end)
{
    const char *start = ((const Word *)words->pdata[first])->start;

    return g_strndup(start, (size_t)(((const Word *)words->pdata[end - 1])->end - start));
}

/* As typed, as it stands when it is written the parser's way, or the other way round: "at 3 every
 * night". */
static bool parse_span(const GPtrArray *words, unsigned first, unsigned end, TimeSpec *out)
{
    g_autofree char *typed = copy_span(words, first, end);

    if (time_spec_parse(typed, out, NULL) &&
        (out->kind != TIME_SPEC_CALENDAR || strpbrk(typed, "0123456789")))
        return true;
    for (unsigned turn = first; turn < end; turn++) {
        g_autoptr(GString) text = g_string_new(NULL);

        append_words(text, words, turn, end);
        append_words(text, words, first, turn);
        g_strstrip(text->str);
        if (time_spec_parse(text->str, out, NULL))
            return is_clear(words, first, end, text->str, out);
    }
    return false;
}

/* A day of the week is one where it is the next, "lundi prochain"; else nobody knows which. */
static bool is_opener(const GPtrArray *words, unsigned at)
{
    const char *word = ((const Word *)words->pdata[at])->plain;
    const char *next = at + 1 < words->len ? ((const Word *)words->pdata[at + 1])->plain : "";
    unsigned day;

    return lexicon_list_has(openers, word) ||
           (strcmp(next, "prochain") == 0 && weekday_parse(word, &day));
}

/* "web1 a deux disques": an "a" without its accent may be the verb, and counts what follows. */
static bool may_count(const GPtrArray *words, unsigned first, unsigned end)
{
    const Word *number = end - first == 2 ? words->pdata[first + 1] : NULL;
    const Word *next = end < words->len ? words->pdata[end] : NULL;

    return number && g_ascii_strcasecmp(((const Word *)words->pdata[first])->text, "a") == 0 &&
           (!g_ascii_isdigit(*number->plain) || (is_hour(number->plain) && next && !next->concept));
}

bool when_find(const GPtrArray *words, const bool *is_used, unsigned *out_first, unsigned *out_end,
               TimeSpec *out)
{
    for (unsigned first = 0; first < words->len; first++) {
        unsigned end = first;

        if (is_used[first] || !is_opener(words, first))
            continue;
        while (end < words->len && !is_used[end] && end - first < TIME_MAX_WORDS)
            end++;
        for (; end > first; end--) {
            if (parse_span(words, first, end, out) && !may_count(words, first, end)) {
                *out_first = first;
                *out_end = end;
                return true;
            }
        }
    }
    return false;
}

/* Where this is what is wrong, a time was meant. */
static bool is_of_time(TimeExpect expected)
{
    static const TimeExpect kinds[] = {
        TIME_EXPECT_HOUR,           TIME_EXPECT_MIDNIGHT,     TIME_EXPECT_MINUTE,
        TIME_EXPECT_HALF_DAY,       TIME_EXPECT_TIME_OF_IT,   TIME_EXPECT_PART_OF_DAY,
        TIME_EXPECT_TO_COME,        TIME_EXPECT_DATED,        TIME_EXPECT_EACH_YEAR,
        TIME_EXPECT_WHICH_MONTH,    TIME_EXPECT_WHICH_DASHED, TIME_EXPECT_DAY_BEFORE,
        TIME_EXPECT_NO_WEEKDAY,     TIME_EXPECT_LAST_DATED,   TIME_EXPECT_LAST_ONCE,
        TIME_EXPECT_LAST_EACH_YEAR, TIME_EXPECT_LEAP_DAY,     TIME_EXPECT_MONTH_NAME,
        TIME_EXPECT_MONTH,          TIME_EXPECT_NO_LAST_DAY,  TIME_EXPECT_NTH,
    };

    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (kinds[i] == expected)
            return true;
    }
    return false;
}

typedef enum {
    SPAN_NONE, /* nothing says that a time was meant */
    SPAN_TIME,
    SPAN_WRONG,
} SpanKind;

static SpanKind judge_span(const char *text)
{
    g_auto(TimeProblem) problem = { 0 };
    TimeSpec spec;

    if (time_spec_read(text, &spec, &problem))
        return SPAN_TIME;
    return is_of_time(problem.expected) ? SPAN_WRONG : SPAN_NONE;
}

/* Behind the last word from first on that may be of a time: none of an order or of an agent is. */
static unsigned end_of_time(const GPtrArray *words, const bool *is_used, unsigned first)
{
    unsigned end = first;

    while (end < words->len && !is_used[end] && end - first < TIME_MAX_WORDS) {
        const char *concept = ((const Word *)words->pdata[end])->concept;

        if (concept && intents_is_act(concept))
            break;
        end++;
    }
    return end;
}

char *when_find_wrong(const GPtrArray *words, const bool *is_used)
{
    unsigned looked_at = 0;

    for (unsigned first = 0; first < words->len && looked_at < WRONG_TIMES; first++) {
        if (is_used[first] ||
            !(is_opener(words, first) ||
              lexicon_list_has(past_openers, ((const Word *)words->pdata[first])->plain)))
            continue;
        looked_at++;
        for (unsigned end = end_of_time(words, is_used, first); end > first; end--) {
            g_autofree char *text = copy_span(words, first, end);
            SpanKind kind = judge_span(text);

            if (kind == SPAN_WRONG)
                return g_steal_pointer(&text);
            if (kind == SPAN_TIME) /* a part of it would lack the rest */
                break;
        }
    }
    return NULL;
}
