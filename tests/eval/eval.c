/*
 * How well sentences of people become typed lines: a file of JSON objects, one a line,
 * {"lang","text","agents":["web1 role=web",…],"want":["DELEGATE: web1 | uptime"]}; "want" is empty
 * for small talk, and ["ask"] for what is too vague or too dangerous to act on. Prints every miss,
 * wrong actions apart, and the score. Exit 1: below 85 %, or any wrong action; 2: no such provider
 * or file.
 */
#include "agent1/phrases/phrasebook.h"

#include <stdio.h>
#include <string.h>

#include "common/data/json.h"

#include "common/base/banned.h"

#define PASS_PERCENT    85
#define LINE_MAX_BYTES  (64 * 1024)
#define AGENTS_A_LINE   32
#define LABELS_AN_AGENT 8

typedef struct Score {
    unsigned count;
    unsigned right;
    unsigned wrong_actions;
} Score;

/* One sentence with its agents. */
typedef struct Case {
    Json *json;
    char **names[AGENTS_A_LINE]; /* the name, then labels */
    PhraseAgent agents[AGENTS_A_LINE];
    PhraseFacts facts;
} Case;

static void case_clear(Case *one)
{
    for (unsigned i = 0; i < one->facts.agent_count; i++)
        g_strfreev(one->names[i]);
    json_free(one->json);
}

static bool case_init(Case *one, const char *line, size_t length, GError **error)
{
    *one = (Case){ .json = json_parse(line, length, LINE_MAX_BYTES, error) };
    one->facts.agents = one->agents;
    if (!one->json)
        return false;
    for (const Json *agent = json_first(json_member(one->json, "agents")); agent;
         agent = json_next(agent)) {
        unsigned at = one->facts.agent_count;

        if (at == AGENTS_A_LINE || !json_string(agent))
            break;
        one->names[at] = g_strsplit(json_string(agent), " ", LABELS_AN_AGENT);
        one->agents[at] = (PhraseAgent){ .name = one->names[at][0],
                                         .labels = (const char *const *)one->names[at] + 1 };
        one->facts.agent_count++;
    }
    return json_string(json_member(one->json, "text")) && json_member(one->json, "want");
}

/* What was made of it, as "want" has it: lines, "ask", or nothing. The caller owns it. */
static char *describe(const PhraseAnswer *answer)
{
    GString *all = g_string_new(answer->kind == PHRASE_ASK ? "ask" : NULL);

    for (unsigned i = 0; answer->lines && i < answer->lines->len; i++)
        g_string_append_printf(all, "%s%s", i ? " // " : "", (const char *)answer->lines->pdata[i]);
    return g_string_free(all, FALSE);
}

static char *describe_want(const Json *want)
{
    GString *all = g_string_new(NULL);

    for (const Json *line = json_first(want); line; line = json_next(line))
        g_string_append_printf(all, "%s%s", all->len ? " // " : "", json_string(line));
    return g_string_free(all, FALSE);
}

static void judge(const Case *one, Score *score)
{
    const char *text = json_string(json_member(one->json, "text"));
    g_autofree char *want = describe_want(json_member(one->json, "want"));
    g_autofree char *found = NULL;
    PhraseAnswer answer;
    bool is_right;
    bool is_wrong_action;

    phrasebook_read(&one->facts, text, &answer);
    found = describe(&answer);
    is_right = strcmp(want, found) == 0;
    is_wrong_action = !is_right && answer.kind == PHRASE_LINES;
    score->count++;
    score->right += is_right;
    score->wrong_actions += is_wrong_action;
    if (!is_right)
        printf("%s  %s\n      want  %s\n      found %s\n", is_wrong_action ? "WRONG" : "miss ",
               text, *want ? want : "(nothing)", *found ? found : "(nothing)");
    phrase_answer_clear(&answer);
}

static bool judge_all(const char *text, Score *score)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    for (unsigned i = 0; lines[i]; i++) {
        g_autoptr(GError) error = NULL;
        bool is_good;
        Case one;

        if (*g_strstrip(lines[i]) == '\0')
            continue;
        is_good = case_init(&one, lines[i], strlen(lines[i]), &error);
        if (is_good)
            judge(&one, score);
        else
            fprintf(stderr, "eval: line %u: %s\n", i + 1,
                    error ? error->message : "no text or no want");
        case_clear(&one);
        if (!is_good)
            return false;
    }
    return score->count > 0;
}

int main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;
    Score score = { .count = 0 };

    if (argc != 3) {
        fputs("eval: expected a provider and a file\n", stderr);
        return 2;
    }
    if (strcmp(argv[1], "rules") != 0) {
        fprintf(stderr, "eval: the provider %s is not there yet: only rules is\n", argv[1]);
        return 2;
    }
    if (!g_file_get_contents(argv[2], &text, NULL, &error)) {
        fprintf(stderr, "eval: %s\n", error->message);
        return 2;
    }
    if (!judge_all(text, &score))
        return 2;

    printf("eval: %s: %u sentences, %u right (%.1f %%), %u missed, %u wrong actions\n", argv[1],
           score.count, score.right, 100.0 * score.right / score.count,
           score.count - score.right - score.wrong_actions, score.wrong_actions);
    return score.right * 100 < score.count * PASS_PERCENT || score.wrong_actions > 0 ? 1 : 0;
}
