#include "agent1/flow/talk/talk.h"

#include <string.h>

#include "agent1/flow/commands/hints.h"
#include "agent1/flow/state/history.h"
#include "agent1/flow/state/sources.h"
#include "agent1/flow/state/spending.h"
#include "agent1/flow/state/talks.h"
#include "agent1/flow/talk/meaning.h"
#include "agent1/flow/talk/metric.h"
#include "agent1/flow/talk/phrases.h"
#include "agent1/flow/talk/prompt.h"
#include "agent1/flow/talk/recollection.h"
#include "agent1/flow/talk/rounds.h"
#include "agent1/flow/talk/streaming.h"
#include "agent1/flow/talk/summary.h"
#include "agent1/flow/talk/unanswered.h"
#include "agent1/flow/voice/answer_words.h"
#include "agent1/flow/voice/give_up.h"
#include "agent1/model/quotation.h"
#include "agent1/model/refusal.h"
#include "common/base/text.h"
#include "common/base/banned.h"

/* What nobody expects any more is not done by itself. */
#define LATE_MS (60 * INT64_C(1000))

/* Of what is looked up at a time. */
#define FOUND_MAX_BYTES  (24 * 1024)
#define FOUND_MIN_BYTES  1024
#define BYTES_OF_A_TOKEN 3

/* Of what is left for the conversation, at most this part for notes. */
#define NOTES_PART 4

static int64_t count_words(const GPtrArray *words)
{
    int64_t tokens = 0;

    for (unsigned i = 0; i < words->len; i++)
        tokens += history_tokens(((const ModelWords *)words->pdata[i])->text);
    return tokens;
}

static const ModelSettings *settings_of(const Core *core, int place)
{
    return core->settings->talk->chain->pdata[place];
}

/* ---- without a model ---- */

static void answer_without(Core *core, Turn *turn, const char *text, bool is_late)
{
    g_autofree char *line = g_strstrip(text_make_line(text, TALK_SHOWN_CHARS));
    Line talk = { .kind = LINE_TALK, .rest = line };

    if (is_late) {
        turn_fail(turn, "Nothing was done, since you wrote that more than a minute ago.");
        return;
    }
    if (!hints_know(core, &talk) && phrases_act(core, turn, text))
        return;
    hints_talk(turn, &talk);
}

/* ---- asking ---- */

/* What the model is shown; notes whether text from outside stands in it. */
static ModelCall *make_call(Core *core, Talk *talk)
{
    const ModelSettings *model = settings_of(core, talk->provider);
    g_autofree char *id = core_new_id(core);
    g_autofree char *question = NULL;
    ModelCall *call = model_call_new(id, (unsigned)talk->provider);
    int64_t left;

    call->preamble = prompt_make(core, talk->speaker);
    call->has_tools = model->has_tools;
    call->max_tokens = model->max_tokens;
    left = model->context_tokens - model->max_tokens - history_tokens(call->preamble) -
           history_tokens(talk->text) - count_words(talk->rounds);
    question = recollection_question(core, talk, left / NOTES_PART);
    left -= history_tokens(question) - history_tokens(talk->text);
    /* What an earlier call was shown stays in the answers that the model gave to it. */
    talk->sources |= history_recall(core, talk->conversation, left, call->words) |
                     (talk->has_outside ? talk->looked : 0) |
                     (quotation_is_in(talk->text) ? SOURCE_QUOTATION : 0);
    talk->is_tainted = talk->sources != 0;
    g_ptr_array_add(call->words, model_words_new(MODEL_PERSON, question));
    for (unsigned i = 0; i < talk->rounds->len; i++) {
        const ModelWords *words = talk->rounds->pdata[i];

        g_ptr_array_add(call->words, model_words_new(words->speaker, words->text));
    }
    return call;
}

/* What the provider says, or an estimate. */
static int64_t cost_of(const Talk *talk, const ModelNews *news)
{
    if (news->tokens_in > 0 && news->tokens_out > 0)
        return news->tokens_in + news->tokens_out;
    return talk_cost(talk);
}

/* Takes the talk over. */
static void ask(Core *core, Talk *talk, ModelCall *call)
{
    g_free(talk->id);
    talk->id = g_strdup(call->id);
    talk_begin_answer(talk);
    talk->tokens = history_tokens(call->preamble) + count_words(call->words);
    g_hash_table_insert(core->talks, talk->id, talk);
    effects_model_call(core->fx, call);
}

/* Asks the next model of the chain; takes the talk over unless there is none. */
static bool ask_next(Core *core, Talk *talk)
{
    int place = model_chain_next(core->model_chain, talk->provider, core->boot_ms);

    if (place == MODEL_NONE)
        return false;

    talk->provider = place;
    ask(core, talk, make_call(core, talk));
    streaming_begin(core, talk);
    return true;
}

/* Nobody waits for it. */
static void sum_up(Core *core, const Talk *answered)
{
    Talk *summary = NULL;
    ModelCall *call;
    g_autofree char *id = NULL;

    if (spending_has_left(core, answered->speaker->user) &&
        g_hash_table_size(core->talks) < TALKS_MAX)
        summary = summary_begin(core, answered);
    if (!summary)
        return;

    id = core_new_id(core);
    call = model_call_new(id, (unsigned)summary->provider);
    call->max_tokens = settings_of(core, summary->provider)->max_tokens;
    summary_make_call(core, summary, call);
    ask(core, summary, call);
}

static void say_without(Core *core, Turn *turn, const char *text)
{
    unanswered_say_resting(core, turn);
    answer_without(core, turn, text, false);
}

void talk_take(Core *core, Turn *turn, const char *text)
{
    g_autofree char *conversation = history_conversation(turn->speaker);
    g_autoptr(Talk) talk = NULL;

    if (core->settings->talk->chain->len == 0 || turn->speaker->is_dry_run ||
        turn->speaker->door == DOOR_UNSIGNED) {
        answer_without(core, turn, text, false);
        return;
    }
    /* The person went on: the answer to what was said before comes too late. */
    give_up_overtaken(core, conversation);
    if (!spending_has_left(core, turn->speaker->user)) {
        turn_say(turn, "The language models have had their tokens for today.");
        answer_without(core, turn, text, false);
        return;
    }
    if (g_hash_table_size(core->talks) >= TALKS_MAX) {
        turn_fail(turn, "Too many people talk to the language models at this moment; commands and "
                        "triggers work as ever.");
        return;
    }
    talk = talk_new(turn->speaker, conversation, text);
    talk->asked_ms = core->boot_ms;
    talk->provider = MODEL_NONE;
    if (recollection_begin(core, talk) || ask_next(core, talk))
        (void)g_steal_pointer(&talk);
    else
        say_without(core, turn, text);
}

/* ---- its answer ---- */

/* The key or the JID tells who it is, as when the message came; NULL: nobody any more. */
static const User *find_user(const Core *core, const Speaker *speaker)
{
    return speaker->key ? users_by_key(core->users, speaker->principal)
                        : users_by_jid(core->users, speaker->principal);
}

/* Thinking takes minutes. What keeps the person from going on by now, or NULL. */
static const char *judge_again(const Core *core, const Speaker *speaker)
{
    const User *user = find_user(core, speaker);

    if (!user || user->role != speaker->role || strcmp(user->name, speaker->user) != 0)
        return WORDS_LATER("(given up: what you may do has changed meanwhile)");
    if (core_is_asleep(core))
        return WORDS_LATER("(given up: I was put to sleep meanwhile)");
    return NULL;
}

/* What was done in earlier rounds is remembered: it is not to be done again. */
static void give_up(Core *core, Talk *talk, const char *why)
{
    g_string_truncate(talk->answer, 0);
    if (talk->rounds->len > 0)
        talks_note(core, talk);
    give_up_tell(core, talk, why);
}

static ModelHealth health_of(ModelOutcome outcome)
{
    switch (outcome) {
    case MODEL_ANSWERED:
    case MODEL_CUT:
    case MODEL_TOO_LARGE:
        return MODEL_WORKS;
    case MODEL_LIMITED:
        return MODEL_QUIET;
    case MODEL_MISCONFIGURED:
        return MODEL_UNUSABLE;
    case MODEL_UNREACHABLE:
    case MODEL_SILENT:
    case MODEL_FAILED:
    case MODEL_BROKEN:
    case MODEL_OUTCOME_COUNT:
        break;
    }
    return MODEL_STUMBLES;
}

/* A model that is passed over is worth a line in the log; people only hear when none is left. */
static void log_failure(Core *core, const Talk *talk, const ModelNews *news)
{
    const ModelSettings *model = settings_of(core, talk->provider);

    effects_log(core->fx, EFFECT_LOG_WARNING, NULL, NULL, "%s %s: %s: %s",
                provider_name(model->provider), model->model, model_outcome_name(news->outcome),
                news->why ? news->why : "");
}

/* The answer's text and the triggers that came as calls of tools. */
static void add_tools(Talk *talk, const ModelNews *news)
{
    for (unsigned i = 0; i < news->tool_lines->len; i++)
        g_string_append_printf(talk->answer, "%s%s", talk->answer->len ? "\n" : "",
                               (const char *)news->tool_lines->pdata[i]);
}

static bool is_useful(const Core *core, const Talk *talk, const ModelNews *news)
{
    if (news->outcome != MODEL_ANSWERED && news->outcome != MODEL_CUT)
        return false;
    if (talk_is_only_thought(talk))
        return !talk->sums_up;
    return talk->answer->len > 0 &&
           (news->tool_lines->len > 0 ||
            !refusal_is(talk->answer->str, core->settings->talk->refusals));
}

static void say_only_thought(Turn *turn, Talk *talk)
{
    g_string_truncate(talk->answer, 0);
    turn_fail(turn, "The model thought about that and said nothing; ask again, or in other words.");
}

/* What the model is shown of it later holds no trigger, either. */
static void say_cut(Turn *turn, Talk *talk)
{
    g_autofree char *words = answer_words_half(turn, talk->answer->str, talk->has_acted,
                                               WORDS_LATER("its answer was cut"));

    g_string_assign(talk->answer, words);
}

/* Says and does what was answered, or leaves the talk open for what is to be looked up. */
static void take_answer(Core *core, Talk *given, bool is_cut)
{
    g_autoptr(Talk) talk = given;
    g_auto(Meaning) meaning = { 0 };
    bool is_open;
    Turn turn;

    g_string_truncate(talk->unanswered, 0);
    meaning_init(&meaning);
    meaning.is_tainted = talk->is_tainted;
    meaning.sources = talk->sources;
    meaning.has_acted = talk->has_acted;
    meaning.may_look = rounds_count(talk) < core->settings->talk->max_rounds;
    meaning.addresses = talk->is_tainted ? talk->addresses->str : NULL;
    turn_init(&turn, core, talk->speaker);
    if (talk_is_only_thought(talk))
        say_only_thought(&turn, talk);
    else if (is_cut)
        say_cut(&turn, talk);
    else
        meaning_act(core, &turn, talk->answer->str, &meaning);
    talk->has_acted = meaning.has_acted;
    if (is_cut)
        turn_say(&turn, "(the answer was cut: it was longer than this model may write)");
    streaming_end(core, talk, &turn);
    is_open = meaning.looks->len > 0;
    if (is_open)
        rounds_begin(core, talk, meaning.looks);
    else
        talks_note(core, talk);
    turn_finish(&turn);
    if (is_open)
        rounds_look(core, g_steal_pointer(&talk), meaning.looks);
    else
        sum_up(core, talk);
}

/* Nobody makes an answer of what was found: the person reads it as it is. What the last model began
 * to say was none. */
static void say_found(Core *core, Turn *turn, Talk *talk)
{
    g_string_truncate(talk->answer, 0);
    talks_note(core, talk);
    if (talk->found->len > 0)
        turn_say(turn, "%s", talk->found->str);
    turn_outcome(turn, OUTCOME_REFUSED);
}

static void fail(Core *core, Talk *talk, const ModelNews *news)
{
    Turn turn;

    turn_init(&turn, core, talk->speaker);
    if (news->outcome == MODEL_ANSWERED || news->outcome == MODEL_CUT)
        turn_say(&turn, "No language model would answer that.");
    else
        unanswered_say(&turn, talk);
    if (talk->rounds->len > 0)
        say_found(core, &turn, talk);
    else
        answer_without(core, &turn, talk->text, core->boot_ms - talk->asked_ms > LATE_MS);
    streaming_end(core, talk, &turn);
    turn_finish(&turn);
}

/* That a summary failed may be its own length's fault, and nobody waits for it. */
static void tell_chain(Core *core, const Talk *talk, const ModelNews *news)
{
    ModelHealth health = health_of(news->outcome);

    if (talk->sums_up && health == MODEL_STUMBLES)
        model_chain_forget(core->model_chain, (unsigned)talk->provider);
    else
        model_chain_tell(core->model_chain, (unsigned)talk->provider, health, news->retry_after_ms,
                         core->boot_ms);
}

static void take_end(Core *core, Talk *ended, const ModelNews *news)
{
    g_autoptr(Talk) talk = ended;
    const char *given_up = judge_again(core, talk->speaker);
    bool is_good;

    thoughts_finish(talk->thoughts, talk->answer);
    add_tools(talk, news);
    is_good = is_useful(core, talk, news);
    tell_chain(core, talk, news);
    metric_publish(core, talk, news, is_good);
    spending_add(core, talk->speaker->user, cost_of(talk, news));
    if (talk->sums_up) {
        if (is_good && !given_up && news->outcome == MODEL_ANSWERED)
            summary_take(core, talk);
        return;
    }
    if (given_up) {
        give_up(core, talk, given_up);
        return;
    }
    if (is_good) {
        take_answer(core, g_steal_pointer(&talk), news->outcome == MODEL_CUT);
        return;
    }
    if (health_of(news->outcome) != MODEL_WORKS)
        log_failure(core, talk, news);
    unanswered_note(core, talk, news->outcome);
    if (ask_next(core, talk))
        (void)g_steal_pointer(&talk);
    else
        fail(core, talk, news);
}

/* ---- what was looked up for it ---- */

/* Half of what its question may cost, as a rule: the conversation is shown as well. */
static size_t found_max_bytes(const Core *core, const Talk *talk)
{
    const ModelSettings *model;

    if (talk->provider == MODEL_NONE)
        return FOUND_MAX_BYTES;
    model = settings_of(core, talk->provider);
    return (size_t)CLAMP((model->context_tokens - model->max_tokens) * BYTES_OF_A_TOKEN / 2,
                         FOUND_MIN_BYTES, FOUND_MAX_BYTES);
}

/* Notes were looked for: now the first model is asked. */
static void begin_with_notes(Core *core, Talk *found)
{
    g_autoptr(Talk) talk = found;
    const char *given_up = judge_again(core, talk->speaker);
    Turn turn;

    recollection_end(talk);
    if (given_up) {
        give_up(core, talk, given_up);
        return;
    }
    if (ask_next(core, talk)) {
        (void)g_steal_pointer(&talk);
        return;
    }
    turn_init(&turn, core, talk->speaker);
    say_without(core, &turn, talk->text);
    turn_finish(&turn);
}

static void go_on(Core *core, Talk *found)
{
    g_autoptr(Talk) talk = found;
    const char *given_up = judge_again(core, talk->speaker);
    bool is_last = rounds_count(talk) + 1 >= core->settings->talk->max_rounds;
    Turn turn;

    rounds_end(core, talk, found_max_bytes(core, talk), is_last);
    if (given_up) {
        give_up(core, talk, given_up);
        return;
    }
    if (spending_has_left(core, talk->speaker->user)) {
        /* The one that looked is asked before those behind it. */
        talk->provider = talk->provider == MODEL_NONE ? MODEL_NONE : talk->provider - 1;
        if (ask_next(core, talk)) {
            (void)g_steal_pointer(&talk);
            return;
        }
    }
    turn_init(&turn, core, talk->speaker);
    if (spending_has_left(core, talk->speaker->user))
        unanswered_say_resting(core, &turn);
    else
        turn_say(&turn, "The language models have had their tokens for today.");
    say_found(core, &turn, talk);
    turn_finish(&turn);
}

void talk_go_on(Core *core)
{
    Talk *talk;

    while ((talk = talks_take_found(core)) != NULL) {
        Language before = core_speak_to_speaker(core, talk->speaker);

        if (talk->is_recalling)
            begin_with_notes(core, talk);
        else
            go_on(core, talk);
        core_speak(core, before);
    }
}

static void take_piece(Core *core, Talk *talk, const char *piece)
{
    size_t before = talk->answer->len;
    bool is_anew = thoughts_take(talk->thoughts, piece, strlen(piece), talk->answer);

    if (!talk->stream)
        return;
    if (is_anew)
        streaming_again(core, talk);
    if (is_anew || talk->answer->len > before)
        streaming_more(core, talk);
}

void talk_news(Core *core, const ModelNews *news)
{
    Talk *talk = g_hash_table_lookup(core->talks, news->id);
    Language before;

    if (!talk)
        return;
    if (news->piece) {
        take_piece(core, talk, news->piece);
        return;
    }
    g_hash_table_steal(core->talks, news->id);
    before = core_speak_to_speaker(core, talk->speaker);
    take_end(core, talk, news);
    core_speak(core, before);
}

/* ---- another chain ---- */

static char *describe_chain(const Core *core)
{
    const GPtrArray *chain = core->settings->talk->chain;
    g_autoptr(GString) text = g_string_new(NULL);

    for (unsigned i = 0; i < chain->len; i++) {
        const ModelSettings *model = chain->pdata[i];

        g_string_append_printf(text, "%s %s %s\n", provider_name(model->provider), model->base_url,
                               model->model);
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static void ask_anew(Core *core, Talk *given)
{
    g_autoptr(Talk) talk = given;
    Language before = core_speak_to_speaker(core, talk->speaker);

    talk->provider = MODEL_NONE;
    g_string_truncate(talk->unanswered, 0);
    if (ask_next(core, talk))
        (void)g_steal_pointer(&talk);
    else
        give_up(core, talk, WORDS_LATER("(given up: the language models were configured anew)"));
    core_speak(core, before);
}

/* Those that a model thinks of. For the others things are looked up: they begin anew in the chain
 * afterwards. */
static GList *list_asked(Core *core)
{
    GHashTableIter iter;
    GList *asked = NULL;
    void *value;

    g_hash_table_iter_init(&iter, core->talks);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        Talk *talk = value;

        if (talk->is_looking)
            talk->provider = MODEL_NONE;
        else
            asked = g_list_prepend(asked, talk);
    }
    return asked;
}

/* Whose rights have changed sees no more of what a model says to him. */
static void give_up_those_changed(Core *core)
{
    g_autoptr(GList) talks = g_hash_table_get_values(core->talks);

    for (const GList *at = talks; at; at = at->next) {
        Talk *talk = at->data;
        const char *why = judge_again(core, talk->speaker);

        if (!why)
            continue;
        talks_cancel(core, talk);
        if (!talk->sums_up)
            give_up(core, talk, why);
        talk_free(talk);
    }
}

void talk_configured(Core *core)
{
    g_autofree char *text = describe_chain(core);
    bool is_another = g_strcmp0(text, core->chain_text) != 0;
    g_autoptr(GList) talks = NULL;

    give_up_those_changed(core);
    talks = is_another ? list_asked(core) : NULL;
    for (const GList *at = talks; at; at = at->next)
        talks_cancel(core, at->data);
    /* None rests any longer: people may have mended a key, which is not seen here. */
    model_chain_free(core->model_chain);
    core->model_chain = model_chain_new(core->settings->talk->chain->len);
    g_free(core->chain_text);
    core->chain_text = g_steal_pointer(&text);
    for (const GList *at = talks; at; at = at->next) {
        if (((const Talk *)at->data)->sums_up)
            talk_free(at->data);
        else
            ask_anew(core, at->data);
    }
}
