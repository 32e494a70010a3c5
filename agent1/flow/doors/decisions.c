#include "agent1/flow/doors/decisions.h"

#include <string.h>

#include "agent1/flow/state/proposals.h"
#include "common/wire/command.h"
#include "common/base/banned.h"

typedef struct Meaning {
    const char *word; /* lower case */
    Command command;  /* about an approval */
    Command answer;   /* to a question */
} Meaning;

/* As people and their keyboards write them. */
static const Meaning meanings[] = {
    { "\xF0\x9F\x91\x8D", COMMAND_APPROVE, COMMAND_YES }, /* U+1F44D thumbs up */
    { "\xF0\x9F\x91\x8E", COMMAND_REJECT, COMMAND_NO },   /* U+1F44E thumbs down */
    { "approve", COMMAND_APPROVE, COMMAND_YES },
    { "approved", COMMAND_APPROVE, COMMAND_YES },
    { "yes", COMMAND_APPROVE, COMMAND_YES },
    { "oui", COMMAND_APPROVE, COMMAND_YES },
    { "ok", COMMAND_APPROVE, COMMAND_YES },
    { "reject", COMMAND_REJECT, COMMAND_NO },
    { "rejected", COMMAND_REJECT, COMMAND_NO },
    { "no", COMMAND_REJECT, COMMAND_NO },
    { "non", COMMAND_REJECT, COMMAND_NO },
    { "defer", COMMAND_DEFER, COMMAND_COUNT },
};
#define THUMBS 2

/* A thumb has one of five colours of skin behind it, or none. */
static bool is_thumb(const char *word, const char *thumb)
{
    static const char *const colours[] = { "\xF0\x9F\x8F\xBB",
                                           "\xF0\x9F\x8F\xBC",
                                           "\xF0\x9F\x8F\xBD",
                                           "\xF0\x9F\x8F\xBE",
                                           "\xF0\x9F\x8F\xBF",
                                           "\xEF\xB8\x8F",
                                           "" };
    unsigned i;

    if (!g_str_has_prefix(word, thumb))
        return false;
    for (i = 0; i < G_N_ELEMENTS(colours); i++) {
        if (strcmp(word + strlen(thumb), colours[i]) == 0)
            return true;
    }
    return false;
}

/* What the emojis mean together; NULL: nothing, or one thing and its opposite. */
static const Meaning *read_thumbs(char *const *words)
{
    const Meaning *found = NULL;
    unsigned i;
    unsigned j;

    for (i = 0; words && words[i]; i++) {
        for (j = 0; j < THUMBS; j++) {
            if (!is_thumb(words[i], meanings[j].word))
                continue;
            if (found && found != &meanings[j])
                return NULL;
            found = &meanings[j];
        }
    }
    return found;
}

/* ---- what is asked now ---- */

void decision_clear(Decision *decision)
{
    g_free(decision->line);
    g_free(decision->why);
}

static bool asks_question(const Row *proposal)
{
    return row_text(proposal, PROPOSALS_QUESTION) != NULL;
}

/* The run asks anew since that message: what was seen then is not what would be decided now. */
static char *judge_approval(const Core *core, const Row *proposal)
{
    int64_t number = row_int(proposal, PROPOSALS_NUMBER);
    const Run *run = runs_find_number(core->runs, number);

    if (!run || run->state != RUN_AWAITING_APPROVAL ||
        g_strcmp0(run->approval, row_text(proposal, PROPOSALS_APPROVAL)) == 0)
        return NULL;
    return g_strdup_printf(
        core_words(core, "#%" G_GINT64_FORMAT
                         " asks anew since you saw that; nothing was decided; !pending "
                         "%" G_GINT64_FORMAT " shows what is asked now"),
        number, number);
}

/* The question is over. */
static char *describe_end(const Core *core, ProposalEnd end, const char *at)
{
    switch (end) {
    case PROPOSAL_YES:
        return g_strdup_printf(
            core_words(core, "that was answered with yes at %s; nothing is done now"), at);
    case PROPOSAL_NO:
        return g_strdup_printf(
            core_words(core, "that was answered with no at %s; nothing is done now"), at);
    case PROPOSAL_FORGOTTEN:
        return g_strdup_printf(
            core_words(core, "that was forgotten at %s by !reset; nothing is done now"), at);
    case PROPOSAL_EXPIRED:
        return g_strdup_printf(core_words(core, "that question expired at %s; nothing is done now"),
                               at);
    case PROPOSAL_OPEN:
    case PROPOSAL_END_COUNT:
        break;
    }
    return g_strdup(core_words(core, "that question is over; nothing is done now"));
}

static char *judge_question(const Core *core, const Row *proposal)
{
    g_autofree char *at = core_local_time(core, row_int(proposal, PROPOSALS_ENDED_AT));

    if (*row_text(proposal, PROPOSALS_QUESTION) == '\0')
        return g_strdup(core_words(core, "that message asks several things; nothing was decided; "
                                         "answer the one you mean by its number"));
    if (ledger_find(core->ledgers[TABLE_QUESTIONS], row_text(proposal, PROPOSALS_QUESTION)))
        return NULL;
    return describe_end(core, proposals_how_ended(proposal), at);
}

/* The question of a proposal was asked of somebody else; so it was, too, when the JID is another
 * user's since. */
static bool is_of_another(const Core *core, const Row *proposal, const char *principal)
{
    const char *id = row_text(proposal, PROPOSALS_QUESTION);
    const Row *question = id ? ledger_find(core->ledgers[TABLE_QUESTIONS], id) : NULL;

    const User *user = users_by_jid(core->users, principal);

    return question && (strcmp(row_text(question, QUESTIONS_CONVERSATION), principal) != 0 ||
                        !user || g_strcmp0(row_text(question, QUESTIONS_USER), user->name) != 0);
}

/* What this principal means by it. rest: what stands behind the word of a reply. */
static Decision decide(const Core *core, const Row *proposal, const char *principal,
                       const Meaning *meaning, const char *rest)
{
    bool is_question = asks_question(proposal);
    Command command = is_question ? meaning->answer : meaning->command;

    if (is_of_another(core, proposal, principal))
        return (Decision){ NULL, NULL };
    return (Decision){
        /* A run may have the number, too. */
        .line = g_strdup_printf("%s %s%" G_GINT64_FORMAT "%s%s", command_info(command)->name,
                                is_question ? "q" : "", row_int(proposal, PROPOSALS_NUMBER),
                                *rest ? " " : "", rest),
        .why = is_question ? judge_question(core, proposal) : judge_approval(core, proposal),
    };
}

Decision decisions_of_reaction(const Core *core, const XmppFact *fact)
{
    const Row *proposal = proposals_find(core, fact->about);
    const Meaning *meaning = proposal ? read_thumbs(fact->words) : NULL;

    return meaning ? decide(core, proposal, fact->principal, meaning, "")
                   : (Decision){ NULL, NULL };
}

/* ---- replies ---- */

/* The meaning of a text's first word, whatever marks stand at it; *out_rest is what follows. */
static const Meaning *read_word(const char *text, const char **out_rest)
{
    const char *start = text + (*text == '!' ? 1 : 0);
    size_t length = strcspn(start, " \t\r\n,.;:!");
    g_autofree char *word = g_strndup(start, length);
    g_autofree char *lower = g_utf8_strdown(word, -1);
    unsigned i;

    *out_rest = start + length + strspn(start + length, " \t\r\n,.;:!");
    for (i = 0; i < G_N_ELEMENTS(meanings); i++) {
        if (strcmp(lower, meanings[i].word) == 0 ||
            (i < THUMBS && is_thumb(word, meanings[i].word)))
            return &meanings[i];
    }
    return NULL;
}

static bool names_run(const char *rest)
{
    const char *digits = rest + (*rest == '#' ? 1 : 0);
    size_t length = strspn(digits, "0123456789");

    return length > 0 && (!digits[length] || g_ascii_isspace(digits[length]));
}

/* "No idea" is no "no, …". */
static bool is_broken_off(const char *text)
{
    const char *end = text + strcspn(text, " \t,.;:!");

    return !*end || !g_ascii_isspace(*end);
}

Decision decisions_of_reply(const Core *core, const EventChat *chat)
{
    const Row *proposal = chat->quotes && !chat->room ? proposals_find(core, chat->quotes) : NULL;
    g_autofree char *text = g_strstrip(g_strdup(chat->text));
    const char *rest;
    const Meaning *meaning = proposal ? read_word(text, &rest) : NULL;
    const Decision none = { NULL, NULL };

    if (!meaning || strchr(text, '\n'))
        return none;
    /* "yes, but …" is no yes; a command that names its run needs no help. */
    if ((meaning->command == COMMAND_APPROVE && *rest) || names_run(rest))
        return none;
    if (meaning->command == COMMAND_REJECT && *text != '!' && !is_broken_off(text))
        return none;
    if (asks_question(proposal))
        return meaning->command == COMMAND_DEFER
                   ? none
                   : decide(core, proposal, chat->principal, meaning, "");
    return decide(core, proposal, chat->principal, meaning, rest);
}

bool decisions_is_answer(const char *text)
{
    g_autofree char *stripped = g_strstrip(g_strdup(text));
    const char *rest;

    return read_word(stripped, &rest) && *rest == '\0';
}
