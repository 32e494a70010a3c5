# Compiles a catalogue into a constant table: awk -f compile.awk -v name=words_fr fr.po >fr.po.h
#
# Reads what agent1/words/fr.po uses of the format: comments, flags, msgid and msgstr in one or more
# quoted pieces. `%<PRId64>` is G_GINT64_FORMAT. Anything else, a fuzzy or an empty translation, and a
# text that stands twice end it with the file and the line.

function fail(line, what) {
    printf "%s:%d: %s\n", FILENAME, line, what > "/dev/stderr"
    failed = 1
    exit 1
}

# A piece between quotes, as C writes it: the escapes are the same.
function quoted(piece) {
    sub(/^[ \t]+/, "", piece)
    sub(/[ \t]+$/, "", piece)
    if (piece !~ /^"([^"\\]|\\["\\nt])*"$/)
        fail(FNR, "expected a text in quotes, with \\\", \\\\, \\n and \\t alone: " piece)
    return substr(piece, 2, length(piece) - 2)
}

function literal(text) {
    gsub(/%<PRId64>/, "%\" G_GINT64_FORMAT \"", text)
    gsub(/%<PRIu64>/, "%\" G_GUINT64_FORMAT \"", text)
    return "\"" text "\""
}

function finish() {
    if (part == "msgid")
        fail(begin, "a msgid without a msgstr")
    if (part == "msgstr" && id != "") {
        if (is_fuzzy)
            fail(begin, "a fuzzy translation: look at it, and take the mark away")
        if (translation == "")
            fail(begin, "an empty translation")
        if (id in line_of)
            fail(begin, "the same text as in line " line_of[id])
        line_of[id] = begin
        printf "    { %s,\n      %s },\n", literal(id), literal(translation)
        count++
    }
    if (part != "") {
        is_fuzzy = 0
        part = ""
    }
}

BEGIN {
    print "/* Made from a catalogue by agent1/words/compile.awk. */"
    print "static const struct {\n    const char *text;\n    const char *translation;"
    print "} " name "[] = {"
}

/^#,/ {
    finish()
    if ($0 ~ /fuzzy/)
        is_fuzzy = 1
    next
}
/^#~/ { fail(FNR, "an obsolete entry: take it away") }
/^#/ { next }
/^[ \t]*$/ { finish(); next }
/^msgid[ \t]/ {
    finish()
    part = "msgid"
    begin = FNR
    id = quoted(substr($0, 6))
    next
}
/^msgstr[ \t]/ {
    if (part != "msgid")
        fail(FNR, "a msgstr without a msgid")
    part = "msgstr"
    translation = quoted(substr($0, 7))
    next
}
/^[ \t]*"/ {
    if (part == "msgid")
        id = id quoted($0)
    else if (part == "msgstr")
        translation = translation quoted($0)
    else
        fail(FNR, "a text that belongs to nothing")
    next
}
{ fail(FNR, "not understood: " $0) }

END {
    if (!failed) {
        finish()
        if (!count)
            fail(FNR, "no texts")
    }
    if (failed)
        exit 1
    print "};"
}
