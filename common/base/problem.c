#include "common/base/problem.h"

#include "common/base/limits.h"
#include "common/base/text.h"

#include "common/base/banned.h"

/* clang-format off */
G_DEFINE_QUARK(problem-quark, problem)
/* clang-format on */

void problem_set_expected(GError **error, Problem code, const char *found, const char *expected)
{
    g_autofree char *line = text_make_line(found, SHOWN_MAX_CHARS);

    g_set_error(error, PROBLEM, (gint)code, "\"%s\": expected %s", line, expected);
}
