/* What a run left behind: processes with its cookie or in its session, and no others. */
#include "agent2/edge/run_folder.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/unit/agent2/run_folder_fixture.h"

#include "common/base/banned.h"

/* A child that lives until its pipe is closed; with the cookie, or as the leader of a session. */
static pid_t start_survivor(const char *cookie, int *out_pipe)
{
    int pipes[2];
    char byte;
    pid_t pid;

    assert_int_equal(pipe2(pipes, O_CLOEXEC), 0);
    pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        char *const argv[] = { (char[]){ "cat" }, NULL };
        char *environment[] = { (char[]){ "A=b" }, g_strdup(cookie), NULL };

        setsid();
        close(pipes[1]);
        dup2(pipes[0], 0);
        if (cookie)
            execve("/bin/cat", argv, environment);
        else
            _exit(read(0, &byte, 1) == 0 ? 0 : 1);
        _exit(2);
    }

    close(pipes[0]);
    *out_pipe = pipes[1];
    return pid;
}

static void test_survivors(void **state)
{
    static const struct {
        const char *what;
        const char *cookie;
        bool is_leader;
        bool is_found;
    } rows[] = {
        { "the cookie", RUN_COOKIE "=" RUN ".1", false, true },
        { "another one's cookie", RUN_COOKIE "=" RUN ".11", false, false },
        { "the session", NULL, true, true },
        { "another session", NULL, false, false },
    };
    g_autofree char *path = create();

    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        RunClaim claim = { .kind = CLAIM_STARTED, .leader = 0 };
        int pipe;
        pid_t pid = start_survivor(rows[i].cookie, &pipe);

        print_message("  %s\n", rows[i].what);
        /* Until it has run cat, or setsid(), it is a copy of this test. */
        while (getpgid(pid) != pid)
            ;
        if (rows[i].cookie) {
            g_autofree char *link = g_strdup_printf("/proc/%d/exe", (int)pid);
            g_autofree char *exe = NULL;

            do {
                g_free(exe);
                exe = g_file_read_link(link, NULL);
            } while (!exe || strstr(exe, "test-run_folder_survivors"));
        }
        if (rows[i].is_leader)
            claim.leader = pid;
        assert_int_equal(run_folder_has_survivors(path, &claim), rows[i].is_found);

        close(pipe);
        /* A zombie is no survivor. */
        assert_int_equal(waitid(P_PID, (id_t)pid, &(siginfo_t){ 0 }, WEXITED | WNOWAIT), 0);
        assert_false(run_folder_has_survivors(path, &claim));
        assert_int_equal(waitpid(pid, NULL, 0), pid);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_survivors, make_runs, remove_runs),
    };

    alarm(60); /* the end of any wait for another process */
    return cmocka_run_group_tests_name("run_folder_survivors", tests, NULL, NULL);
}
