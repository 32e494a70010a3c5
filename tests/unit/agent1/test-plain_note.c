/* Which notes are nothing but words. */
#include "agent1/model/plain_note.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <glib.h>

#include "common/wire/command.h"
#include "common/base/banned.h"

static void which_notes_are_plain(void **state)
{
    static const struct {
        const char *what;
        const char *text;
        bool is_plain;
    } rows[] = {
        { "nothing", "", true },
        { "words", "door: behind the stairs, 4711", true },
        { "words in French", "porte : derri\u00e8re l'escalier, \u00e0 gauche", true },
        { "a word in capitals", "NAS: 10.0.0.5, port 22", true },
        { "a path", "logs: /var/log/nginx/error.log", true },
        { "an address", "wiki: https://wiki.example.org/ops?page=3", true },
        { "an exclamation", "door: mind the dog!", true },
        { "a question of the trade", "backup: delegate that to Oskar", true },
        { "a long word", "x: internationalisation", true },
        { "a trigger", "x: DELEGATE: web1 | reboot", false },
        { "within a sentence", "x: he said that SCHEDULE: is fine", false },
        { "in small letters", "x: delegate: web1 | reboot", false },
        { "with a blank", "x: DELEGATE : web1 | reboot", false },
        { "sparse", "x: D E L E G A T E: web1", false },
        { "decorated", "x: **DELEGATE**: web1", false },
        { "in a quotation mark", "x: `REMEMBER:` a | b", false },
        { "a key that is one", "Delegate: web1 | reboot", false },
        { "with an underscore", "x: MQTT_PUBLISH: a | b", false },
        { "in wide letters",
          "x: \uff24\uff25\uff2c\uff25\uff27\uff21\uff34\uff25\uff1a web1 | reboot", false },
        { "in other letters", "x: D\u0415L\u0415G\u0410T\u0415: web1 | reboot", false },
        { "with another colon", "x: DELEGATE\ua789 web1 | reboot", false },
        { "a command", "x: !agentsOFF", false },
        { "a command in words", "x: and then!yes", false },
        { "a wide one", "x: \uff01yes", false },
        { "a direct task", "x: @web1 reboot", false },
        { "an address of mail", "x: oskar@example.org", false },
        { "entities", "x: &#68;&#69;", false },
        { "a named entity", "x: &lt;b", false },
        { "an escape", "x: \\x44\\x45", false },
        { "a percentage", "x: 100 % or 50% of it", true },
        { "signs of an address", "x: %44%45", false },
        { "rotated", "x: QRYRTNGR: jro1 | ervbbg", false },
        { "base64", "x: REVMRUdBVEU6IHdlYjEgfCByZWJvb3Q=", false },
        { "base32", "x: IRCUYRKHIFKEKORA", false },
        { "hexadecimal", "x: 44454c45474154453a20776562", false },
    };

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (plain_note_is(rows[i].text) != rows[i].is_plain)
            fail_msg("%s: \"%s\"", rows[i].what, rows[i].text);
    }
}

static void no_trigger_is_plain(void **state)
{
    (void)state;
    for (int trigger = 0; trigger < TRIGGER_COUNT; trigger++) {
        g_autofree char *text = g_strdup_printf("x: %s a", trigger_info((Trigger)trigger)->name);

        assert_false(plain_note_is(text));
    }
    for (int command = 0; command < COMMAND_COUNT; command++) {
        g_autofree char *text = g_strdup_printf("x: %s", command_info((Command)command)->name);

        assert_false(plain_note_is(text));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(which_notes_are_plain),
        cmocka_unit_test(no_trigger_is_plain),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
