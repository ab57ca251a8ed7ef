#include "ldifout.h"

/*
 *     attrval-spec = AttributeDescription (":" FILL SAFE-STRING / "::" FILL BASE64-STRING)
 *
 * A value is safe when it is ASCII without NUL, CR and LF and does not start with
 * a space, a colon or a less-than sign; one that ends in a space is encoded too, since
 * editors take such spaces off.
 */

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

struct folder {
	FILE *out;
	size_t wrap;
	size_t column;
};

static void
put(struct folder *f, char c)
{
	if (f->wrap > 1 && f->column == f->wrap) {
		fputs("\n ", f->out);
		f->column = 1;
	}
	putc_unlocked(c, f->out);
	f->column++;
}

static void
put_text(struct folder *f, struct bv text)
{
	for (size_t i = 0; i < text.n; i++)
		put(f, (char)text.p[i]);
}

static bool
is_safe(struct bv value)
{
	if (value.n == 0)
		return true;
	if (value.p[0] == ' ' || value.p[0] == ':' || value.p[0] == '<')
		return false;
	for (size_t i = 0; i < value.n; i++) {
		uint8_t c = value.p[i];

		if (c == 0 || c == '\r' || c == '\n' || c > 127)
			return false;
	}
	return value.p[value.n - 1] != ' ';
}

static void
put_base64(struct folder *f, struct bv value)
{
	for (size_t i = 0; i < value.n; i += 3) {
		size_t left = value.n - i;
		unsigned bits = (unsigned)value.p[i] << 16;

		bits |= left > 1 ? (unsigned)value.p[i + 1] << 8 : 0;
		bits |= left > 2 ? value.p[i + 2] : 0;
		put(f, digits[bits >> 18]);
		put(f, digits[bits >> 12 & 63]);
		put(f, left > 1 ? digits[bits >> 6 & 63] : '=');
		put(f, left > 2 ? digits[bits & 63] : '=');
	}
}

void
ldifout_value(FILE *out, const char *name, struct bv value, size_t wrap)
{
	struct folder f = {out, wrap, 0};
	bool safe = is_safe(value);

	put_text(&f, bv_str(name));
	put_text(&f, safe ? BV_LIT(": ") : BV_LIT(":: "));
	if (safe)
		put_text(&f, value);
	else
		put_base64(&f, value);
	putc_unlocked('\n', out);
}

void
ldifout_record(FILE *out, const struct record *rec, size_t wrap)
{
	ldifout_value(out, "dn", rec->dn, wrap);
	for (const struct record_attr *attr = rec->attrs; attr != NULL; attr = attr->next) {
		for (size_t i = 0; i < attr->count; i++)
			ldifout_value(out, attr->name, attr->values[i], wrap);
	}
	putc_unlocked('\n', out);
}

static bool
read_base64(struct arena *arena, struct bv text, struct bv *out)
{
	uint8_t *bytes = arena_alloc(arena, text.n + 1);
	size_t n = 0, pad = 0;
	unsigned bits = 0;

	if (text.n % 4 != 0)
		return false;
	for (size_t i = 0; i < text.n; i++) {
		uint8_t c = text.p[i];
		const char *digit = c == '=' || c == 0 ? NULL : strchr(digits, c);

		if ((digit == NULL && c != '=') || (digit != NULL && pad > 0))
			return false;
		pad += c == '=';
		bits = bits << 6 | (digit == NULL ? 0 : (unsigned)(digit - digits));
		if (i % 4 != 3)
			continue;
		bytes[n++] = (uint8_t)(bits >> 16);
		bytes[n++] = (uint8_t)(bits >> 8);
		bytes[n++] = (uint8_t)bits;
	}
	if (pad > 2)
		return false;
	n -= pad;
	bytes[n] = 0;
	*out = bv_make(bytes, n);
	return true;
}

bool
ldifout_read(struct arena *arena, struct bv line, struct bv *name_out, struct bv *value_out)
{
	size_t colon = bv_find(line, 0, ':');
	struct bv rest = bv_from(line, colon);

	if (colon == 0 || rest.n < 2)
		return false;
	if (rest.n >= 3 && memcmp(rest.p, ":: ", 3) == 0) {
		if (!read_base64(arena, bv_from(rest, 3), value_out))
			return false;
	} else if (rest.p[1] == ' ') {
		*value_out = bv_from(rest, 2);
	} else {
		return false;
	}
	*name_out = bv_make(line.p, colon);
	return true;
}
