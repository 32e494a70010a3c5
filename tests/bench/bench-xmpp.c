/*
 * A bare XMPP client over plain TCP (RFC 6120, SASL PLAIN):
 *
 *     bench-xmpp PORT USER PASSWORD echo            sends every message back
 *     bench-xmpp PORT USER PASSWORD ask JID         asks an echo
 *     bench-xmpp PORT USER PASSWORD task JID TEXT   gives agent1 a task; the outcome is the answer
 *     bench-xmpp PORT USER PASSWORD command JID TEXT    the next message of agent1 is the answer
 *
 * It knows no XML beyond what the servers of the bench send, and parses by searching.
 */
#include "tests/bench/link.h"
#include "tests/bench/load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DOMAIN     "localhost"
#define SILENCE_MS 30000

typedef struct Client {
    Link link;
    Load load;
    const char *peer;
    const char *text; /* NULL: an echo is asked */
    bool is_command;
    unsigned long prefix;  /* of stanza ids: agent1 knows the ids of earlier processes */
    unsigned long stanzas; /* sent, for their ids */
    GHashTable *runs;      /* number of a run -> its question + 1 */
    unsigned queued;       /* questions of this round that were told their run's number */
} Client;

/* ---- the stream ---- */

static char *find(const Client *client, const char *what)
{
    return memmem(client->link.in->data, client->link.in->len, what, strlen(what));
}

static void send_text(Client *client, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void send_text(Client *client, const char *format, ...)
{
    va_list arguments;
    g_autofree char *text = NULL;

    va_start(arguments, format);
    text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    link_send(&client->link, text, strlen(text));
}

/* Waits for the text, and drops everything up to it. */
static void expect(Client *client, const char *what)
{
    char *at;

    while (!(at = find(client, what))) {
        if (!link_wait(&client->link, SILENCE_MS))
            bench_fail("XMPP: %s did not come; instead: %.*s", what, (int)client->link.in->len,
                       (const char *)client->link.in->data);
    }
    link_taken(&client->link, (gsize)(at - (char *)client->link.in->data) + strlen(what));
}

static void open_stream(Client *client)
{
    send_text(client, "<?xml version='1.0'?><stream:stream to='" DOMAIN "' version='1.0' "
                      "xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>");
    expect(client, "</stream:features>");
}

static void sign_in(Client *client, const char *user, const char *password)
{
    g_autofree char *plain = g_strdup_printf("%c%s%c%s", 0, user, 0, password);
    gsize length = strlen(user) + strlen(password) + 2;
    char *secret = g_malloc(length);
    g_autofree char *coded = NULL;

    secret[0] = '\0';
    memcpy(secret + 1, user, strlen(user) + 1);
    memcpy(secret + 2 + strlen(user), password, strlen(password));
    coded = g_base64_encode((const guchar *)secret, length);
    g_free(secret);

    open_stream(client);
    send_text(client, "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>%s</auth>",
              coded);
    expect(client, "<success");
    open_stream(client);
    send_text(client, "<iq type='set' id='bind'>"
                      "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>");
    expect(client, "</iq>");
    send_text(client, "<presence/>");
    expect(client, "<presence");
}

/* ---- messages ---- */

static void say(Client *client, const char *to, const char *text)
{
    send_text(client, "<message to='%s' type='chat' id='%lx.%lu'><body>%s</body></message>", to,
              client->prefix, client->stanzas++, text);
}

/* Cuts the text between two others out of a stanza, in place; NULL when it is not there. */
static char *cut(char *stanza, const char *before, const char *after)
{
    char *begin = strstr(stanza, before);
    char *end = begin ? strstr(begin + strlen(before), after) : NULL;

    return end ? g_strndup(begin + strlen(before), (gsize)(end - begin) - strlen(before)) : NULL;
}

static void on_echo(Client *client, const char *body)
{
    load_answer(&client->load, (unsigned)strtoul(body, NULL, 10));
}

/* "#12 web1: queued" in the order of the questions, and later "#12 web1: succeeded (…". */
static void on_task(Client *client, const char *body)
{
    unsigned long number = body[0] == '#' ? strtoul(body + 1, NULL, 10) : 0;
    void *question;

    if (strstr(body, ": queued")) {
        g_hash_table_insert(client->runs, GSIZE_TO_POINTER(number),
                            GUINT_TO_POINTER(++client->queued));
        return;
    }
    question = g_hash_table_lookup(client->runs, GSIZE_TO_POINTER(number));
    if (!question || !strstr(body, ": succeeded"))
        bench_fail("agent1 said: %s", body);
    g_hash_table_remove(client->runs, GSIZE_TO_POINTER(number));
    load_answer(&client->load, GPOINTER_TO_UINT(question) - 1);
}

static void on_stanza(Client *client, char *stanza)
{
    g_autofree char *body = cut(stanza, "<body>", "</body>");
    g_autofree char *from = cut(stanza, "from='", "'");

    if (!body || !from)
        return;
    if (!client->peer)
        say(client, from, body);
    else if (client->is_command)
        load_answer(&client->load, client->load.answered);
    else if (client->text)
        on_task(client, body);
    else
        on_echo(client, body);
}

static void take_stanzas(Client *client)
{
    static const char end[] = "</message>";
    char *begin;
    char *after;

    while ((begin = find(client, "<message")) && (after = find(client, end))) {
        gsize length = (gsize)(after - begin) + strlen(end);
        g_autofree char *stanza = g_strndup(begin, length);

        link_taken(&client->link, (gsize)(begin - (char *)client->link.in->data) + length);
        on_stanza(client, stanza);
    }
}

/* ---- what it is for ---- */

static void ask_what_may_be(Client *client)
{
    int question;

    while ((question = load_next(&client->load)) >= 0) {
        g_autofree char *number = g_strdup_printf("%d", question);

        say(client, client->peer, client->text ? client->text : number);
    }
}

static void do_round(Client *client)
{
    int wait_ms;

    client->queued = 0;
    while (!load_is_over(&client->load)) {
        ask_what_may_be(client);
        wait_ms = load_wait_ms(&client->load);
        if (!link_wait(&client->link, wait_ms < 0 ? SILENCE_MS : wait_ms) && wait_ms < 0)
            bench_fail("XMPP: %u of %u questions were answered", client->load.answered,
                       client->load.count);
        take_stanzas(client);
    }
    load_print(&client->load);
}

int main(int argc, char **argv)
{
    Client client = { .prefix = (unsigned long)load_now_us() };

    if (argc < 5)
        bench_fail("usage: bench-xmpp PORT USER PASSWORD echo|ask|task|command [JID [TEXT]]");
    client.peer = argc > 5 ? argv[5] : NULL;
    client.text = argc > 6 ? argv[6] : NULL;
    client.is_command = strcmp(argv[4], "command") == 0;
    client.runs = g_hash_table_new(NULL, NULL);
    link_open(&client.link, (unsigned)atoi(argv[1]));
    sign_in(&client, argv[2], argv[3]);
    puts("ready");
    fflush(stdout);

    while (!client.peer) {
        link_wait(&client.link, -1);
        take_stanzas(&client);
    }
    while (load_next_round(&client.load))
        do_round(&client);
    return EXIT_SUCCESS;
}
