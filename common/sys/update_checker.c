#include "common/sys/update_checker.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "common/base/limits.h"
#include "common/sys/clock.h"
#include "common/sys/errand.h"
#include "common/sys/repository.h"

#include "common/base/banned.h"

/* git is killed at once when it is cancelled. */
#define END_WAIT_MS 5000

typedef struct Look {
    UpdateChecker *checker; /* NULL: it is gone */
    RepositoryPlace place;
    char *path;
    char *branch;
    UpdateNews *news;
} Look;

struct UpdateChecker {
    UpdateHandler handler;
    void *data;
    Look *look; /* NULL: none is under way */
    Errand *errand;
    int cancel_fd; /* closed: the look ends */
};

UpdateChecker *update_checker_new(UpdateHandler handler, void *data)
{
    UpdateChecker *checker = g_new0(UpdateChecker, 1);

    checker->handler = handler;
    checker->data = data;
    checker->cancel_fd = -1;
    return checker;
}

static void work(void *data)
{
    Look *look = data;

    look->news = repository_check(&look->place);
}

/* The checker, unless it is gone, may look again. */
static void end(Look *look)
{
    UpdateChecker *checker = look->checker;

    close(look->place.cancel_fd);
    if (!checker)
        return;

    close(checker->cancel_fd);
    checker->cancel_fd = -1;
    checker->look = NULL;
    checker->errand = NULL;
}

static void look_free(Look *look)
{
    update_news_free(look->news);
    g_free(look->path);
    g_free(look->branch);
    g_free(look);
}

static void done(void *data)
{
    Look *look = data;
    UpdateChecker *checker = look->checker;

    end(look);
    if (checker)
        checker->handler(look->news, checker->data);
    look_free(look);
}

bool update_checker_start(UpdateChecker *checker, const char *path, const char *branch)
{
    int ends[2];
    Look *look;

    if (checker->look || pipe2(ends, O_CLOEXEC) != 0)
        return false;

    look = g_new0(Look, 1);
    look->checker = checker;
    look->path = g_strdup(path);
    look->branch = g_strdup(branch);
    look->place = (RepositoryPlace){ .path = look->path,
                                     .branch = look->branch,
                                     .deadline_boot_ms = clock_boot_ms() + UPDATE_CHECK_MS,
                                     .cancel_fd = ends[0] };
    checker->cancel_fd = ends[1];
    checker->look = look;
    checker->errand = errand_try_start("update", work, done, look);
    if (checker->errand)
        return true;

    end(look);
    look_free(look);
    return false;
}

void update_checker_free(UpdateChecker *checker)
{
    if (!checker)
        return;

    if (checker->look) {
        checker->look->checker = NULL;
        close(checker->cancel_fd);
        errand_wait(checker->errand, END_WAIT_MS);
    }
    g_free(checker);
}
