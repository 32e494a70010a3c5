#include "agent1/flow/talk/streaming.h"

#include <string.h>

#include "agent1/flow/state/stream.h"
#include "agent1/flow/voice/chats.h"
#include "agent1/flow/voice/clients.h"
#include "agent1/flow/voice/marks.h"
#include "agent1/flow/voice/pieces.h"
#include "agent1/model/refusal.h"
#include "common/wire/topic.h"
#include "common/base/banned.h"

/* As often as a terminal needs it, and as often as messages about runs correct themselves. */
#define PART_MS    INT64_C(100)
#define CORRECT_MS (3 * INT64_C(1000))

/* Of an answer that is longer the end says the rest. */
#define STREAM_MAX_BYTES (64 * 1024)
/* Of one part; the next follows. */
#define PART_MAX_BYTES (24 * 1024)
/* Of a line that goes on, the rest is shown when it ends: each part says its beginning again. */
#define BEGINNING_MAX_BYTES 2048

/* Where there was nothing to say it is not looked again at once, however small the pieces are. */
#define LOOK_MS INT64_C(10)

/* A refusal is looked for when so much more has come. */
#define JUDGE_BYTES 16

/* Room for what stands behind the words of a message: " …". */
#define MESSAGE_MAX_BYTES (PIECE_MAX_BYTES - 16)

/* ---- reading ---- */

/* A line of words, with its end; those before the first that says something are left out. */
static void add_line(const Core *core, Stream *stream, GString *words)
{
    g_autofree char *line = NULL;
    bool is_blank;

    g_string_truncate(words, words->len - 1);
    if (stream->text->len == 0)
        g_strchug(words->str);
    is_blank = words->str[strspn(words->str, " \t")] == '\0';
    if (stream->text->len == 0 && is_blank)
        return;

    line = marks_line(core, words->str);
    g_string_append_printf(stream->text, "%s\n", line);
    /* Blank lines at the end are none of the answer. */
    if (!is_blank && !answer_reader_is_inside(stream->reader))
        stream->shown = stream->text->len;
}

static void read_line(const Core *core, Stream *stream, const char *bytes, size_t length)
{
    g_autoptr(GString) words = g_string_new(NULL);

    answer_reader_line(stream->reader, bytes, length, words);
    if (words->len > 0)
        add_line(core, stream, words);
}

static void read_lines(const Core *core, Stream *stream, const GString *answer)
{
    const char *end;

    while (stream->text->len <= STREAM_MAX_BYTES &&
           (end = memchr(answer->str + stream->searched, '\n', answer->len - stream->searched))) {
        const char *line = answer->str + stream->read;

        read_line(core, stream, line, (size_t)(end - line));
        stream->read = (size_t)(end + 1 - answer->str);
        stream->searched = stream->read;
    }
    stream->searched = answer->len;
}

static void judge(const Core *core, Stream *stream, const GString *answer)
{
    if (stream->is_sure || answer->len < stream->judged + JUDGE_BYTES)
        return;

    stream->judged = answer->len;
    stream->is_sure = !refusal_may_be(answer->str, core->settings->talk->refusals);
}

/* What may be shown of the line that has begun, marked; "" where that is nothing. The caller owns
 * it. */
static char *beginning_of(const Core *core, const Talk *talk)
{
    const Stream *stream = talk->stream;
    size_t length = MIN(talk->answer->len - stream->read, BEGINNING_MAX_BYTES);
    g_autofree char *begun = NULL;

    if (!stream->is_sure || stream->text->len > STREAM_MAX_BYTES)
        return g_strdup("");
    begun = answer_reader_beginning(stream->reader, talk->answer->str + stream->read, length);
    if (begun && stream->text->len == 0)
        g_strchug(begun);
    return begun ? marks_line(core, begun) : g_strdup("");
}

/* So much of the whole lines is shown before that: a line that has begun needs the blank ones above
 * it, which may else be the end. */
static size_t shown_before(const Stream *stream, const char *beginning)
{
    if (!stream->is_sure)
        return 0;
    return *beginning ? stream->text->len : stream->shown;
}

/* ---- agentctl ---- */

/* So many bytes of whole characters. */
static size_t cut_length(const char *text, size_t length, size_t max)
{
    if (length <= max)
        return length;
    while (max > 0 && ((unsigned char)text[max] & 0xC0) == 0x80)
        max--;
    return max;
}

static void send_part(Core *core, const Talk *talk, size_t offset, const char *text)
{
    g_autofree char *id = core_new_id(core);
    g_autofree char *topic = topic_cli_outbox(talk->speaker->address);
    Message *message = message_new(MESSAGE_REPLY, id, AGENT1_NAME, core->now_ms);

    message->reply.in_reply_to = g_strdup(talk->speaker->in_reply_to);
    message->reply.text = g_strdup(text);
    message->reply.offset = (int64_t)offset;
    effects_reply(core->fx, topic, talk->speaker->key, message, WORDS_NEWS);
}

static void tell_cli(Core *core, const Talk *talk)
{
    Stream *stream = talk->stream;
    g_autofree char *part = beginning_of(core, talk);
    /* Blank lines were sent with the beginning of a line of which nothing is shown after all. */
    size_t shown = MAX(shown_before(stream, part), stream->told);
    const char *from = stream->text->str + stream->told;
    size_t length = cut_length(from, shown - stream->told, PART_MAX_BYTES);
    g_autofree char *text = NULL;

    stream->is_changed = stream->told + length < shown;
    if (stream->is_changed)
        *part = '\0';
    if (length == 0 && strcmp(part, stream->told_part ? stream->told_part : "") == 0)
        return;

    text = g_strdup_printf("%.*s%s", (int)length, from, part);
    send_part(core, talk, stream->told, text);
    stream->told += length;
    g_free(stream->told_part);
    stream->told_part = g_steal_pointer(&part);
    stream->due_ms = core->now_ms + PART_MS;
}

/* ---- XMPP ---- */

/* The words so far; NULL when there are none. The caller owns it. */
static char *words_so_far(const Core *core, const Talk *talk)
{
    g_autofree char *part = beginning_of(core, talk);
    size_t length = shown_before(talk->stream, part);

    if (length == 0 && *part == '\0')
        return NULL;
    /* Behind the last line, and not below it. */
    length -= *part == '\0';
    return g_strdup_printf("%.*s%s" STREAM_GOES_ON, (int)length, talk->stream->text->str, part);
}

static void say_first(Core *core, const Talk *talk, const char *text)
{
    Stream *stream = talk->stream;

    stream->message = core_new_id(core);
    stream->began_ms = core->now_ms;
    chats_show(core, talk->speaker, stream->message);
    effects_say(core->fx, stream->message, talk->speaker->address, text, WORDS_NEWS);
    /* Clients take a message for the end of the writing. */
    clients_show_state(core, talk->speaker, "composing");
}

static void correct(Core *core, const Talk *talk, char *text)
{
    g_autofree char *id = core_new_id(core);
    const XmppAct act = { .kind = XMPP_ACT_CORRECT,
                          .jid = talk->speaker->address,
                          .id = id,
                          .about = talk->stream->message,
                          .text = text };

    effects_xmpp(core->fx, &act);
}

static void tell_xmpp(Core *core, const Talk *talk)
{
    Stream *stream = talk->stream;
    g_autofree char *text = words_so_far(core, talk);

    stream->is_changed = false;
    if (stream->message)
        stream->due_ms = core->now_ms + CORRECT_MS;
    if (!text && stream->message)
        text = g_strdup(core_words(core, stream->instead));
    if (!text || strlen(text) > MESSAGE_MAX_BYTES || g_strcmp0(text, stream->told_text) == 0)
        return;

    if (stream->message)
        correct(core, talk, text);
    else
        say_first(core, talk, text);
    g_free(stream->told_text);
    stream->told_text = g_steal_pointer(&text);
    stream->due_ms = core->now_ms + CORRECT_MS;
}

/* ---- when ---- */

/* Whether something of the answer can be shown to whoever waits for it now. */
static bool can_show(const Core *core, const Speaker *speaker)
{
    if (core_is_asleep(core))
        return false;
    if (speaker->door == DOOR_CLI)
        return core->is_up[LINK_MQTT];
    return speaker->door == DOOR_XMPP && core->is_up[LINK_XMPP] &&
           !room_settings_has(core->settings->rooms, speaker->address) &&
           clients_can(core, speaker->address, XMPP_CAN_CORRECT);
}

static void tell(Core *core, const Talk *talk)
{
    Language before;

    talk->stream->due_ms = core->now_ms + LOOK_MS;
    talk->stream->is_changed &= can_show(core, talk->speaker);
    if (!talk->stream->is_changed)
        return;

    before = core_speak_to_speaker(core, talk->speaker);
    if (talk->speaker->door == DOOR_CLI)
        tell_cli(core, talk);
    else
        tell_xmpp(core, talk);
    core_speak(core, before);
}

static void tell_when_due(Core *core, const Talk *talk)
{
    Stream *stream = talk->stream;

    if (!stream->is_changed)
        return;
    /* Nothing waits longer than a correction: so a clock that was put back is seen. */
    if (core->now_ms >= stream->due_ms || core->now_ms < stream->due_ms - CORRECT_MS)
        tell(core, talk);
    if (stream->is_changed)
        core->streams_due_ms = MIN(core->streams_due_ms, stream->due_ms);
}

void streaming_more(Core *core, Talk *talk)
{
    Stream *stream = talk->stream;
    size_t before = stream->searched;
    size_t shown = stream->shown;
    bool was_sure = stream->is_sure;
    Language language = core_speak_to_speaker(core, talk->speaker);

    judge(core, stream, talk->answer);
    read_lines(core, stream, talk->answer);
    core_speak(core, language);
    /* Words end at a blank: between them there is nothing new to show. */
    stream->is_changed |= stream->is_sure != was_sure || stream->shown != shown ||
                          memchr(talk->answer->str + before, ' ', talk->answer->len - before);
    if (stream->is_sure)
        tell_when_due(core, talk);
}

void streaming_do(Core *core)
{
    GHashTableIter iter;
    void *value;

    if (core->now_ms < core->streams_due_ms)
        return;

    core->streams_due_ms = INT64_MAX;
    g_hash_table_iter_init(&iter, core->talks);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        if (((const Talk *)value)->stream)
            tell_when_due(core, value);
    }
}

int64_t streaming_next_deadline(const Core *core)
{
    return core->streams_due_ms;
}

/* ---- beginning and end ---- */

/* What was shown is no part of the answer that is asked for now. */
static void take_back(Core *core, Talk *talk, const char *instead)
{
    Stream *stream = talk->stream;

    stream_read_anew(stream);
    stream->instead = instead;
    if (talk->speaker->door == DOOR_CLI && (stream->told > 0 || stream->told_part) &&
        can_show(core, talk->speaker))
        send_part(core, talk, 0, "");
    stream->told = 0;
    g_clear_pointer(&stream->told_part, g_free);
    stream->is_changed = stream->message != NULL;
    tell_when_due(core, talk);
}

void streaming_begin(Core *core, Talk *talk)
{
    if (talk->stream) {
        take_back(core, talk, WORDS_LATER("(that answer broke off; another model is asked)"));
    } else {
        talk->stream = stream_new();
    }
    clients_show_state(core, talk->speaker, "composing");
}

void streaming_again(Core *core, Talk *talk)
{
    take_back(core, talk, WORDS_LATER("(that was still thinking; the answer follows)"));
}

void streaming_end(const Core *core, const Talk *talk, Turn *turn)
{
    Stream *stream = talk->stream;

    if (!stream)
        return;

    stream_end(stream);
    if (stream_can_correct(core, stream))
        turn->replaces = stream->ended;
}
