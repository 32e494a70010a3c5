#include "agent1/flow/voice/page_words.h"

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
        [PAGE_UNKNOWN_NAME] = WORDS_LATER("nobody knows the name $"),
        [PAGE_UNREACHABLE] = WORDS_LATER("$ does not answer"),
        [PAGE_UNTRUSTED] = WORDS_LATER("the certificate of $ is not good"),
        [PAGE_STATUS] = WORDS_LATER("the server answers with the status $"),
        [PAGE_WRONG_TYPE] = WORDS_LATER("it is of the type $, and I read text alone"),
        [PAGE_BROKEN] = WORDS_LATER("what came cannot be read: $"),
        [PAGE_NO_READER] = WORDS_LATER("my reader of pages cannot do it: $"),
    };
    g_auto(GStrv) parts =
        words[outcome] ? g_strsplit(core_words(core, words[outcome]), "$", 2) : NULL;

    return parts ? g_strconcat(parts[0], why, parts[1], NULL) : NULL;
}

char *page_words_failure(const Core *core, PageKind kind, const PageNews *news)
{
    PageOutcome outcome = (PageOutcome)news->outcome;
    const char *whole = whole_words(kind, outcome);

    return whole ? g_strdup(core_words(core, whole))
                 : words_around(core, outcome, address_why(core, news->why ? news->why : "?"));
}
