#include "agent1/edge/chart_letters.h"

#include <stdbool.h>
#include <string.h>

#include "common/base/banned.h"

/*
 * A letter is strokes with bars between, each of points with blanks between, each of two digits: x
 * from the left, y from the bottom. The baseline is at y = 2, small letters reach 6, capitals 8.
 */
#define BASELINE   2
#define CAPITAL    6.0 /* above the baseline */
#define GAP        1.7 /* between letters */
#define WEIGHT     0.11
#define SPACE      2.0
#define RAISED     2 /* accents on capitals */
#define EMPTY_BOX  "02 42 48 08 02"
#define ROUND      "12 03 07 18 38 47 43 32 12"
#define BOWL       "35 26 16 05 03 12 22 33"
#define RIGHT_BOWL "05 16 26 35 33 22 12 03"

static const struct {
    gunichar sign;
    const char *strokes;
} letters[] = {
    { '0', ROUND },
    { '1', "17 28 22" },
    { '2', "07 18 38 47 46 02 42" },
    { '3', "07 18 38 47 46 35 15|35 44 43 32 12 03" },
    { '4', "32 38 04 44" },
    { '5', "48 08 05 35 44 43 32 12 03" },
    { '6', "47 38 18 07 03 12 32 43 44 35 15 04" },
    { '7', "08 48 12" },
    { '8', "15 06 07 18 38 47 46 35 15 04 03 12 32 43 44 35" },
    { '9', "03 12 32 43 47 38 18 07 06 15 35 46" },
    { 'A', "02 28 42|14 34" },
    { 'B', "02 08 38 47 46 35 05|35 44 43 32 02" },
    { 'C', "47 38 18 07 03 12 32 43" },
    { 'D', "02 08 28 46 44 22 02" },
    { 'E', "48 08 02 42|05 35" },
    { 'F', "48 08 02|05 35" },
    { 'G', "47 38 18 07 03 12 32 43 45 25" },
    { 'H', "02 08|42 48|05 45" },
    { 'I', "02 08" },
    { 'J', "38 33 22 12 03" },
    { 'K', "02 08|48 04|15 42" },
    { 'L', "08 02 42" },
    { 'M', "02 08 25 48 42" },
    { 'N', "02 08 42 48" },
    { 'O', ROUND },
    { 'P', "02 08 38 47 46 35 05" },
    { 'Q', ROUND "|24 42" },
    { 'R', "02 08 38 47 46 35 05|25 42" },
    { 'S', "47 38 18 07 06 15 35 44 43 32 12 03" },
    { 'T', "08 48|28 22" },
    { 'U', "08 03 12 32 43 48" },
    { 'V', "08 22 48" },
    { 'W', "08 12 25 32 48" },
    { 'X', "02 48|08 42" },
    { 'Y', "08 25 48|25 22" },
    { 'Z', "08 48 02 42" },
    { 'a', BOWL "|36 32" },
    { 'b', "08 02|" RIGHT_BOWL },
    { 'c', BOWL },
    { 'd', "38 32|" BOWL },
    { 'e', "04 34 35 26 16 05 03 12 22 33" },
    { 'f', "28 17 12|06 26" },
    { 'g', "36 31 20 10 01|" BOWL },
    { 'h', "08 02|05 16 26 35 32" },
    { 'i', "06 02|08 08" },
    { 'j', "16 11 00|18 18" },
    { 'k', "08 02|36 03|14 32" },
    { 'l', "08 02" },
    { 'm', "06 02|05 16 25 22|25 36 45 42" },
    { 'n', "06 02|05 16 26 35 32" },
    { 'o', "16 05 03 12 22 33 35 26 16" },
    { 'p', "06 00|" RIGHT_BOWL },
    { 'q', "36 30|" BOWL },
    { 'r', "06 02|04 16 26" },
    { 's', "35 26 16 05 14 24 33 22 12 03" },
    { 't', "18 13 22|06 26" },
    { 'u', "06 03 12 22 33|36 32" },
    { 'v', "06 22 46" },
    { 'w', "06 12 25 32 46" },
    { 'x', "06 32|36 02" },
    { 'y', "06 22|46 10" },
    { 'z', "06 36 02 32" },
    { '-', "05 25" },
    { '_', "02 42" },
    { '+', "05 45|27 23" },
    { '/', "02 38" },
    { '.', "02 02" },
    { ',', "02 01" },
    { ':', "05 05|02 02" },
    { '\'', "08 07" },
    { '(', "18 06 04 12" },
    { ')', "08 16 14 02" },
    { '%', "02 48|08 08|42 42" },
    { 0x00B7, "05 05" },
};

/* Over a small letter that is three wide. */
static const struct {
    gunichar sign;
    const char *strokes;
} accents[] = {
    { 0x0301, "17 29" },       /* acute */
    { 0x0300, "19 27" },       /* grave */
    { 0x0302, "07 19 27" },    /* circumflex */
    { 0x0308, "07 07|27 27" }, /* diaeresis */
    { 0x0327, "12 21 10" },    /* cedilla */
};

static const char *find_accent(gunichar sign)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(accents); i++) {
        if (accents[i].sign == sign)
            return accents[i].strokes;
    }
    return NULL;
}

static const char *find_letter(gunichar sign)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(letters); i++) {
        if (letters[i].sign == sign)
            return letters[i].strokes;
    }
    return EMPTY_BOX;
}

static double letter_width(gunichar sign)
{
    int width = 0;

    if (find_accent(sign))
        return 0;
    if (sign == ' ')
        return SPACE + GAP;
    for (const char *at = find_letter(sign); *at; at += at[2] ? 3 : 2)
        width = MAX(width, at[0] - '0');
    return width + GAP;
}

/* Letters apart from their accents. The caller owns it. */
static char *split(const char *text)
{
    char *parts = g_utf8_normalize(text, -1, G_NORMALIZE_NFD);

    return parts ? parts : g_strdup("");
}

double letters_width(const char *text, double height)
{
    g_autofree char *parts = split(text);
    double width = -GAP;

    for (char *at = parts; *at; at = g_utf8_next_char(at))
        width += letter_width(g_utf8_get_char(at));
    return MAX(width, 0) * height / CAPITAL;
}

/* x, y: where the left end of the baseline is. */
typedef struct Pen {
    Canvas *canvas;
    double x;
    double y;
    double unit;
    Color color;
} Pen;

static void draw_strokes(const Pen *pen, const char *strokes, int raised)
{
    double x0 = 0;
    double y0 = 0;
    bool is_first = true;

    for (const char *at = strokes; *at; at += at[2] ? 3 : 2) {
        double x = pen->x + (at[0] - '0') * pen->unit;
        double y = pen->y - (at[1] - '0' - BASELINE + raised) * pen->unit;

        if (!is_first)
            canvas_stroke(pen->canvas, x0, y0, x, y, pen->unit * CAPITAL * WEIGHT, pen->color);
        x0 = x;
        y0 = y;
        is_first = at[2] == '|';
    }
}

void letters_draw(Canvas *canvas, const char *text, double x, double baseline, double height,
                  LettersPlace place, Color color)
{
    static const double shares[] = {
        [LETTERS_LEFT] = 0, [LETTERS_MIDDLE] = 0.5, [LETTERS_RIGHT] = 1
    };
    g_autofree char *parts = split(text);
    Pen pen = { .canvas = canvas,
                .x = x - letters_width(text, height) * shares[place],
                .y = baseline,
                .unit = height / CAPITAL,
                .color = color };
    double before = pen.x; /* where the letter that an accent belongs to begins */
    gunichar last = 0;

    for (char *at = parts; *at; at = g_utf8_next_char(at)) {
        gunichar sign = g_utf8_get_char(at);
        const char *accent = find_accent(sign);

        if (accent) {
            Pen above = pen;

            above.x = before;
            draw_strokes(&above, accent, g_unichar_isupper(last) && sign != 0x0327 ? RAISED : 0);
            continue;
        }
        if (sign != ' ')
            draw_strokes(&pen, find_letter(sign), 0);
        before = pen.x;
        last = sign;
        pen.x += letter_width(sign) * pen.unit;
    }
}
