#include "agent1/flow/doors/chat.h"

#include <string.h>

#include "agent1/flow/commands/commands.h"
#include "agent1/flow/commands/delegate.h"
#include "agent1/flow/commands/hints.h"
#include "agent1/flow/commands/questions.h"
#include "agent1/flow/doors/corrections.h"
#include "agent1/flow/doors/decisions.h"
#include "agent1/flow/doors/rooms.h"
#include "agent1/flow/talk/phrases.h"
#include "agent1/flow/talk/talk.h"
#include "agent1/flow/voice/chats.h"
#include "agent1/flow/voice/clients.h"
#include "agent1/flow/voice/consoles.h"
#include "agent1/flow/voice/say.h"
#include "agent1/flow/voice/turn.h"
#include "agent1/model/quotation.h"
#include "common/base/limits.h"
#include "common/base/name.h"
#include "common/base/quantity.h"
#include "common/base/text.h"
#include "common/wire/utterance.h"
#include "common/base/banned.h"

#define HOUR_MS           (3600 * INT64_C(1000))
#define XMPP_REPEATS_MS   (24 * HOUR_MS)
#define STRANGER_REPLY_MS (60 * INT64_C(1000))
#define SESSIONS_MAX      20000
/* Every start of agentctl makes a session. One that came back after this is bound anew. */
#define SESSION_KEPT_MS (24 * HOUR_MS)

/* ---- what a line does ---- */

static void do_line(Core *core, Turn *turn, const Line *line)
{
    switch (line->kind) {
    case LINE_COMMAND:
        commands_do(core, turn, line->command, line->rest);
        break;
    case LINE_UNKNOWN_COMMAND:
        hints_unknown_command(turn, line);
        break;
    case LINE_TRIGGER:
        commands_do_trigger(core, turn, line->trigger, line->rest);
        break;
    case LINE_UNKNOWN_TRIGGER:
        hints_unknown_trigger(turn, line);
        break;
    case LINE_DIRECT:
        delegate_direct(core, turn, line->word, line->rest);
        break;
    case LINE_QUOTED:
        turn_fail(turn, "%s not run: it stood in a quotation", line->word);
        break;
    case LINE_TALK:
        g_assert_not_reached(); /* talk is answered as a whole */
    }
}

/* One line of talk: all of them are, then, or quoted, or it is a stray. */
static bool is_talk(const GPtrArray *lines)
{
    for (unsigned i = 0; i < lines->len; i++) {
        if (((const Line *)lines->pdata[i])->kind == LINE_TALK)
            return true;
    }
    return false;
}

/* What keeps a whole message from being done, or NULL. Half of a script is worse than none of it: a
 * line that is no order may well be meant as the second line of a task. The caller owns it. */
static char *judge_lines(const Core *core, const GPtrArray *lines)
{
    const Line *stray = utterance_find_stray(lines);

    if (lines->len == 0)
        return g_strdup(
            core_words(core, "nothing to do in this message; !help tells what can be typed"));
    if (lines->len > TRIGGERS_MAX_PER_MESSAGE && !is_talk(lines))
        return g_strdup_printf(
            core_words(core, "%u orders in one message: at most %d; nothing was done"), lines->len,
            TRIGGERS_MAX_PER_MESSAGE);
    if (stray) {
        g_autofree char *shown = text_make_line(stray->rest, 60);

        return g_strdup_printf(
            core_words(core, "\"%s\" is no order, so nothing was done; a task is one line (join "
                             "commands with && or ;)"),
            shown);
    }
    return NULL;
}

static void act_in(Core *core, Turn *turn, const char *text)
{
    g_autoptr(GPtrArray) lines = utterance_parse(text);
    g_autofree char *complaint = judge_lines(core, lines);
    unsigned i;

    turn->has_quotation = quotation_is_in(text);
    if (complaint) {
        turn_fail(turn, "%s", complaint);
        return;
    }
    if (is_talk(lines)) {
        if (!phrases_stop(core, turn, text))
            talk_take(core, turn, text);
        return;
    }
    phrases_say_other(core, turn->speaker);
    for (i = 0; i < lines->len; i++)
        do_line(core, turn, lines->pdata[i]);
}

static void act(Core *core, const Speaker *speaker, const char *text)
{
    Turn turn;

    turn_init(&turn, core, speaker);
    act_in(core, &turn, text);
    /* What is released may be a !yes itself, which adds to them: each closes a question, so that
     * they end. */
    for (unsigned i = 0; turn.then && i < turn.then->len; i++) {
        turn.is_confirmed = true;
        act_in(core, &turn, turn.then->pdata[i]);
    }
    turn_finish(&turn);
}

/* ---- standby ---- */

static bool wakes(const char *text)
{
    g_autoptr(GPtrArray) lines = utterance_parse(text);
    const Line *line = lines->len == 1 ? lines->pdata[0] : NULL;

    return line && line->kind == LINE_COMMAND &&
           (line->command == COMMAND_AGENTS_ON || line->command == COMMAND_AGENT_ON);
}

/* Asleep, one notice an hour and user; a tool that waits is told every time. What was refused stays
 * so: a copy that comes after agent1 woke is not done. */
static void say_asleep(Core *core, const Speaker *speaker, int64_t repeats_until_ms)
{
    g_autoptr(GPtrArray) none = g_ptr_array_new();
    g_autoptr(GPtrArray) all = NULL;
    g_autofree char *what = g_strdup_printf("asleep %s", speaker->user);
    Answer answer = {
        .text = core_words(core, "agent1: refused (standby): I am asleep; !agentsON wakes me and "
                                 "every agent, !agentON agent1 only me"),
        .is_final = true,
        .outcome = OUTCOME_REFUSED,
    };

    chats_begin(core, speaker, repeats_until_ms);
    chats_note(core, speaker, answer.text, true, answer.outcome, none, &all);
    if (say_is_due(core, what, HOUR_MS) || speaker->door == DOOR_CLI || speaker->door == DOOR_FORM)
        say_answer(core, speaker, &answer);
}

static void take(Core *core, const Speaker *speaker, const char *text, int64_t repeats_until_ms)
{
    if (chats_is_repeat(core, speaker))
        return;
    if (core_is_asleep(core) && !wakes(text)) {
        say_asleep(core, speaker, repeats_until_ms);
        return;
    }
    chats_begin(core, speaker, repeats_until_ms);
    act(core, speaker, text);
}

static void say_why(Core *core, const Speaker *speaker, const char *why)
{
    Turn turn;

    turn_init(&turn, core, speaker);
    turn_fail(&turn, "%s", why);
    turn_finish(&turn);
}

void chat_refuse(Core *core, const Speaker *speaker, const char *why)
{
    if (chats_is_repeat(core, speaker))
        return;
    chats_begin(core, speaker, core->now_ms + XMPP_REPEATS_MS);
    say_why(core, speaker, why);
}

void chat_take_typed(Core *core, const Speaker *speaker, const char *line)
{
    take(core, speaker, line, core->now_ms + XMPP_REPEATS_MS);
}

/* ---- XMPP and unsigned text ---- */

/* Whether a stranger hears, and the audit notes, that he is none of ours. */
static bool is_worth_an_answer(Core *core, const char *who, int64_t interval_ms)
{
    g_autofree char *what = g_strdup_printf("stranger %s", who);

    core->refused_count++;
    return !core_is_asleep(core) && say_is_due(core, what, interval_ms) &&
           bucket_take(&core->strangers, core->boot_ms);
}

static void refuse_stranger(Core *core, const Speaker *speaker)
{
    g_autofree char *text = NULL;

    if (!is_worth_an_answer(core, speaker->principal, HOUR_MS))
        return;

    effects_audit(core->fx, core->now_ms, "refused", speaker->principal, NULL, NULL,
                  "a stranger wrote");
    text = g_strdup_printf(
        core_words(core, "I do not know %s. An admin can add this JID to a user in config.json."),
        speaker->principal);
    say_xmpp(core, speaker->address, text);
}

static void take_unsigned(Core *core, const EventChat *chat)
{
    g_autoptr(Speaker) speaker = speaker_new(DOOR_UNSIGNED, "", NULL);

    speaker->role = (Role)core->settings->mqtt_unsigned_role;
    if (speaker->role == ROLE_NONE) {
        core->refused_count++;
        if (say_is_due(core, "unsigned", STRANGER_REPLY_MS))
            effects_log(core->fx, EFFECT_LOG_WARNING, NULL, NULL,
                        "unsigned text on agents/agent1/inbox refused: mqtt.unsigned_role is none");
        return;
    }
    speaker->user = g_strdup("unsigned");
    speaker->principal = g_strdup("unsigned");
    take(core, speaker, chat->text, core->now_ms);
}

static bool is_answer_line(const Line *line)
{
    return line->kind == LINE_COMMAND &&
           (line->command == COMMAND_YES || line->command == COMMAND_NO);
}

/* Whether a text answers, or has a line that does: what was open when it was written may be over,
 * and what is open now was not seen then. */
static bool answers(const Core *core, const char *text)
{
    g_autoptr(GPtrArray) lines = utterance_parse(text);

    for (unsigned i = 0; i < lines->len; i++) {
        if (is_answer_line(lines->pdata[i]))
            return true;
    }
    return decisions_is_answer(text) || phrases_answer(core, text);
}

/* It is no question: the yes to it would be one more answer that is late. */
static void say_late_answer(Core *core, const Speaker *speaker, const EventChat *chat,
                            const char *meant)
{
    g_autofree char *written = core_local_time(core, chat->written_ms);
    g_autofree char *line = text_make_line(chat->text, 60);
    Turn turn;

    turn_init(&turn, core, speaker);
    if (meant)
        turn_fail(&turn, "written %s, not done: \"%s\" came late; if you still mean it, type %s",
                  written, line, meant);
    else
        turn_fail(&turn,
                  "written %s, not done: \"%s\" came late; if you still mean it, type it again",
                  written, line);
    turn_finish(&turn);
}

static void ask_about_delayed(Core *core, const Speaker *speaker, const EventChat *chat)
{
    g_autofree char *written = core_local_time(core, chat->written_ms);
    g_autofree char *line = text_make_line(chat->text, 60);
    Question question = { .kind = QUESTION_LINE, .text = chat->text, .shown = line };
    g_autofree char *which = NULL;
    unsigned number;
    Turn turn;

    turn_init(&turn, core, speaker);
    number = questions_renew(core, &turn, &question, NULL);
    if (number == 0)
        which = questions_ask(core, &turn, &question);
    if (number > 0)
        turn_say(&turn,
                 "written %s, not done: \"%s\"; that is question %u already: !yes %u to do it now",
                 written, line, number, number);
    else if (which)
        turn_say(&turn, "written %s, not done: \"%s\"; !yes%s to do it now", written, line, which);
    else
        turn_say(&turn, "written %s, not done: \"%s\"", written, line);
    turn_outcome(&turn, OUTCOME_AWAITING);
    turn_finish(&turn);
}

/* An old message does nothing by itself; asleep, not even wake agent1. */
static void take_delayed(Core *core, const Speaker *speaker, const EventChat *chat,
                         const char *meant)
{
    if (chats_is_repeat(core, speaker))
        return;
    if (core_is_asleep(core)) {
        say_asleep(core, speaker, core->now_ms + XMPP_REPEATS_MS);
        return;
    }
    chats_begin(core, speaker, core->now_ms + XMPP_REPEATS_MS);
    if (meant || answers(core, chat->text))
        say_late_answer(core, speaker, chat, meant);
    else
        ask_about_delayed(core, speaker, chat);
}

/* True when a correction is dealt with; false: it is to be taken like any other message. Asleep,
 * all is dropped alike. */
static bool take_correction(Core *core, const Speaker *speaker, const EventChat *chat)
{
    g_autofree char *complaint = NULL;

    if (!chat->replaces || core_is_asleep(core) || chats_is_repeat(core, speaker))
        return false;
    complaint = corrections_judge(core, speaker, chat->replaces);
    if (!complaint)
        return false;

    chats_begin(core, speaker, core->now_ms + XMPP_REPEATS_MS);
    corrections_refused(core, speaker, chat->replaces);
    say_why(core, speaker, complaint);
    return true;
}

void chat_take(Core *core, const EventChat *chat)
{
    g_autoptr(Speaker) speaker = NULL;
    g_auto(Decision) meant = { NULL, NULL };
    const User *user;

    if (chat->door == DOOR_UNSIGNED) {
        take_unsigned(core, chat);
        return;
    }
    if (chat->room && !rooms_admit(core, chat))
        return;
    speaker = speaker_new(DOOR_XMPP, chat->address, NULL);
    speaker->principal = g_strdup(chat->principal);
    user = users_by_jid(core->users, chat->principal);
    if (!user) {
        refuse_stranger(core, speaker);
        return;
    }
    if (!chat->room)
        clients_heard(core, chat);
    speaker->user = g_strdup(user->name);
    speaker->role = user->role;
    core_speak_to(core, user->name);
    if (chat->stanza_id && *chat->stanza_id)
        speaker->chat_id = g_strdup_printf("xmpp:%s:%s", chat->principal, chat->stanza_id);
    if (take_correction(core, speaker, chat))
        return;
    meant = decisions_of_reply(core, chat);
    if (meant.why && !core_is_asleep(core))
        chat_refuse(core, speaker, meant.why);
    else if (chat->written_ms != MESSAGE_ABSENT &&
             core->now_ms - chat->written_ms > CHAT_DELAY_MAX_MS)
        take_delayed(core, speaker, chat, meant.line);
    else
        take(core, speaker, meant.line ? meant.line : chat->text, core->now_ms + XMPP_REPEATS_MS);
}

/* ---- agentctl ---- */

/* The session that a chat wants its answers in, bound to the key that first used it. */
static char *session_of(Core *core, const EventMessage *event)
{
    const char *reply_to = event->message->chat.reply_to;
    Ledger *sessions = core->ledgers[TABLE_SESSIONS];
    g_autofree char *session = NULL;
    Row *row;

    if (!reply_to || topic_parse(reply_to, &session) != TOPIC_KIND_CLI_OUTBOX ||
        !name_is_session(session))
        return NULL;

    row = ledger_find(sessions, session);
    if (row && strcmp(row_text(row, SESSIONS_KEY), event->sender) != 0)
        return NULL;
    if (!row && ledger_count(sessions) >= SESSIONS_MAX)
        return NULL;
    if (!row && users_by_key(core->users, event->sender)) {
        row = row_new(TABLE_SESSIONS);
        row_set_text(row, SESSIONS_NAME, session);
        row_set_text(row, SESSIONS_KEY, event->sender);
        row_set_int(row, SESSIONS_SEEN, core->now_ms);
        ledger_put(sessions, row, core->fx);
    } else if (row && core->now_ms - row_int(row, SESSIONS_SEEN) > HOUR_MS) {
        row_set_int(row, SESSIONS_SEEN, core->now_ms);
        ledger_changed(sessions, row, core->fx);
    }
    return g_steal_pointer(&session);
}

void chat_forget_sessions(Core *core)
{
    Ledger *sessions = core->ledgers[TABLE_SESSIONS];
    g_autoptr(GPtrArray) rows = ledger_list(sessions);
    unsigned i;

    for (i = 0; i < rows->len; i++) {
        const Row *row = rows->pdata[i];

        if (core->now_ms - row_int(row, SESSIONS_SEEN) > SESSION_KEPT_MS)
            ledger_remove(sessions, row_text(row, SESSIONS_NAME), core->fx);
    }
}

static void answer_once(Core *core, const Speaker *speaker, const char *text)
{
    Answer answer = { .text = text, .is_final = true, .outcome = OUTCOME_REFUSED };

    say_answer(core, speaker, &answer);
}

/* Why a chat is not taken by its times, or NULL. The caller owns it. */
static char *judge_times(const Core *core, const Message *message)
{
    int64_t skew_ms = message->ts_ms - core->now_ms;
    int64_t life_ms = message->chat.expires_ms - message->ts_ms;

    if (skew_ms > CHAT_CLOCK_SKEW_MAX_MS || skew_ms < -CHAT_CLOCK_SKEW_MAX_MS) {
        g_autofree char *text = duration_format(ABS(skew_ms));

        return g_strdup_printf(core_words(core, skew_ms > 0 ? "not done: your clock is %s ahead"
                                                            : "not done: your clock is %s behind"),
                               text);
    }
    if (life_ms <= 0 || life_ms > CHAT_EXPIRES_MAX_MS)
        return g_strdup(core_words(core, "not done: expires must lie within 5 minutes after ts"));
    if (message->chat.expires_ms <= core->now_ms)
        return g_strdup(core_words(core, "not done: the message expired before it came"));
    return NULL;
}

static void refuse_unknown_key(Core *core, const Speaker *speaker)
{
    g_autofree char *text = NULL;

    if (!is_worth_an_answer(core, speaker->key, STRANGER_REPLY_MS))
        return;

    text = g_strdup_printf(
        core_words(core, "unknown key %s; ask an admin to add it to the keys of a user in "
                         "config.json"),
        speaker->key);
    answer_once(core, speaker, text);
}

/* Its answer holds a list for programs, and it changes nothing here or elsewhere. */
static bool tells_list(const Line *line)
{
    if (line->kind == LINE_COMMAND)
        return line->command == COMMAND_AGENTS || line->command == COMMAND_STATUS ||
               line->command == COMMAND_RUNS || line->command == COMMAND_RUN ||
               line->command == COMMAND_TASKS;
    return line->kind == LINE_TRIGGER &&
           (line->trigger == TRIGGER_PLAN_LIST || line->trigger == TRIGGER_REPORT ||
            line->trigger == TRIGGER_REPORT_ERRORS);
}

static bool only_tells_lists(const char *text)
{
    g_autoptr(GPtrArray) lines = utterance_parse(text);

    for (unsigned i = 0; i < lines->len; i++) {
        if (!tells_list(lines->pdata[i]))
            return false;
    }
    return lines->len > 0;
}

/* A program's repeat of a look that was answered: what the lists held is not kept, so that it looks
 * again. */
static bool is_look_again(const Core *core, const Speaker *speaker, const char *text)
{
    return speaker->wants_data && !core_is_asleep(core) && chats_is_answered(core, speaker) &&
           only_tells_lists(text);
}

void chat_take_message(Core *core, const EventMessage *event)
{
    const Message *message = event->message;
    const char *text = message->chat.text ? message->chat.text : "";
    g_autofree char *session = session_of(core, event);
    g_autofree char *complaint = NULL;
    g_autoptr(Speaker) speaker = NULL;
    const User *user;

    if (!session) {
        core->refused_count++;
        return;
    }
    speaker = speaker_new(DOOR_CLI, session, event->sender);
    speaker->in_reply_to = g_strdup(message->id);
    speaker->chat_id = speaker_chat_of_cli(session, message->id);
    user = users_by_key(core->users, event->sender);
    if (!user) {
        refuse_unknown_key(core, speaker);
        return;
    }
    speaker->user = g_strdup(user->name);
    speaker->principal = g_strdup(event->sender);
    speaker->role = user->role;
    speaker->is_dry_run = message->chat.is_dry_run;
    speaker->is_now = message->chat.is_now;
    speaker->wants_data = message->chat.wants_data;
    core_speak_to(core, user->name);
    consoles_heard(core, speaker);
    complaint = judge_times(core, message);
    if (!complaint && is_look_again(core, speaker, text)) {
        act(core, speaker, text);
        return;
    }
    if (chats_is_repeat(core, speaker))
        return;
    if (complaint)
        answer_once(core, speaker, complaint);
    else
        take(core, speaker, text, message->chat.expires_ms + CHAT_CLOCK_SKEW_MAX_MS);
}
