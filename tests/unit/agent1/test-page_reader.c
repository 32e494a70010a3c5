/* The edge that has pages read: what the program is given, what it says and is not believed, its
 * end in every way, the queue, and cancelling. The program is a script. */
#include "agent1/edge/page_reader.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/base/limits.h"
#include "common/base/banned.h"

#define WAIT_MS 20000

typedef struct Fixture {
    char *folder;
    char *program;
    GPtrArray *heard; /* PageNews * */
    PageReader *reader;
    SearchSettings search;
} Fixture;

static void free_news(void *news)
{
    page_news_free(news);
}

static void on_news(PageNews *news, void *data)
{
    g_ptr_array_add(((Fixture *)data)->heard, news);
}

static int set_up(void **state)
{
    Fixture *fixture = g_new0(Fixture, 1);

    fixture->folder = g_dir_make_tmp("agent1-page-XXXXXX", NULL);
    fixture->program = g_build_filename(fixture->folder, "program", NULL);
    fixture->heard = g_ptr_array_new_with_free_func(free_news);
    search_settings_init(&fixture->search);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    Fixture *fixture = *state;

    page_reader_free(fixture->reader);
    unlink(fixture->program);
    rmdir(fixture->folder);
    g_ptr_array_unref(fixture->heard);
    g_free(fixture->folder);
    g_free(fixture->program);
    g_free(fixture);
    return 0;
}

static void use_script(Fixture *fixture, const char *script)
{
    g_autofree char *text = g_strconcat("#!/bin/sh\n", script, "\n", NULL);

    assert_true(g_file_set_contents(fixture->program, text, -1, NULL));
    assert_int_equal(chmod(fixture->program, 0700), 0);
    page_reader_free(fixture->reader);
    fixture->reader = page_reader_new(fixture->program, on_news, fixture);
}

static void call_for(Fixture *fixture, const char *id, const char *address)
{
    g_autoptr(PageCall) page = page_call_new(id, PAGE_READ, address);

    page_reader_call(fixture->reader, page, &fixture->search);
}

static void call(Fixture *fixture, const char *id)
{
    call_for(fixture, id, "https://example.org/");
}

static gboolean on_late(gpointer data)
{
    *(bool *)data = true;
    return G_SOURCE_REMOVE;
}

static void wait_for(const Fixture *fixture, unsigned count)
{
    bool is_late = false;
    guint timer = g_timeout_add(WAIT_MS, on_late, &is_late);

    while (fixture->heard->len < count && !is_late)
        g_main_context_iteration(NULL, TRUE);
    if (!is_late)
        g_source_remove(timer);
    assert_int_equal(fixture->heard->len, count);
}

static void what_it_says(void **state)
{
    static const struct {
        const char *what;
        const char *script;
        PageOutcome outcome;
        const char *why;
    } rows[] = {
        { "a page", "echo '{\"outcome\":\"found\",\"text\":\"a\"}'", PAGE_FOUND, NULL },
        { "no page", "echo '{\"outcome\":\"status\",\"why\":\"404\"}'", PAGE_STATUS, "404" },
        { "nothing", "", PAGE_NO_READER, "its answer cannot be read" },
        { "no object", "echo hello", PAGE_NO_READER, "its answer cannot be read" },
        { "what hides", "echo '{\"outcome\":\"found\",\"text\":\"\\u202e\"}'", PAGE_NO_READER,
          "its answer cannot be read" },
        { "without an end", "head -c 1000000 /dev/zero | /usr/bin/tr '\\0' x", PAGE_NO_READER,
          "its answer cannot be read" },
        { "it dies", "kill -9 $$", PAGE_NO_READER, "it broke off: the page asks too much of it" },
        { "it is told all, without an environment, in the root",
          "read order; test -z \"$HOME$USER\" && test \"$(pwd)\" = / && case \"$order\" in "
          "*https://example.org/*duckduckgo*) echo '{\"outcome\":\"empty\"}';; esac",
          PAGE_EMPTY, NULL },
    };
    Fixture *fixture = *state;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const PageNews *news;

        use_script(fixture, rows[i].script);
        call(fixture, "one");
        wait_for(fixture, 1);
        news = fixture->heard->pdata[0];
        if (news->outcome != (int)rows[i].outcome || g_strcmp0(news->why, rows[i].why) != 0)
            fail_msg("%s: %s, %s", rows[i].what, page_outcome_name((PageOutcome)news->outcome),
                     news->why);
        assert_string_equal(news->id, "one");
        g_ptr_array_set_size(fixture->heard, 0);
    }
}

static void no_program(void **state)
{
    Fixture *fixture = *state;

    fixture->reader = page_reader_new(NULL, on_news, fixture);
    call(fixture, "one");
    call(fixture, "two");
    assert_int_equal(fixture->heard->len, 0);
    page_reader_cancel(fixture->reader, "two");
    wait_for(fixture, 1);
    assert_string_equal(((PageNews *)fixture->heard->pdata[0])->why,
                        "the program agent1-reader is not installed");
    page_reader_free(fixture->reader);
    fixture->reader = page_reader_new("/no/such/program", on_news, fixture);
    call(fixture, "three");
    wait_for(fixture, 2);
    assert_string_equal(((PageNews *)fixture->heard->pdata[1])->why, "No such file or directory");
}

/* As many as there may be, and one more. */
static void a_crowd(void **state)
{
    const unsigned most = PAGES_AT_ONCE + PAGES_WAITING;
    Fixture *fixture = *state;
    unsigned refused = 0;

    use_script(fixture, "echo '{\"outcome\":\"empty\"}'");
    for (unsigned i = 0; i <= most; i++) {
        g_autofree char *id = g_strdup_printf("%u", i);

        call(fixture, id);
    }
    wait_for(fixture, most + 1);
    for (unsigned i = 0; i <= most; i++) {
        const PageNews *news = fixture->heard->pdata[i];

        refused += g_strcmp0(news->why, "too many pages wait") == 0;
        assert_true(news->outcome == PAGE_EMPTY || news->why);
    }
    assert_int_equal(refused, 1);
}

static void cancelled(void **state)
{
    Fixture *fixture = *state;

    use_script(fixture, "read order; case \"$order\" in *example.org*) exec sleep 1000;; esac");
    for (unsigned i = 0; i < PAGES_AT_ONCE + 2; i++) {
        g_autofree char *id = g_strdup_printf("%u", i);

        call(fixture, id);
    }
    page_reader_cancel(fixture->reader, "5"); /* it waits */
    page_reader_cancel(fixture->reader, "0"); /* it is at work */
    page_reader_cancel(fixture->reader, "0");
    page_reader_cancel(fixture->reader, "none");
    for (unsigned i = 1; i < PAGES_AT_ONCE + 1; i++) {
        g_autofree char *id = g_strdup_printf("%u", i);

        page_reader_cancel(fixture->reader, id);
    }
    use_script(fixture, "echo '{\"outcome\":\"empty\"}'");
    call(fixture, "last");
    wait_for(fixture, 1);
    assert_string_equal(((PageNews *)fixture->heard->pdata[0])->id, "last");
    page_reader_free(NULL);
}

/* Those that were cancelled are waited for by nobody, while their programs still end. */
static void a_crowd_after_cancelling(void **state)
{
    const unsigned most = PAGES_AT_ONCE + PAGES_WAITING;
    Fixture *fixture = *state;

    use_script(fixture, "read order; case \"$order\" in *slow*) exec sleep 1000;; esac\n"
                        "echo '{\"outcome\":\"empty\"}'");
    for (unsigned i = 0; i < most; i++) {
        g_autofree char *id = g_strdup_printf("%u", i);

        call_for(fixture, id, i < PAGES_AT_ONCE ? "https://slow/" : "https://quick/");
    }
    for (unsigned i = 0; i < PAGES_AT_ONCE; i++) {
        g_autofree char *id = g_strdup_printf("%u", i);
        g_autofree char *more = g_strdup_printf("more %u", i);

        page_reader_cancel(fixture->reader, id);
        call(fixture, more);
    }
    wait_for(fixture, most);
    for (unsigned i = 0; i < most; i++)
        assert_int_equal(((PageNews *)fixture->heard->pdata[i])->outcome, PAGE_EMPTY);
}

/* The main loop would wait for the page: so it is refused. */
static void no_thread(void **state)
{
    Fixture *fixture = *state;
    int next = dup(STDIN_FILENO);
    struct rlimit before;
    struct rlimit few;

    assert_true(next >= 0);
    close(next);
    use_script(fixture, "echo '{\"outcome\":\"empty\"}'");
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    few = before;
    few.rlim_cur = (rlim_t)next + 2;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
    call(fixture, "one");
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    wait_for(fixture, 1);
    assert_string_equal(((PageNews *)fixture->heard->pdata[0])->why,
                        "no thread or no descriptor is left");
    call(fixture, "two");
    wait_for(fixture, 2);
    assert_int_equal(((PageNews *)fixture->heard->pdata[1])->outcome, PAGE_EMPTY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_it_says, set_up, tear_down),
        cmocka_unit_test_setup_teardown(no_program, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_crowd, set_up, tear_down),
        cmocka_unit_test_setup_teardown(cancelled, set_up, tear_down),
        cmocka_unit_test_setup_teardown(no_thread, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_crowd_after_cancelling, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
