#include "common/base/problem.h"

#include "common/base/banned.h"

G_DEFINE_QUARK(problem - quark, problem)
