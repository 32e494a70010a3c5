/* Which zones a chat names: as the file is called or all small, and nothing else, since what
 * anybody writes stays in memory. */
#include "agent1/app/chat_zones.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "common/base/banned.h"

static bool is_found(const char *name)
{
    g_autofree char *text = g_strdup_printf("SCHEDULE: daily 08:00 %s | web1 | uptime", name);
    g_autoptr(Event) event = event_new(EVENT_CHAT);

    event->chat.text = g_steal_pointer(&text);
    chat_zones_read(event);
    return zones_find(event->zones, name) != NULL;
}

static void spellings(void **state)
{
    (void)state;
    assert_true(is_found("America/New_York"));
    assert_true(is_found("america/new_york"));
    assert_true(is_found("UTC"));
    assert_true(is_found("utc"));
    assert_false(is_found("aMERICA/new_york"));
    assert_false(is_found("Europe//Paris"));
    assert_false(is_found("Europe/Paris/"));
    assert_false(is_found("Europe/../Europe/Paris"));
    assert_false(is_found("Europe/Nowhere"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spellings),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
