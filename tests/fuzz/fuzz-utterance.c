/*
 * What people type: lines of chat as commands, triggers, direct tasks, quotations; the words of
 * agentctl; calls of skills; completion; and what models answer. A line that was understood and is
 * written down again is understood the same way, and so is a plan; nothing that stands in a
 * quotation is an order; a call of a skill prints to a text that reads as the same call.
 */
#include "common/wire/utterance.h"

#include "agent1/cli/completion.h"
#include "agent1/cli/typed_line.h"
#include "agent1/flow/state/speaker.h"
#include "agent1/model/plan_script.h"
#include "agent1/model/target.h"
#include "agent1/model/task_options.h"
#include "common/base/limits.h"
#include "common/base/text.h"
#include "common/wire/model_answer.h"
#include "common/wire/skill_call.h"
#include "common/wire/thoughts.h"
#include "tests/fuzz/harness.h"

#include <string.h>

#include "common/base/banned.h"

/* ---- lines of chat ---- */

static char *write_down(const Line *line)
{
    switch (line->kind) {
    case LINE_COMMAND:
        return g_strdup_printf("%s %s", command_info(line->command)->name, line->rest);
    case LINE_TRIGGER:
        return g_strdup_printf("%s %s", trigger_info(line->trigger)->name, line->rest);
    case LINE_UNKNOWN_COMMAND:
    case LINE_UNKNOWN_TRIGGER:
        return g_strdup_printf("%s %s", line->word, line->rest);
    case LINE_DIRECT:
        return g_strdup_printf("@%s %s", line->word, line->rest);
    case LINE_QUOTED:
        return g_strdup_printf("> %s", line->word);
    case LINE_TALK:
        return g_strdup(line->rest);
    }

    return NULL;
}

static void check_line(const Line *line)
{
    g_autofree char *written = write_down(line);
    g_autoptr(GPtrArray) lines = utterance_parse(written);
    const Line *again;
    Command command;
    Trigger trigger;

    g_assert_cmpuint(lines->len, ==, 1);
    again = lines->pdata[0];
    g_assert(again->kind == line->kind);
    g_assert_cmpstr(again->rest, ==, line->rest);
    g_assert(!strchr(line->rest, '\n'));
    if (line->kind == LINE_COMMAND) {
        g_assert(again->command == line->command);
        g_assert(command_parse(line->word, &command) && command == line->command);
    }
    if (line->kind == LINE_TRIGGER) {
        g_assert(again->trigger == line->trigger);
        g_assert(trigger_parse(line->word, &trigger) && trigger == line->trigger);
    }
    if (line->kind == LINE_UNKNOWN_COMMAND)
        g_assert(!command_parse(line->word, &command));
    if (line->kind == LINE_UNKNOWN_TRIGGER)
        g_assert(!trigger_parse(line->word, &trigger));
}

static void check_split(const char *rest)
{
    g_autofree char *left = NULL;
    g_autofree char *right = NULL;
    bool has_bar = utterance_split(rest, &left, &right);

    g_assert(has_bar == (right != NULL));
    g_assert(!strchr(left, '|') && has_bar == (strchr(rest, '|') != NULL));
    if (has_bar) {
        g_autofree char *written = g_strdup_printf("%s | %s", left, right);
        g_autofree char *left_again = NULL;
        g_autofree char *right_again = NULL;

        g_assert(utterance_split(written, &left_again, &right_again));
        g_assert_cmpstr(left, ==, left_again);
        g_assert_cmpstr(right, ==, right_again);
    }
}

/* A target is one word, and what is left begins where it ended; so do options. */
static void check_target(const char *rest)
{
    const char *at = rest;
    g_autofree char *target = target_take(&at);
    g_autofree char *written = g_strdup_printf("%s | x", target);
    const char *written_at = written;
    g_autofree char *again = target_take(&written_at);
    TaskOptions options = { .is_now = false };
    g_autofree char *complaint = NULL;

    g_assert(at >= rest && at <= rest + strlen(rest));
    g_assert(!strpbrk(target, " \t|"));
    g_assert_cmpstr(again, ==, target);
    g_assert_cmpstr(written_at, ==, "| x");
    complaint = task_options_take(&options, &at, "web1");
    g_assert(complaint || !task_options_begin(at));
    g_assert(options.limit <= TARGETS_MAX && options.batch <= TARGETS_MAX);
}

/* With ";;" as it is written inside a task. */
static char *escape_separators(const char *text)
{
    g_auto(GStrv) parts = g_strsplit(text, ";;", -1);

    return g_strjoinv("\\;;", parts);
}

/* A plan that was understood and is written down again is the same one. */
static void check_script(const char *rest)
{
    g_autofree char *complaint = NULL;
    g_autoptr(GPtrArray) steps = plan_script_parse(rest, &complaint);
    g_autoptr(GPtrArray) again = NULL;
    g_autoptr(GString) written = g_string_new(NULL);

    g_assert((steps == NULL) == (complaint != NULL));
    for (unsigned i = 0; steps && i < steps->len; i++) {
        const ScriptStep *step = steps->pdata[i];
        g_autofree char *target = escape_separators(step->target);
        g_autofree char *task = escape_separators(step->task);

        g_string_append_printf(written, "%s%s | %s", i ? " ;; " : "", target, task);
    }
    if (!steps)
        return;
    again = plan_script_parse(written->str, &complaint);
    g_assert(again && again->len == steps->len);
    for (unsigned i = 0; i < steps->len; i++) {
        const ScriptStep *step = steps->pdata[i];
        const ScriptStep *same = again->pdata[i];

        g_assert_cmpstr(step->target, ==, same->target);
        g_assert_cmpstr(step->task, ==, same->task);
    }
}

/* Between fences and behind a quotation mark nothing is an order. */
static void check_quoted(const char *text)
{
    g_auto(GStrv) parts = g_strsplit(text, "\n", -1);
    g_autofree char *quoted = NULL;
    g_autofree char *joined = g_strjoinv("\n> ", parts);
    g_autoptr(GPtrArray) lines = NULL;

    quoted = g_strdup_printf("> %s", joined);
    lines = utterance_parse(quoted);
    for (unsigned i = 0; i < lines->len; i++)
        g_assert(((const Line *)lines->pdata[i])->kind == LINE_QUOTED);
}

static void check_utterance(FuzzInput *input)
{
    g_autofree char *text = fuzz_utf8(input);
    g_autoptr(GPtrArray) lines = utterance_parse(text);

    for (unsigned i = 0; i < lines->len; i++) {
        check_line(lines->pdata[i]);
        check_split(((const Line *)lines->pdata[i])->rest);
        check_target(((const Line *)lines->pdata[i])->rest);
        check_script(((const Line *)lines->pdata[i])->rest);
    }
    check_quoted(text);
}

/* ---- answers of models ---- */

/* Whatever the pieces, the same is said; and what is said and what is left out is all there was. */
static void check_thoughts(FuzzInput *input)
{
    const char *bytes = (const char *)input->at;
    size_t size = input->left > 0 ? 1 + input->at[0] % 7U : 1;
    g_autoptr(Thoughts) whole = thoughts_new(false);
    g_autoptr(Thoughts) cut = thoughts_new(false);
    g_autoptr(GString) said = g_string_new(NULL);
    g_autoptr(GString) same = g_string_new(NULL);

    thoughts_take(whole, bytes, input->left, said);
    for (size_t at = 0; at < input->left; at += size)
        thoughts_take(cut, bytes + at, MIN(size, input->left - at), same);
    thoughts_finish(whole, said);
    thoughts_finish(cut, same);
    g_assert(g_string_equal(said, same));
    g_assert_cmpuint(said->len + thoughts_bytes(whole), ==, input->left);
    g_assert_cmpuint(thoughts_bytes(cut), ==, thoughts_bytes(whole));
}

/* Nothing in a quotation counts; what counts is written down again to count the same way. */
static void check_answer(FuzzInput *input)
{
    const char *bytes = (const char *)input->at;
    size_t length = input->left;
    g_autoptr(ModelAnswer) answer = model_answer_parse(bytes, length);
    g_autoptr(GString) quoted = g_string_new("```````````` `\n");
    g_autoptr(ModelAnswer) none = NULL;

    g_assert(text_is_harmless(answer->words));
    g_assert_cmpuint(answer->lines->len, <=, ANSWER_NOTES_MAX + TRIGGERS_MAX_PER_MESSAGE);
    for (unsigned i = 0; i < answer->lines->len; i++) {
        const AnswerLine *line = answer->lines->pdata[i];
        g_autofree char *written = NULL;
        g_autoptr(ModelAnswer) again = NULL;
        const AnswerLine *same;

        g_assert(line->number > 0 && line->word);
        g_assert((line->reason == ANSWER_COUNTS) == (line->rest != NULL));
        if (line->reason != ANSWER_COUNTS)
            continue;
        g_assert(text_is_harmless(line->rest) && !strchr(line->rest, '\n'));
        written = g_strdup_printf("%s %s", line->word, line->rest);
        again = model_answer_parse(written, strlen(written));
        g_assert_cmpuint(again->lines->len, ==, 1);
        same = again->lines->pdata[0];
        g_assert(same->reason == ANSWER_COUNTS && same->trigger == line->trigger);
        g_assert_cmpstr(same->rest, ==, line->rest);
        g_assert_cmpstr(again->words, ==, "");
    }

    g_string_append_len(quoted, bytes, (gssize)length);
    none = model_answer_parse(quoted->str, quoted->len);
    for (unsigned i = 0; i < none->lines->len; i++)
        g_assert(((const AnswerLine *)none->lines->pdata[i])->reason != ANSWER_COUNTS);
    check_thoughts(input);
}

/* ---- calls of skills ---- */

static void check_call(FuzzInput *input)
{
    g_autofree char *text = fuzz_utf8(input);
    g_autofree char *name = skill_call_name(text);
    g_autoptr(GError) error = NULL;
    g_autoptr(SkillCall) call = skill_call_parse(text, &error);
    g_autoptr(SkillCall) again = NULL;
    g_autofree char *printed = NULL;

    fuzz_check_error(call != NULL, error);
    if (name)
        g_assert(skill_name_is_valid(name) && strstr(text, name));
    if (!call)
        return;

    g_assert_cmpstr(call->name, ==, name);
    g_assert_cmpuint(call->arguments->len, <=, SKILL_ARGUMENTS_MAX);
    printed = skill_call_print(call);
    again = skill_call_parse(printed, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(again->name, ==, call->name);
    g_assert_cmpuint(again->arguments->len, ==, call->arguments->len);
    for (unsigned i = 0; i < call->arguments->len; i++) {
        const SkillArgument *one = call->arguments->pdata[i];
        const SkillArgument *other = again->arguments->pdata[i];

        g_assert_cmpstr(one->name, ==, other->name);
        g_assert_cmpstr(one->value, ==, other->value);
        g_assert(!one->name || skill_parameter_name_is_valid(one->name));
        g_assert_cmpuint(strlen(one->value), <=, SKILL_ARGUMENT_MAX_BYTES);
    }
}

/* ---- agentctl ---- */

static void check_typed(FuzzInput *input)
{
    static const char *const agents[] = { "web1", "agent2_debian13" };
    unsigned choice = fuzz_below(input, 3);
    const char *agent = choice < 2 ? agents[choice] : NULL;
    g_autofree char *line = fuzz_utf8(input);
    g_autofree char *text = NULL;
    g_autoptr(GError) error = NULL;
    TypedKind kind = typed_line_read(line, agent, &text);
    bool is_fit;

    if (kind == TYPED_TEXT || kind == TYPED_WRONG)
        g_assert(text);
    if (kind == TYPED_WRONG)
        g_assert(g_utf8_validate(text, -1, NULL));
    is_fit = typed_text_check(line, &error);
    fuzz_check_error(is_fit, error);
}

static void check_completion(FuzzInput *input)
{
    g_autofree char *question = fuzz_utf8(input);
    g_autofree char *answer = fuzz_utf8(input);
    g_autofree char *before = fuzz_utf8(input);
    g_autofree char *common = NULL;
    g_autoptr(Completion) completion = completion_new();
    g_autoptr(GPtrArray) found = NULL;
    size_t start = 0;

    completion_learn(completion, question, answer);
    found = completion_find(completion, before, &start);
    g_assert_cmpuint(start, <=, strlen(before));
    for (unsigned i = 0; i < found->len; i++)
        g_assert(text_is_harmless(found->pdata[i]));
    common = completion_common(found);
    for (unsigned i = 0; i < found->len; i++)
        g_assert_cmpint(g_ascii_strncasecmp(found->pdata[i], common, strlen(common)), ==, 0);
}

static void check_speaker(FuzzInput *input)
{
    g_autofree char *conversation = fuzz_utf8(input);
    g_autofree char *chat_id = fuzz_utf8(input);
    g_autofree char *printed = NULL;
    g_autoptr(Speaker) speaker = speaker_from_conversation(conversation, *chat_id ? chat_id : NULL);

    if (!speaker)
        return;
    printed = speaker_conversation(speaker);
    g_assert_cmpstr(printed, ==, conversation);
}

void fuzz_one(const uint8_t *data, size_t size)
{
    static void (*const checks[])(FuzzInput *) = { check_utterance,  check_call,    check_typed,
                                                   check_completion, check_speaker, check_answer };
    FuzzInput input = fuzz_input(data, size);

    checks[fuzz_below(&input, G_N_ELEMENTS(checks))](&input);
}
