#include "agent1/flow/voice/page_words.h"

#include <string.h>

#include "common/base/text.h"
#include "common/base/banned.h"

/* What the reader says of an address that it does not ask for (agent1/reader/web_url.c). */
static const char *const address_words[] = {
    WORDS_LATER("it is empty"),
    WORDS_LATER("it is too long"),
    WORDS_LATER("a sign in it stands in no address"),
    WORDS_LATER("a name or a password stands in it"),
    WORDS_LATER("it is no address of the web"),
    WORDS_LATER("only http and https are read"),
};

char *page_words_block(const PageNews *news)
{
    g_autoptr(GString) text = g_string_new(NULL);

    if (news->title)
        g_string_append_printf(text, "%s\n", news->title);
    if (news->title && news->address)
        g_string_append_printf(text, "%s\n\n", news->address);
    g_string_append(text, news->text);
    return text_fence(text->str);
}

static const char *address_why(const Core *core, const char *why)
{
    for (size_t i = 0; i < G_N_ELEMENTS(address_words); i++) {
        if (g_strcmp0(address_words[i], why) == 0)
            return core_words(core, address_words[i]);
    }
    return why;
}

/* NOLINTBEGIN(bugprone-suspicious-missing-comma): some of these texts are longer than a line */
/* Where the outcome says it all; NULL: it does not. */
static const char *whole_words(PageKind kind, PageOutcome outcome)
{
    static const char *const words[PAGE_OUTCOME_COUNT] = {
        [PAGE_EMPTY] = WORDS_LATER("nothing that can be read stands there"),
        [PAGE_SLOW] = WORDS_LATER("it took too long"),
        [PAGE_MOVED] = WORDS_LATER("it leads on and on to other addresses"),
        [PAGE_SUSPECTS] = WORDS_LATER("the search page asks whether I am a person: try again "
                                      "later, or use a SearXNG of your own (search in "
                                      "config.json)"),
        [PAGE_OFF] = WORDS_LATER("no search is configured (search.provider in config.json)"),
    };

    if (kind == PAGE_SEARCH && outcome == PAGE_EMPTY)
        return WORDS_LATER("nothing was found");
    return words[outcome];
}

/* Where the reason belongs in the middle; NULL: nowhere. */
static char *words_around(const Core *core, PageOutcome outcome, const char *why)
{
    static const char *const words[PAGE_OUTCOME_COUNT] = {
        [PAGE_BAD_ADDRESS] = WORDS_LATER("I do not read that address: $"),
        [PAGE_FORBIDDEN] = WORDS_LATER("refused: $ is not of the public web (what else may be "
                                       "read: search.private_hosts in config.json)"),
        [PAGE_UNKNOWN_NAME] = WORDS_LATER("no address is known for the name $: is it spelled "
                                          "right, and does this machine's DNS work?"),
        [PAGE_UNREACHABLE] = WORDS_LATER("$ does not answer"),
        [PAGE_CLOSED] = WORDS_LATER("$ refuses the connection: no server runs there"),
        [PAGE_UNTRUSTED] = WORDS_LATER("the certificate of $ is not valid: it has expired, is for "
                                       "another name, or is signed by nobody whom this machine "
                                       "trusts"),
        [PAGE_STATUS] = WORDS_LATER("the server answers with the status $"),
        [PAGE_WRONG_TYPE] = WORDS_LATER("it is of the type $, and I read text alone"),
        [PAGE_BROKEN] = WORDS_LATER("what came cannot be read: $"),
        [PAGE_NO_READER] = WORDS_LATER("my reader of pages cannot do it: $"),
    };
    g_auto(GStrv) parts =
        words[outcome] ? g_strsplit(core_words(core, words[outcome]), "$", 2) : NULL;

    return parts ? g_strconcat(parts[0], why, parts[1], NULL) : NULL;
}
/* NOLINTEND(bugprone-suspicious-missing-comma) */

/* "https://x.org" in its parts: the scheme, the caller's, and the host. NULL: it is none. */
static char *split_origin(const char *why, const char **out_host)
{
    const char *end = strstr(why, "://");

    *out_host = end ? end + strlen("://") : NULL;
    return end ? g_strndup(why, (size_t)(end - why)) : NULL;
}

static char *not_spoken(const Core *core, const char *why)
{
    const char *host;
    g_autofree char *scheme = split_origin(why, &host);

    return scheme ? g_strdup_printf(core_words(core, "%s does not speak %s"), host, scheme)
                  : g_strdup(why);
}

static char *reason(const Core *core, PageKind kind, PageOutcome outcome, const char *why)
{
    const char *whole = whole_words(kind, outcome);

    if (outcome == PAGE_NOT_SPOKEN)
        return not_spoken(core, why);
    return whole ? g_strdup(core_words(core, whole))
                 : words_around(core, outcome, address_why(core, why));
}

static bool begins_with(const char *text, const char *beginning)
{
    return g_ascii_strncasecmp(text, beginning, strlen(beginning)) == 0;
}

/* Whether the other scheme may be what is spoken there. Of a port that is closed none is; who says
 * https means it, while something may speak it. */
static bool may_be_other(PageOutcome outcome, const char *asked, const char *host)
{
    const char *port = strrchr(host, ':');

    if (outcome == PAGE_NOT_SPOKEN)
        return true;
    if (begins_with(asked, "https://"))
        return false;
    return outcome == PAGE_UNREACHABLE ||
           (outcome == PAGE_CLOSED && (!port || strchr(port, ']') != NULL));
}

/* "; to try http: READ: …"; not where the address led to another host. The caller owns it; NULL:
 * nothing. */
static char *other_way(const Core *core, PageOutcome outcome, const char *asked, const char *why)
{
    const char *rest = strstr(asked, "://");
    const char *host;
    g_autofree char *scheme = split_origin(why, &host);
    const char *other = g_strcmp0(scheme, "https") == 0 ? "http" : "https";

    if (!scheme || !may_be_other(outcome, asked, host))
        return NULL;

    rest = rest ? rest + strlen("://") : asked;
    return begins_with(rest, host)
               ? g_strdup_printf(core_words(core, "; to try %s: READ: %s://%s"), other, other, rest)
               : NULL;
}

char *page_words_failure(const Core *core, PageKind kind, const char *asked, const PageNews *news)
{
    PageOutcome outcome = (PageOutcome)news->outcome;
    const char *why = news->why ? news->why : "?";
    g_autofree char *words = reason(core, kind, outcome, why);
    g_autofree char *other = kind == PAGE_READ ? other_way(core, outcome, asked, why) : NULL;

    return g_strconcat(words, other, NULL);
}
