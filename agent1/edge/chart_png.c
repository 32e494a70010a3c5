#include "agent1/edge/chart_png.h"

#include "common/base/problem.h"

#include <dlfcn.h>
#include <png.h>
#include <stdbool.h>
#include <string.h>

#include "common/base/banned.h"

/* The name of its interface since 2013; a new one would be another library. */
#define FILE_NAME "libpng16.so.16"

typedef int (*Write)(png_imagep image, void *memory, png_alloc_size_t *bytes, int to_8_bit,
                     const void *pixels, png_int_32 row_stride, const void *colormap);

/* ISO C knows no way from an object's address to a function's; POSIX (dlsym) demands one. */
static void put_function(Write *place, void *function)
{
    memcpy(place, &function, sizeof(function));
}

static bool load(void **out_handle, Write *out_write, GError **error)
{
    void *handle = dlopen(FILE_NAME, RTLD_NOW | RTLD_LOCAL);
    void *found = handle ? dlsym(handle, "png_image_write_to_memory") : NULL;

    if (!found) {
        g_set_error(error, PROBLEM, PROBLEM_MISSING, "libpng is not installed");
        if (handle)
            dlclose(handle);
        return false;
    }
    put_function(out_write, found);
    *out_handle = handle;
    return true;
}

GBytes *chart_png(const Canvas *canvas, GError **error)
{
    png_image image = { .version = PNG_IMAGE_VERSION,
                        .width = (png_uint_32)canvas->width,
                        .height = (png_uint_32)canvas->height,
                        .format = PNG_FORMAT_RGB };
    png_alloc_size_t bytes = PNG_IMAGE_PNG_SIZE_MAX(image);
    g_autofree uint8_t *file = NULL;
    void *handle;
    Write write;

    if (!load(&handle, &write, error))
        return NULL;

    file = g_malloc(bytes);
    if (!write(&image, file, &bytes, 0, canvas->pixels, 0, NULL)) {
        g_set_error(error, PROBLEM, PROBLEM_INTERNAL, "libpng: %s", image.message);
        bytes = 0;
    }
    dlclose(handle);
    return bytes > 0 ? g_bytes_new(file, bytes) : NULL;
}
