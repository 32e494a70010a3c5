#include "agent2/app/task_account.h"

#include "common/base/limits.h"
#include "common/base/problem.h"
#include "common/base/text.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <unistd.h>

#include "common/base/banned.h"

#define STANDARD_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

static const char *const standard_variables[] = { "PATH", "LANG", "LC_ALL", "TZ", "TMPDIR" };

bool task_account_variable_is_valid(const char *name)
{
    size_t length = 0;

    while (g_ascii_isalnum(name[length]) || name[length] == '_')
        length++;
    return length > 0 && length <= 128 && !g_ascii_isdigit(*name) && name[length] == '\0';
}

static bool fill_groups(JournalOrders *orders, const struct passwd *account, GError **error)
{
    gid_t groups[RUN_GROUPS_MAX];
    int count = RUN_GROUPS_MAX;

    if (getgrouplist(account->pw_name, account->pw_gid, groups, &count) < 0) {
        g_set_error(error, PROBLEM, PROBLEM_LIMIT, "run_as: \"%s\": is in more than %d groups",
                    account->pw_name, RUN_GROUPS_MAX);
        return false;
    }
    orders->uid = account->pw_uid;
    orders->gid = account->pw_gid;
    orders->group_count = (unsigned)count;
    for (int i = 0; i < count; i++)
        orders->groups[i] = groups[i];
    return true;
}

/* The account by name, or this process's own; NULL when it is not known. */
static const struct passwd *find_account(const char *run_as, GError **error)
{
    const struct passwd *account;

    errno = 0;
    account = run_as ? getpwnam(run_as) : getpwuid(geteuid());
    if (!account && run_as) {
        int failure = errno;
        g_autofree char *shown = text_make_line(run_as, SHOWN_MAX_CHARS);

        g_set_error(error, PROBLEM, PROBLEM_VALUE, "run_as: \"%s\": there is no such user%s%s",
                    shown, failure ? ": " : "", failure ? g_strerror(failure) : "");
    }
    return account;
}

static void add_variable(GStrvBuilder *environment, const char *name, const char *value)
{
    g_autofree char *entry = g_strdup_printf("%s=%s", name, value);

    g_strv_builder_add(environment, entry);
}

static void fill_environment(JournalOrders *orders, const struct passwd *account,
                             const GPtrArray *variables)
{
    static const char *const of_account[] = { "HOME", "USER", "LOGNAME", "SHELL", NULL };
    g_autoptr(GStrvBuilder) environment = g_strv_builder_new();
    guint count = variables ? variables->len : G_N_ELEMENTS(standard_variables);

    for (guint i = 0; i < count; i++) {
        const char *name = variables ? g_ptr_array_index(variables, i) : standard_variables[i];
        const char *value = g_getenv(name);

        if (g_strv_contains(of_account, name))
            continue;
        if (!value && strcmp(name, "PATH") == 0)
            value = STANDARD_PATH;
        if (value)
            add_variable(environment, name, value);
    }
    if (account) {
        add_variable(environment, "HOME", account->pw_dir);
        add_variable(environment, "USER", account->pw_name);
        add_variable(environment, "LOGNAME", account->pw_name);
        add_variable(environment, "SHELL", *account->pw_shell ? account->pw_shell : "/bin/sh");
    }
    orders->environment = g_strv_builder_end(environment);
}

bool task_account_fill(JournalOrders *orders, const char *run_as, const GPtrArray *variables,
                       GError **error)
{
    const struct passwd *account = find_account(run_as, error);

    if (run_as && !account)
        return false;
    if (run_as && account->pw_uid != geteuid()) {
        if (geteuid() != 0) {
            g_set_error(error, PROBLEM, PROBLEM_REFUSED,
                        "run_as: \"%s\": only root can run tasks as another user", run_as);
            return false;
        }
        if (!fill_groups(orders, account, error))
            return false;
    }
    orders->folder = g_strdup(account && g_path_is_absolute(account->pw_dir) &&
                                      g_file_test(account->pw_dir, G_FILE_TEST_IS_DIR)
                                  ? account->pw_dir
                                  : "/");
    fill_environment(orders, account, variables);
    return true;
}
