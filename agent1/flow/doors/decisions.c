#include "agent1/flow/doors/decisions.h"

#include <string.h>

#include "agent1/flow/state/proposals.h"
#include "common/wire/command.h"
#include "common/base/banned.h"

typedef struct Meaning {
    const char *word; /* lower case */
    Command command;
} Meaning;

/* As people and their keyboards write them. */
static const Meaning meanings[] = {
    { "\xF0\x9F\x91\x8D", COMMAND_APPROVE }, /* U+1F44D thumbs up */
    { "\xF0\x9F\x91\x8E", COMMAND_REJECT },  /* U+1F44E thumbs down */
    { "approve", COMMAND_APPROVE },
    { "approved", COMMAND_APPROVE },
    { "yes", COMMAND_APPROVE },
    { "oui", COMMAND_APPROVE },
    { "ok", COMMAND_APPROVE },
    { "reject", COMMAND_REJECT },
    { "rejected", COMMAND_REJECT },
    { "no", COMMAND_REJECT },
    { "non", COMMAND_REJECT },
    { "defer", COMMAND_DEFER },
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

char *decisions_of_reaction(const Core *core, const char *message_id, char *const *words)
{
    const Row *proposal = proposals_find(core, message_id);
    const Meaning *meaning = proposal ? read_thumbs(words) : NULL;

    if (!meaning)
        return NULL;
    return g_strdup_printf("%s %" G_GINT64_FORMAT, command_info(meaning->command)->name,
                           row_int(proposal, PROPOSALS_NUMBER));
}

int64_t decisions_asked_anew(const Core *core, const char *message_id)
{
    const Row *proposal = proposals_find(core, message_id);
    int64_t number = proposal ? row_int(proposal, PROPOSALS_NUMBER) : 0;
    const Run *run = number ? runs_find_number(core->runs, number) : NULL;

    if (!run || run->state != RUN_AWAITING_APPROVAL ||
        g_strcmp0(run->approval, row_text(proposal, PROPOSALS_APPROVAL)) == 0)
        return 0;
    return number;
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

char *decisions_of_reply(const Core *core, const EventChat *chat)
{
    const Row *proposal = chat->quotes && !chat->room ? proposals_find(core, chat->quotes) : NULL;
    g_autofree char *text = g_strstrip(g_strdup(chat->text));
    const char *rest;
    const Meaning *meaning = proposal ? read_word(text, &rest) : NULL;

    if (!meaning || strchr(text, '\n') || decisions_asked_anew(core, chat->quotes))
        return NULL;
    /* "yes, but …" is no yes; a command that names its run needs no help. */
    if ((meaning->command == COMMAND_APPROVE && *rest) || names_run(rest))
        return NULL;
    if (meaning->command == COMMAND_REJECT && *text != '!' && !is_broken_off(text))
        return NULL;
    return g_strdup_printf("%s %" G_GINT64_FORMAT "%s%s", command_info(meaning->command)->name,
                           row_int(proposal, PROPOSALS_NUMBER), *rest ? " " : "", rest);
}
