#include "agent1/flow/voice/turn.h"

#include <string.h>

#include "agent1/flow/state/pages.h"
#include "agent1/flow/state/pending.h"
#include "agent1/flow/state/reason_words.h"
#include "agent1/flow/state/searches.h"
#include "agent1/flow/state/topic_rows.h"
#include "agent1/flow/state/talks.h"
#include "agent1/flow/state/update_rounds.h"
#include "agent1/flow/voice/bad_edit.h"
#include "agent1/flow/voice/chats.h"
#include "agent1/flow/voice/say.h"
#include "common/base/banned.h"

void turn_init(Turn *turn, Core *core, const Speaker *speaker)
{
    turn->core = core;
    turn->before = core_speak_to_speaker(core, speaker);
    turn->speaker = speaker;
    turn->text = g_string_new(NULL);
    turn->runs = g_ptr_array_new_with_free_func(g_free);
    turn->outcome = OUTCOME_OK;
    turn->replaces = NULL;
    turn->question = NULL;
    turn->question_number = 0;
    turn->then = NULL;
    turn->is_confirmed = false;
    turn->is_models = false;
    turn->has_quotation = false;
    turn->is_untainted = false;
    turn->is_news = false;
    turn->is_told = false;
    turn->data = (AnswerData){ 0 };
}

static void append_paragraph(Turn *turn, const char *text)
{
    if (turn->text->len > 0)
        g_string_append_c(turn->text, '\n');
    g_string_append(turn->text, text);
}

void turn_say(Turn *turn, const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list arguments;

    va_start(arguments, format);
    text = g_strdup_vprintf(core_words(turn->core, format), arguments);
    va_end(arguments);
    append_paragraph(turn, text);
}

char *turn_refusal_text(const Core *core, Rule rule, const char *reason, int64_t next_ms)
{
    g_autofree char *worded = reason_words(core, reason);
    g_autofree char *next = NULL;

    if (next_ms == INT64_MAX) {
        next = g_strdup(core_words(core, "; next: not within two weeks"));
    } else if (next_ms > 0) {
        g_autofree char *local = core_local_time_with_zone(core, next_ms);

        next = g_strdup_printf(core_words(core, "; next: %s"), local);
    }
    return g_strdup_printf("refused (%s): %s%s", rule_name(rule), worded, next ? next : "");
}

static void note_refusal(Turn *turn, const char *agent, const char *run, Rule rule,
                         const char *reason)
{
    Core *core = turn->core;

    turn_outcome(turn, rule == RULE_OFFLINE ? OUTCOME_OFFLINE : OUTCOME_REFUSED);
    effects_audit(core->fx, core->now_ms, "refused", turn->speaker->principal, agent, run, "%s: %s",
                  rule_name(rule), reason);
}

void turn_refuse(Turn *turn, const char *agent, Rule rule, const char *reason, int64_t next_ms)
{
    g_autofree char *text = turn_refusal_text(turn->core, rule, reason, next_ms);

    turn_say(turn, "%s: %s", agent, text);
    note_refusal(turn, agent, NULL, rule, reason);
}

void turn_refuse_run(Turn *turn, const Run *run, Rule rule, const char *reason)
{
    g_autofree char *text = turn_refusal_text(turn->core, rule, reason, 0);

    turn_say(turn, "#%" G_GINT64_FORMAT " %s: %s", run->number, run->agent, text);
    note_refusal(turn, run->agent, run->id, rule, reason);
}

void turn_fail(Turn *turn, const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list arguments;

    va_start(arguments, format);
    text = g_strdup_vprintf(core_words(turn->core, format), arguments);
    va_end(arguments);
    append_paragraph(turn, text);
    turn_outcome(turn, OUTCOME_REFUSED);
}

void turn_outcome(Turn *turn, const char *outcome)
{
    turn->outcome = chats_worse(turn->outcome, outcome);
}

void turn_asks(Turn *turn, const char *question, int64_t number)
{
    bool is_first = !turn->question;

    g_free(turn->question);
    turn->question = g_strdup(is_first ? question : "");
    turn->question_number = is_first ? number : 0;
}

void turn_release(Turn *turn, const char *text)
{
    if (!turn->then)
        turn->then = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(turn->then, g_strdup(text));
}

void turn_add_run(Turn *turn, const char *id)
{
    g_ptr_array_add(turn->runs, g_strdup(id));
}

bool turn_tells_programs(const Turn *turn)
{
    return turn->speaker->wants_data;
}

static bool is_open(const Turn *turn)
{
    const char *chat_id = turn->speaker->chat_id;
    g_autoptr(GPtrArray) earlier = NULL;

    if (!chat_id)
        return false;
    if (pending_has_chat(turn->core, chat_id) || topic_rows_has_chat(turn->core, chat_id) ||
        update_rounds_has_chat(turn->core, chat_id) || talks_has_chat(turn->core, chat_id) ||
        pages_has_chat(turn->core, chat_id) || searches_has_chat(turn->core, chat_id))
        return true;

    earlier = chats_runs(turn->core, chat_id);
    return chats_awaits(turn->core, chat_id, turn->runs) ||
           chats_awaits(turn->core, chat_id, earlier);
}

static void remind_of_bad_edit(Turn *turn)
{
    g_autofree char *text = bad_edit_reminder(turn->core, turn->speaker, turn->text->str);

    if (text)
        append_paragraph(turn, text);
}

void turn_finish(Turn *turn)
{
    Answer answer = { .is_final = !is_open(turn), .is_news = turn->is_news };
    const GPtrArray *runs = turn->runs;
    g_autoptr(GPtrArray) all_runs = NULL;

    if (answer.is_final && !turn->is_told)
        remind_of_bad_edit(turn);
    answer.text = turn->text->str;
    answer.data = turn->data;
    answer.outcome = chats_note(turn->core, turn->speaker, answer.text, answer.is_final,
                                turn->outcome, runs, &all_runs);
    answer.runs = all_runs ? all_runs : runs;
    if (turn->is_told)
        answer.text = "";
    answer.replaces = turn->replaces;
    answer.is_untainted = turn->is_untainted;
    answer.question = turn->question;
    answer.question_number = turn->question_number;
    if (*answer.text || answer.is_final)
        say_answer(turn->core, turn->speaker, &answer);
    core_speak(turn->core, turn->before);
    g_free(turn->question);
    g_clear_pointer(&turn->then, g_ptr_array_unref);
    answer_data_clear(&turn->data);
    g_string_free(turn->text, TRUE);
    g_ptr_array_unref(turn->runs);
}

static void tell_news(Core *core, const Speaker *speaker, const char *text, const char *outcome,
                      bool is_told)
{
    Turn turn;

    if (!speaker)
        return;

    turn_init(&turn, core, speaker);
    turn.is_news = true;
    turn.is_told = is_told;
    turn_say(&turn, "%s", text);
    turn_outcome(&turn, outcome);
    turn_finish(&turn);
}

void turn_tell_news(Core *core, const Speaker *speaker, const char *text, const char *outcome)
{
    tell_news(core, speaker, text, outcome, false);
}

void turn_note_news(Core *core, const Speaker *speaker, const char *text, const char *outcome)
{
    tell_news(core, speaker, text, outcome, true);
}
