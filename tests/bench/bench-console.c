/*
 * What agentctl is for agent1, as a bare client: each question is a sealed chat of LINES lines
 * TEXT, and its final reply the answer. As agentctl does, it says again what was not answered.
 *
 *     bench-console PORT USER PASSWORD KEY_FILE AGENT1_KEY LINES TEXT…   (several texts: in turn)
 *
 * LINES 0: one line, and the first reply is the answer: "queued" of a task.
 */
#include "tests/bench/frames.h"
#include "tests/bench/load.h"

#include "common/sys/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define INBOX      "agents/agent1/inbox"
#define LIFE_MS    (5 * 60 * 1000)
#define SILENCE_MS 30000
#define REPEAT_MS  1000

typedef struct Question {
    unsigned number; /* in its round */
    Message *chat;
    int64_t sent_ms;
} Question;

typedef struct Console {
    char *session;
    char *outbox;
    Packets packets;
    Frames frames;
    Load load;
    unsigned lines;
    char **texts;
    unsigned text_count;
    unsigned said;
    GHashTable *questions; /* id of a chat -> Question, not answered yet */
} Console;

static void free_question(void *data)
{
    Question *question = data;

    message_free(question->chat);
    g_free(question);
}

static void on_message(const char *topic, const char *payload, gsize length, void *data)
{
    Console *console = data;
    g_autoptr(Message) message = frames_open(&console->frames, topic, payload, length);
    const Question *question;

    if (message->kind != MESSAGE_REPLY || (!message->reply.is_final && console->lines > 0))
        return;
    if (message->reply.is_final && strcmp(message->reply.outcome, "succeeded") != 0 &&
        strcmp(message->reply.outcome, "ok") != 0)
        bench_fail("agent1 said: %s", message->reply.text);
    question = g_hash_table_lookup(console->questions, message->reply.in_reply_to);
    if (!question)
        return;
    load_answer(&console->load, question->number);
    g_hash_table_remove(console->questions, message->reply.in_reply_to);
}

static void send_chat(Console *console, Question *question)
{
    Message *chat = message_copy(question->chat);

    question->sent_ms = chat->ts_ms = clock_now_ms();
    frames_send(&console->frames, FRAME_SEALED, INBOX, chat);
}

static void ask_again(Console *console)
{
    int64_t now_ms = clock_now_ms();
    GHashTableIter iter;
    void *question;

    g_hash_table_iter_init(&iter, console->questions);
    while (g_hash_table_iter_next(&iter, NULL, &question)) {
        if (now_ms - ((Question *)question)->sent_ms >= REPEAT_MS)
            send_chat(console, question);
    }
}

static void ask(Console *console, unsigned number)
{
    Question *question = g_new0(Question, 1);
    Message *chat = frames_new(MESSAGE_CHAT, console->session);
    GString *text = g_string_new(NULL);

    for (unsigned i = 0; i < MAX(console->lines, 1); i++)
        g_string_append_printf(text, "%s%s", i > 0 ? "\n" : "",
                               console->texts[console->said++ % console->text_count]);
    chat->chat.text = g_string_free(text, FALSE);
    chat->chat.reply_to = g_strdup(console->outbox);
    chat->chat.expires_ms = chat->ts_ms + LIFE_MS;
    question->number = number;
    question->chat = chat;
    g_hash_table_insert(console->questions, g_strdup(chat->id), question);
    send_chat(console, question);
}

static void do_round(Console *console)
{
    int64_t heard_ms = clock_now_ms();
    int question;
    int wait_ms;

    while (!load_is_over(&console->load)) {
        link_hold(&console->packets.link);
        while ((question = load_next(&console->load)) >= 0)
            ask(console, (unsigned)question);
        ask_again(console);
        link_release(&console->packets.link);
        wait_ms = load_wait_ms(&console->load);
        if (packets_wait(&console->packets, wait_ms < 0 ? REPEAT_MS : wait_ms))
            heard_ms = clock_now_ms();
        if (clock_now_ms() - heard_ms > SILENCE_MS)
            bench_fail("agent1 answered %u of %u chats", console->load.answered,
                       console->load.count);
    }
    load_print(&console->load);
}

int main(int argc, char **argv)
{
    Console console = { 0 };

    if (argc < 8)
        bench_fail("usage: bench-console PORT USER PASSWORD KEY_FILE AGENT1_KEY LINES TEXT...");
    console.lines = (unsigned)atoi(argv[6]);
    console.texts = argv + 7;
    console.text_count = (unsigned)argc - 7;
    console.session = g_strdup_printf("benchbenchbench-%u-%d", console.lines, (int)getpid());
    console.outbox = g_strdup_printf("agents/cli/%s/outbox", console.session);
    console.questions = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_question);
    console.packets.data = &console;
    console.packets.on_message = on_message;
    packets_connect(&console.packets, (unsigned)atoi(argv[1]), console.session, argv[2], argv[3]);
    packets_subscribe(&console.packets, console.outbox);
    frames_init(&console.frames, &console.packets, argv[4], argv[5]);
    puts("ready");
    fflush(stdout);

    while (load_next_round(&console.load))
        do_round(&console);
    return EXIT_SUCCESS;
}
