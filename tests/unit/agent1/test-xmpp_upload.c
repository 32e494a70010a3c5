/* A file on its way: exactly one fact about each, whatever the servers do. */
#include "tests/unit/common/http_fixture.h"

#include "agent1/edge/xmpp_upload.h"
#include "agent1/port/event.h"

#include "common/base/banned.h"

#define CREATED "HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n"

typedef struct World {
    Mailbox *events;
    XmppUpload *upload;
    GString *asked; /* "id name bytes" of each place that was asked for */
    bool is_refusing;
} World;

static bool ask(const char *id, const char *name, size_t bytes, void *data)
{
    World *world = data;

    if (world->is_refusing)
        return false;
    g_string_append_printf(world->asked, "%s %s %zu\n", id, name, bytes);
    return true;
}

static void world_init(World *world, bool is_clear_allowed, unsigned max_ms)
{
    *world = (World){ .events = mailbox_new(100, (GDestroyNotify)event_free),
                      .asked = g_string_new(NULL) };
    world->upload = xmpp_upload_new(&(XmppUploadSettings){ .events = world->events,
                                                           .is_clear_allowed = is_clear_allowed,
                                                           .max_ms = max_ms,
                                                           .ask = ask,
                                                           .data = world });
}

static void world_clear(World *world)
{
    xmpp_upload_free(world->upload);
    mailbox_free(world->events);
    g_string_free(world->asked, TRUE);
}

static void begin(World *world, const char *id, const char *text)
{
    g_autofree char *id_copy = g_strdup(id);
    g_autofree char *text_copy = g_strdup(text);
    char name[] = "run-1-web1.txt";

    xmpp_upload_begin(
        world->upload,
        &(XmppAct){ .kind = XMPP_ACT_UPLOAD, .id = id_copy, .about = name, .text = text_copy });
}

static XmppSlot *place(const char *id, const char *put_url, const char *get_url)
{
    XmppSlot *slot = xmpp_slot_new(id);

    slot->put_url = g_strdup(put_url);
    slot->get_url = g_strdup(get_url);
    slot->fields[XMPP_SLOT_AUTHORIZATION] = g_strdup("Bearer s3cret");
    slot->is_server_here = true;
    return slot;
}

/* The next fact, and that it is the only one. why: a pattern. */
static void expect_fact(World *world, XmppFactKind kind, const char *id, const char *text)
{
    g_autoptr(Event) event = NULL;

    wait_until(event || (event = mailbox_take(world->events)));
    assert_int_equal(event->kind, EVENT_XMPP);
    assert_string_equal(event->fact.about, id);
    if (event->fact.kind != kind || !g_pattern_match_simple(text, event->fact.text))
        fail_msg("%d %s", event->fact.kind, event->fact.text);
    assert_null(mailbox_take(world->events));
}

static void test_a_file(void **state)
{
    Server server = { .says = CREATED };
    g_autofree char *url = NULL;
    World world;

    (void)state;
    server_start(&server);
    url = server_url(&server);
    world_init(&world, false, 0);
    begin(&world, "u1", "caf\xc3\xa9\n");
    assert_string_equal(world.asked->str, "u1 run-1-web1.txt 6\n");
    /* A repeat of what is under way changes nothing. */
    begin(&world, "u1", "other");
    xmpp_upload_take(world.upload, place("u1", url, "https://get.example.org/a"));
    xmpp_upload_take(world.upload, place("u1", url, "https://get.example.org/b"));
    expect_fact(&world, XMPP_FACT_UPLOADED, "u1", "https://get.example.org/a");
    world_clear(&world);
    server_join(&server);
    assert_true(g_str_has_prefix(server.heard->str, "PUT /a HTTP/1.1\r\n"));
    assert_true(g_str_has_suffix(server.heard->str, "\r\n\r\ncaf\xc3\xa9\n"));
    assert_non_null(strstr(server.heard->str, "\r\nAuthorization: Bearer s3cret\r\n"));
    assert_non_null(strstr(server.heard->str, "\r\nContent-Type: text/plain; charset=utf-8\r\n"));
    server_clear(&server);
}

/* Drawn first; one that is none, or whose upload ended meanwhile, is not asked for. */
static void test_a_chart(void **state)
{
    static char none[] = "{}";
    static char id[] = "c1";
    static char name[] = "runs.png";
    static char chart[] = "{\"title\":\"t\",\"of_hours\":\"h\",\"of_runs\":\"r\",\"names\":"
                          "[\"a\",\"b\",\"c\",\"d\"],\"hours\":[[0,1,2,3,4]]}";
    XmppAct act = { .kind = XMPP_ACT_UPLOAD_CHART, .id = id, .about = name, .text = none };
    Server server = { .says = CREATED };
    g_autofree char *url = NULL;
    World world;

    (void)state;
    server_start(&server);
    url = server_url(&server);
    world_init(&world, false, 0);
    xmpp_upload_begin(world.upload, &act);
    xmpp_upload_take(world.upload, place("c1", url, "https://get.example.org/too-early"));
    expect_fact(&world, XMPP_FACT_NOT_UPLOADED, "c1", "it cannot be drawn: it is no chart");
    assert_string_equal(world.asked->str, "");
    act.text = chart;
    xmpp_upload_begin(world.upload, &act);
    wait_until(world.asked->len > 0);
    assert_true(g_str_has_prefix(world.asked->str, "c1 runs.png "));
    xmpp_upload_take(world.upload, place("c1", url, "https://get.example.org/a"));
    expect_fact(&world, XMPP_FACT_UPLOADED, "c1", "https://get.example.org/a");
    xmpp_upload_begin(world.upload, &act);
    world_clear(&world);
    server_join(&server);
    assert_non_null(strstr(server.heard->str, "\r\nContent-Type: image/png\r\n"));
    server_clear(&server);
}

static void test_servers_that_fail(void **state)
{
    static const struct {
        const char *says;
        bool is_held;
        unsigned max_ms;
        const char *why;
    } rows[] = {
        { "HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n", false, 0,
          "the file server refused it (HTTP 500)" },
        { "HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n", false, 0,
          "the file server refused it (HTTP 413)" },
        { "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n", false,
          0, "the file server refused it (HTTP 302)" },
        { "", false, 0, "the file server: *" },
        { "", true, 100, "the upload was not done in *" },
    };

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        Server server = { .says = rows[i].says, .is_held = rows[i].is_held };
        g_autofree char *url = NULL;
        World world;

        server_start(&server);
        url = server_url(&server);
        world_init(&world, false, rows[i].max_ms);
        begin(&world, "u1", "text");
        xmpp_upload_take(world.upload, place("u1", url, "https://get.example.org/a"));
        expect_fact(&world, XMPP_FACT_NOT_UPLOADED, "u1", rows[i].why);
        world_clear(&world);
        server_clear(&server);
    }
}

static void test_without_a_place(void **state)
{
    g_autofree char *large = g_strnfill(XMPP_UPLOAD_MAX_BYTES + 1, 'x');
    XmppSlot *none = xmpp_slot_new("u1");
    World world;

    (void)state;
    none->why = g_strdup("the XMPP server takes no files");
    world_init(&world, false, 50);
    begin(&world, "u1", "text");
    xmpp_upload_take(world.upload, none);
    expect_fact(&world, XMPP_FACT_NOT_UPLOADED, "u1", "the XMPP server takes no files");
    begin(&world, "u2", "text");
    expect_fact(&world, XMPP_FACT_NOT_UPLOADED, "u2", "the upload was not done in 0 s");
    /* Too late. */
    xmpp_upload_take(world.upload, place("u2", "https://127.0.0.1:1/", "https://127.0.0.1:1/"));
    begin(&world, "u3", large);
    expect_fact(&world, XMPP_FACT_NOT_UPLOADED, "u3", "the file is too large to be uploaded");
    world.is_refusing = true;
    begin(&world, "u4", "text");
    expect_fact(&world, XMPP_FACT_NOT_UPLOADED, "u4", "there is too much to do on XMPP");
    world_clear(&world);
}

static void test_clear_text(void **state)
{
    static const struct {
        const char *put_url;
        const char *get_url;
    } rows[] = {
        { "http://up.example.org/a", "https://up.example.org/a" },
        { "https://127.0.0.1:1/a", "http://up.example.org/a" },
    };
    World world;

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        world_init(&world, false, 0);
        begin(&world, "u1", "text");
        xmpp_upload_take(world.upload, place("u1", rows[i].put_url, rows[i].get_url));
        expect_fact(&world, XMPP_FACT_NOT_UPLOADED, "u1", "*without encryption*");
        world_clear(&world);
    }

    world_init(&world, true, 0);
    begin(&world, "u1", "text");
    xmpp_upload_take(world.upload, place("u1", "http://127.0.0.1:1/a", "http://up.example.org/a"));
    expect_fact(&world, XMPP_FACT_NOT_UPLOADED, "u1", "the file server: *onnect*");
    world_clear(&world);
}

/* The XMPP server, which is elsewhere, chooses an address here, or a link that is none. */
static void test_a_server_that_chooses_badly(void **state)
{
    static const struct {
        const char *put_url;
        const char *get_url;
        const char *why;
    } rows[] = {
        { "http://127.0.0.1:1/a", "https://up.example.org/a",
          "the file server: its address leads to this very machine" },
        { "https://localhost:1/a", "https://up.example.org/a",
          "the file server: its address leads to this very machine" },
        { "https://up.example.org/a", "javascript:alert(1)",
          "the link that the file server gives is none" },
        { "ftp://up.example.org/a", "https://up.example.org/a", "*" },
    };

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        XmppSlot *slot = place("u1", rows[i].put_url, rows[i].get_url);
        World world;

        slot->is_server_here = false;
        world_init(&world, false, 0);
        begin(&world, "u1", "text");
        xmpp_upload_take(world.upload, slot);
        expect_fact(&world, XMPP_FACT_NOT_UPLOADED, "u1", rows[i].why);
        world_clear(&world);
    }
}

static void test_no_more_than_some(void **state)
{
    World world;

    (void)state;
    world_init(&world, false, 0);
    for (unsigned i = 0; i < XMPP_UPLOADS_MAX; i++) {
        g_autofree char *id = g_strdup_printf("u%u", i);

        begin(&world, id, "text");
    }
    begin(&world, "one more", "text");
    expect_fact(&world, XMPP_FACT_NOT_UPLOADED, "one more", "too many uploads are under way");
    /* Freed with all of them under way. */
    world_clear(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_file),
        cmocka_unit_test(test_a_chart),
        cmocka_unit_test(test_servers_that_fail),
        cmocka_unit_test(test_without_a_place),
        cmocka_unit_test(test_clear_text),
        cmocka_unit_test(test_a_server_that_chooses_badly),
        cmocka_unit_test(test_no_more_than_some),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
