/*
 * What agentctl is for agent1, as a bare client: each question is a sealed chat of LINES lines
 * TEXT, and its final reply the answer.
 *
 *     bench-console PORT USER PASSWORD KEY_FILE AGENT1_KEY LINES TEXT…   (several texts: in turn)
 */
#include "tests/bench/frames.h"
#include "tests/bench/load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INBOX      "agents/agent1/inbox"
#define LIFE_MS    (5 * 60 * 1000)
#define SILENCE_MS 30000

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
    GHashTable *questions; /* id of a chat -> its question + 1 */
} Console;

static void on_message(const char *topic, const char *payload, gsize length, void *data)
{
    Console *console = data;
    g_autoptr(Message) message = frames_open(&console->frames, topic, payload, length);
    void *question;

    if (message->kind != MESSAGE_REPLY || !message->reply.is_final)
        return;
    if (strcmp(message->reply.outcome, "succeeded") != 0)
        bench_fail("agent1 said: %s", message->reply.text);
    question = g_hash_table_lookup(console->questions, message->reply.in_reply_to);
    if (!question)
        return;
    g_hash_table_remove(console->questions, message->reply.in_reply_to);
    load_answer(&console->load, GPOINTER_TO_UINT(question) - 1);
}

static void ask(Console *console, unsigned question)
{
    Message *chat = frames_new(MESSAGE_CHAT, console->session);
    GString *text = g_string_new(NULL);

    for (unsigned i = 0; i < console->lines; i++)
        g_string_append_printf(text, "%s%s", i > 0 ? "\n" : "",
                               console->texts[console->said++ % console->text_count]);
    chat->chat.text = g_string_free(text, FALSE);
    chat->chat.reply_to = g_strdup(console->outbox);
    chat->chat.expires_ms = chat->ts_ms + LIFE_MS;
    g_hash_table_insert(console->questions, g_strdup(chat->id), GUINT_TO_POINTER(question + 1));
    frames_send(&console->frames, FRAME_SEALED, INBOX, chat);
}

static void do_round(Console *console)
{
    int question;

    while (!load_is_over(&console->load)) {
        link_hold(&console->packets.link);
        while ((question = load_next(&console->load)) >= 0)
            ask(console, (unsigned)question);
        link_release(&console->packets.link);
        if (!packets_wait(&console->packets, SILENCE_MS))
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
    console.session = g_strdup_printf("benchbenchbench-%u", console.lines);
    console.outbox = g_strdup_printf("agents/cli/%s/outbox", console.session);
    console.questions = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
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
