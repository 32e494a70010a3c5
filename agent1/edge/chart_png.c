#include "agent1/edge/chart_png.h"

#include "common/base/problem.h"

#include <dlfcn.h>
#include <png.h>
#include <stdbool.h>
#include <string.h>

#include "common/base/banned.h"

/* The name of its interface since 2013; a new one would be another library. */
#define FILE_NAME  "libpng16.so.16"
#define COLORS_MAX 256

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

/* The canvas by the numbers of its colors, a third of it. */
typedef struct Indexed {
    uint8_t map[COLORS_MAX][3];
    unsigned count;
    uint8_t *pixels;
} Indexed;

/* The number of a color, which is new perhaps; false: there are too many. */
static bool find_color(Indexed *indexed, GHashTable *numbers, const uint8_t *pixel, uint8_t *out)
{
    void *key = GUINT_TO_POINTER((guint)(pixel[0] << 16 | pixel[1] << 8 | pixel[2]));
    void *number;

    if (!g_hash_table_lookup_extended(numbers, key, NULL, &number)) {
        if (indexed->count == COLORS_MAX)
            return false;
        memcpy(indexed->map[indexed->count], pixel, 3);
        number = GUINT_TO_POINTER(indexed->count++);
        g_hash_table_insert(numbers, key, number);
    }
    *out = (uint8_t)GPOINTER_TO_UINT(number);
    return true;
}

/* False: it has more colors than a map holds. */
static bool index_canvas(const Canvas *canvas, Indexed *out)
{
    g_autoptr(GHashTable) numbers = g_hash_table_new(NULL, NULL);
    size_t count = (size_t)canvas->width * (size_t)canvas->height;
    size_t i;

    out->pixels = g_malloc(count);
    for (i = 0; i < count; i++) {
        if (!find_color(out, numbers, canvas->pixels + 3 * i, &out->pixels[i]))
            return false;
    }
    return true;
}

static GBytes *press(Write write, const Canvas *canvas, GError **error)
{
    Indexed indexed = { .count = 0 };
    bool is_indexed = index_canvas(canvas, &indexed);
    g_autofree uint8_t *numbers = indexed.pixels;
    png_image image = { .version = PNG_IMAGE_VERSION,
                        .width = (png_uint_32)canvas->width,
                        .height = (png_uint_32)canvas->height,
                        .format = is_indexed ? PNG_FORMAT_RGB_COLORMAP : PNG_FORMAT_RGB,
                        .colormap_entries = is_indexed ? indexed.count : 0 };
    png_alloc_size_t bytes = PNG_IMAGE_PNG_SIZE_MAX(image);
    g_autofree uint8_t *file = g_malloc(bytes);

    if (write(&image, file, &bytes, 0, is_indexed ? numbers : canvas->pixels, 0,
              is_indexed ? indexed.map : NULL))
        return g_bytes_new(file, bytes);
    g_set_error(error, PROBLEM, PROBLEM_INTERNAL, "libpng: %s", image.message);
    return NULL;
}

GBytes *chart_png(const Canvas *canvas, GError **error)
{
    GBytes *file;
    void *handle;
    Write write;

    if (!load(&handle, &write, error))
        return NULL;

    file = press(write, canvas, error);
    dlclose(handle);
    return file;
}
