/* Which line of a failed run's output tells what went wrong. */
#include "agent1/model/failure_line.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "common/base/banned.h"

static void test_lines(void **state)
{
    static const struct {
        const char *what;
        const char *output;
        const char *line; /* NULL: none */
    } rows[] = {
        { "one line", "ls: cannot access 'x': No such file or directory\n",
          "ls: cannot access 'x': No such file or directory" },
        { "apt",
          "Hit:1 http://deb.debian.org stable\nReading package lists...\n"
          "E: Unable to locate package x\n",
          "E: Unable to locate package x" },
        { "systemctl: the hint behind it tells less",
          "Job for x.service failed because the control process exited.\n"
          "See \"systemctl status x.service\" for details.\n",
          "Job for x.service failed because the control process exited." },
        { "a traceback ends with it",
          "Traceback (most recent call last):\n  File \"a.py\", line 1\nKeyError: 'x'\n",
          "KeyError: 'x'" },
        { "make: the first error", "cc -c a.c\na.c:1:1: error: expected ;\nmake: *** Error 1\n",
          "a.c:1:1: error: expected ;" },
        { "in French", "Lecture\nrm: impossible de supprimer 'x'\nfin\n",
          "rm: impossible de supprimer 'x'" },
        { "in any case, indented", "begin\n   FATAL: no space\nend\n", "FATAL: no space" },
        { "a part of a word is none", "terrors of the deep\nfailsafe mode\nthe end\n", "the end" },
        { "no such word: the last line", "one\ntwo\n\n  \n", "two" },
        { "a carriage return", "one\r\ntwo\r\n", "two" },
        { "a progress bar that was drawn over", "10%\r100%\rerror: disk\n", "error: disk" },
        { "blanks alone", " \n\t\n", NULL },
        { "nothing", "", NULL },
        { "none was kept", NULL, NULL },
    };
    size_t i;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *line = failure_line(rows[i].output);

        print_message("  %s\n", rows[i].what);
        if (g_strcmp0(line, rows[i].line) != 0)
            fail_msg("\"%s\"", line ? line : "(none)");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
