#include "common/net/http_library.h"

#include "common/base/problem.h"

#include <dlfcn.h>
#include <string.h>

#include "common/base/banned.h"

/* The name of its interface since 2006; a new one would be another library. */
#define FILE_NAME "libcurl.so.4"

static HttpLibrary library;
static bool is_loaded;

#define FIND(name) { "curl_" #name, offsetof(HttpLibrary, name) },
static const struct {
    const char *symbol;
    size_t offset;
} functions[] = { HTTP_LIBRARY_FUNCTIONS(FIND) };
#undef FIND

/* ISO C knows no way from an object's address to a function's; POSIX (dlsym) demands one. */
static void put_function(size_t offset, void *function)
{
    memcpy((char *)&library + offset, &function, sizeof(function));
}

static bool find_functions(void *handle, GError **error)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(functions); i++) {
        void *found = dlsym(handle, functions[i].symbol);

        if (!found) {
            g_set_error(error, PROBLEM, PROBLEM_MISSING, "%s has no %s", FILE_NAME,
                        functions[i].symbol);
            return false;
        }
        put_function(functions[i].offset, found);
    }

    return true;
}

bool http_library_load(GError **error)
{
    void *handle;

    if (is_loaded)
        return true;

    handle = dlopen(FILE_NAME, RTLD_NOW | RTLD_LOCAL);
    if (!handle) {
        g_set_error(error, PROBLEM, PROBLEM_MISSING, "libcurl is not installed: %s", dlerror());
        return false;
    }
    if (!find_functions(handle, error)) {
        dlclose(handle);
        return false;
    }
    library.global_init(CURL_GLOBAL_DEFAULT);
    is_loaded = true;

    return true;
}

const HttpLibrary *http_library(void)
{
    return &library;
}
