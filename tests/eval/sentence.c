#include "tests/eval/sentence.h"

#include <string.h>

#include "common/base/language.h"
#include "common/base/problem.h"

#include "common/base/banned.h"

#define LINE_MAX_BYTES ((size_t)64 * 1024)
#define LABELS_MAX     8

static void read_agents(Sentence *sentence, const Json *agents)
{
    for (const Json *agent = json_first(agents); agent; agent = json_next(agent)) {
        unsigned at = sentence->agent_count;

        if (at == SENTENCE_AGENTS_MAX || !json_string(agent))
            break;
        sentence->names[at] = g_strsplit(json_string(agent), " ", LABELS_MAX);
        sentence->agents[at] =
            (PhraseAgent){ .name = sentence->names[at][0],
                           .labels = (const char *const *)sentence->names[at] + 1 };
        sentence->agent_count++;
    }
}

static char *join(const Json *want)
{
    GString *all = g_string_new(NULL);

    for (const Json *line = json_first(want); line; line = json_next(line))
        g_string_append_printf(all, "%s%s", all->len ? SENTENCE_BETWEEN : "", json_string(line));
    return g_string_free(all, FALSE);
}

static bool has_lines(const Json *want)
{
    if (!want || json_kind(want) != JSON_ARRAY)
        return false;
    for (const Json *line = json_first(want); line; line = json_next(line)) {
        if (!json_string(line))
            return false;
    }
    return true;
}

bool sentence_init(Sentence *sentence, const char *line, GError **error)
{
    const Json *want;

    *sentence = (Sentence){ .json = json_parse(line, strlen(line), LINE_MAX_BYTES, error) };
    if (!sentence->json)
        return false;

    sentence->text = json_string(json_member(sentence->json, "text"));
    sentence->language = json_string(json_member(sentence->json, "lang"));
    want = json_member(sentence->json, "want");
    if (!sentence->text || !*sentence->text || !has_lines(want) || !sentence->language ||
        !language_is_valid(sentence->language)) {
        g_set_error(error, PROBLEM, PROBLEM_VALUE,
                    "expected \"text\", \"want\" with lines, and \"lang\": " LANGUAGE_EXPECTED);
        return false;
    }
    sentence->want = join(want);
    read_agents(sentence, json_member(sentence->json, "agents"));
    return true;
}

void sentence_clear(Sentence *sentence)
{
    for (unsigned i = 0; i < sentence->agent_count; i++)
        g_strfreev(sentence->names[i]);
    g_free(sentence->want);
    json_free(sentence->json);
}
