#include "mail.h"

#include "source.h"
#include "text.h"

/*
 *     alias  = name ":" target *( "," target )
 *     target = address / "|command" / /file / :include:/file
 *
 * Targets are kept as they are written, quotation marks included, so that the
 * mail system which reads them from the directory sees what it saw in the file.
 * Commands, files and includes are pointed out: many mail systems refuse to run
 * what a directory tells them, and rightly.
 */

/* Returns the offset of sep outside quotation marks, or text.n; *open_out: a mark is not closed. */
static size_t
find_unquoted(struct bv text, uint8_t sep, bool *open_out)
{
	bool quoted = false;
	size_t i = 0;

	for (; i < text.n && (quoted || text.p[i] != sep); i++) {
		if (text.p[i] == '\\' && i + 1 < text.n)
			i++;
		else if (text.p[i] == '"')
			quoted = !quoted;
	}
	*open_out = quoted;
	return i;
}

struct bv
mail_target(struct bv *rest)
{
	bool open = false;

	if (rest->n == 0)
		return BV_NONE;
	size_t end = find_unquoted(*rest, ',', &open);
	struct bv target = bv_trim(bv_make(rest->p, end));
	*rest = bv_from(*rest, end < rest->n ? end + 1 : end);
	return open ? BV_LIT("") : target;
}

static struct bv
unquote(struct bv name)
{
	if (name.n >= 2 && name.p[0] == '"' && name.p[name.n - 1] == '"')
		return bv_trim(bv_make(name.p + 1, name.n - 2));
	return name;
}

static const char *
special(struct bv target)
{
	struct bv inner = unquote(target);

	if (inner.n > 0 && inner.p[0] == '|')
		return "runs a command";
	if (inner.n > 0 && inner.p[0] == '/')
		return "writes to a file";
	if (inner.n > 9 && bv_eq_nocase(bv_make(inner.p, 9), BV_LIT(":include:")))
		return "includes a file of the mail server";
	return NULL;
}

static void
add_target(struct migration *m, struct record *rec, struct bv name, struct bv target)
{
	const char *what = special(target);

	if (target.n == 0) {
		report_line(m->report, REPORT_PARTIAL, &rec->place, "empty target",
		    "\"%.*s\": nothing between two commas, or a quotation mark that is not closed",
		    BV(name));
		return;
	}
	if (!migration_value(m, rec, ATTR_RFC822MAILMEMBER, target) || what == NULL)
		return;
	report_line(m->report, REPORT_NOTE, &rec->place, what,
	    "\"%.*s\": %.*s %s: kept as it is; check that your mail server shall do that", BV(name),
	    BV(target), what);
}

static void
refuse(struct migration *m, const struct source_line *line, const char *reason)
{
	report_line(m->report, REPORT_REFUSED, &line->place, reason, "%s: \"%.*s\"", reason,
	    BV(line->text));
}

static void
read_line(struct migration *m, const struct source_line *line)
{
	struct record *rec = record_new(m->arena, &line->place);
	bool open = false;
	size_t colon = find_unquoted(line->text, ':', &open);
	struct bv name = unquote(bv_trim(bv_make(line->text.p, colon)));
	struct bv target;

	if (colon == line->text.n || name.n == 0) {
		refuse(m, line, "no \"name:\" at the start");
		return;
	}
	record_classes(rec, "nisMailAlias");
	record_add(rec, ATTR_CN, name);
	struct bv rest = bv_from(line->text, colon + 1);
	while ((target = mail_target(&rest)).p != NULL)
		add_target(m, rec, name, target);
	if (record_get(rec, ATTR_RFC822MAILMEMBER) == NULL)
		refuse(m, line, "no target that can be kept");
	else
		migration_add(m, rec, ATTR_CN);
}

int
mail_read_aliases(struct migration *m)
{
	struct source *source = NULL;
	struct source_line line;
	int rc = source_open(m, MAP_ALIASES, &source);

	if (rc != 0 || source == NULL)
		return rc;
	while (source_next(source, &line))
		read_line(m, &line);
	return source_close(&source);
}
