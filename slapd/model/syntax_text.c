#include "syntax_text.h"

#include "base/err.h"
#include "model/prep.h"

/*
 * Character-string syntaxes (RFC 4517 3.3, RFC 2307 2.4, RFC 3112). Every check
 * is one pass over the bytes. Where deployed data is looser than the RFC and
 * meaning does not suffer, the looser form is taken: empty IA5 strings, empty
 * lines of a postal address, underscores in names.
 */

static bool
is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool
is_alpha(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool
syntax_text_is_printable(uint8_t c)
{
	return is_alpha(c) || is_digit(c) || (c != 0 && strchr("'()+,-./:?= ", c) != NULL);
}

bool
syntax_text_is_descr(struct bv v)
{
	if (v.n == 0 || !is_alpha(v.p[0]))
		return false;
	for (size_t i = 1; i < v.n; i++) {
		uint8_t c = v.p[i];
		if (!is_alpha(c) && !is_digit(c) && c != '-' && c != '_')
			return false;
	}
	return true;
}

struct bv
syntax_text_cut(struct bv *rest, uint8_t sep)
{
	size_t at = bv_find(*rest, 0, sep);
	struct bv piece = {rest->p, at};

	*rest = at < rest->n ? bv_from(*rest, at + 1) : BV_NONE;
	return piece;
}

/* number = DIGIT / ( LDIGIT 1*DIGIT ) */
static bool
is_number(struct bv v)
{
	if (v.n == 0 || (v.n > 1 && v.p[0] == '0'))
		return false;
	for (size_t i = 0; i < v.n; i++) {
		if (!is_digit(v.p[i]))
			return false;
	}
	return true;
}

/* numericoid = number 1*( DOT number ) */
bool
syntax_text_is_oid(struct bv v)
{
	struct bv rest = v;

	if (v.n == 0 || bv_find(v, 0, '.') == v.n)
		return false;
	while (rest.p != NULL) {
		if (!is_number(syntax_text_cut(&rest, '.')))
			return false;
	}
	return true;
}

int
syntax_text_never(const struct schema *s, struct bv v)
{
	(void)s;
	(void)v;
	return ERR_SYNTAX;
}

int
syntax_text_utf8(const struct schema *s, struct bv v)
{
	(void)s;
	return prep_is_utf8(v) ? 0 : ERR_SYNTAX;
}

int
syntax_text_directory(const struct schema *s, struct bv v)
{
	return v.n == 0 ? ERR_SYNTAX : syntax_text_utf8(s, v);
}

int
syntax_text_ia5(const struct schema *s, struct bv v)
{
	(void)s;
	for (size_t i = 0; i < v.n; i++) {
		if (v.p[i] >= 0x80)
			return ERR_SYNTAX;
	}
	return 0;
}

int
syntax_text_printable(const struct schema *s, struct bv v)
{
	(void)s;
	for (size_t i = 0; i < v.n; i++) {
		if (!syntax_text_is_printable(v.p[i]))
			return ERR_SYNTAX;
	}
	return v.n == 0 ? ERR_SYNTAX : 0;
}

int
syntax_text_numeric(const struct schema *s, struct bv v)
{
	(void)s;
	for (size_t i = 0; i < v.n; i++) {
		if (!is_digit(v.p[i]) && v.p[i] != ' ')
			return ERR_SYNTAX;
	}
	return v.n == 0 ? ERR_SYNTAX : 0;
}

int
syntax_text_country(const struct schema *s, struct bv v)
{
	return v.n == 2 ? syntax_text_printable(s, v) : ERR_SYNTAX;
}

int
syntax_text_boolean(const struct schema *s, struct bv v)
{
	(void)s;
	return bv_eq(v, BV_LIT("TRUE")) || bv_eq(v, BV_LIT("FALSE")) ? 0 : ERR_SYNTAX;
}

/* Integer = ( HYPHEN LDIGIT *DIGIT ) / number */
int
syntax_text_integer(const struct schema *s, struct bv v)
{
	(void)s;
	if (v.n > 1 && v.p[0] == '-') {
		v = bv_from(v, 1);
		if (v.p[0] == '0')
			return ERR_SYNTAX;
	}
	return is_number(v) ? 0 : ERR_SYNTAX;
}

/* BitString = SQUOTE *binary-digit SQUOTE "B" */
int
syntax_text_bits(const struct schema *s, struct bv v)
{
	(void)s;
	if (v.n < 3 || v.p[0] != '\'' || v.p[v.n - 2] != '\'' || v.p[v.n - 1] != 'B')
		return ERR_SYNTAX;
	for (size_t i = 1; i < v.n - 2; i++) {
		if (v.p[i] != '0' && v.p[i] != '1')
			return ERR_SYNTAX;
	}
	return 0;
}

int
syntax_text_oid(const struct schema *s, struct bv v)
{
	(void)s;
	return syntax_text_is_descr(v) || syntax_text_is_oid(v) ? 0 : ERR_SYNTAX;
}

/* PostalAddress = line *( DOLLAR line ); a backslash begins \24 or \5C */
int
syntax_text_postal(const struct schema *s, struct bv v)
{
	for (size_t i = bv_find(v, 0, '\\'); i < v.n; i = bv_find(v, i + 3, '\\')) {
		struct bv code;
		if (v.n - i < 3)
			return ERR_SYNTAX;
		code = (struct bv){v.p + i + 1, 2};
		if (!bv_is(code, "24") && !bv_is(code, "5C"))
			return ERR_SYNTAX;
	}
	return syntax_text_directory(s, v);
}

static bool
is_one_of(struct bv v, const char *const *words)
{
	for (; *words != NULL; words++) {
		if (bv_is(v, *words))
			return true;
	}
	return false;
}

/* fax-number = telephone-number *( DOLLAR fax-parameter ); parameters are not checked by name */
int
syntax_text_fax_number(const struct schema *s, struct bv v)
{
	do {
		if (syntax_text_printable(s, syntax_text_cut(&v, '$')) != 0)
			return ERR_SYNTAX;
	} while (v.p != NULL);
	return 0;
}

/* telex-number = actual-number DOLLAR country-code DOLLAR answerback; old data has the first only
 */
int
syntax_text_telex(const struct schema *s, struct bv v)
{
	return syntax_text_fax_number(s, v);
}

/* DeliveryMethod = pdm *( WSP DOLLAR WSP pdm ) */
int
syntax_text_delivery(const struct schema *s, struct bv v)
{
	static const char *const METHODS[] = {"any", "mhs", "physical", "telex", "teletex", "g3fax",
	    "g4fax", "ia5", "videotex", "telephone", NULL};

	(void)s;
	if (v.n == 0)
		return ERR_SYNTAX;
	while (v.p != NULL) {
		if (!is_one_of(bv_trim(syntax_text_cut(&v, '$')), METHODS))
			return ERR_SYNTAX;
	}
	return 0;
}

/* OtherMailbox = mailbox-type DOLLAR mailbox; old data has the mailbox only */
int
syntax_text_mailbox(const struct schema *s, struct bv v)
{
	struct bv type = syntax_text_cut(&v, '$');

	if (v.p == NULL)
		return type.n == 0 ? ERR_SYNTAX : syntax_text_ia5(s, type);
	return syntax_text_printable(s, type) == 0 ? syntax_text_ia5(s, v) : ERR_SYNTAX;
}

/* One field of a netgroup triple: printable ASCII without the triple's own punctuation. */
static bool
is_netgroup_field(struct bv v)
{
	for (size_t i = 0; i < v.n; i++) {
		if (v.p[i] < ' ' || v.p[i] > '~' || v.p[i] == '(' || v.p[i] == ')')
			return false;
	}
	return true;
}

/* nisnetgrouptriple = "(" hostname "," username "," domainname ")", each may be empty or "-" */
int
syntax_text_netgroup(const struct schema *s, struct bv v)
{
	int fields = 0;

	(void)s;
	if (v.n < 4 || v.p[0] != '(' || v.p[v.n - 1] != ')')
		return ERR_SYNTAX;
	v = (struct bv){v.p + 1, v.n - 2};
	while (v.p != NULL) {
		if (!is_netgroup_field(syntax_text_cut(&v, ',')))
			return ERR_SYNTAX;
		fields++;
	}
	return fields == 3 ? 0 : ERR_SYNTAX;
}

/* bootparameter = key "=" server ":" path; server and path may be empty */
int
syntax_text_boot_parameter(const struct schema *s, struct bv v)
{
	struct bv key = syntax_text_cut(&v, '=');
	struct bv server;

	if (v.p == NULL || key.n == 0 || syntax_text_ia5(s, key) != 0)
		return ERR_SYNTAX;
	server = syntax_text_cut(&v, ':');
	if (v.p == NULL || syntax_text_ia5(s, server) != 0)
		return ERR_SYNTAX;
	return syntax_text_ia5(s, v);
}

static int
enclosed(struct bv v, uint8_t open, uint8_t close)
{
	v = bv_trim(v);
	if (v.n < 2 || v.p[0] != open || v.p[v.n - 1] != close)
		return ERR_SYNTAX;
	return prep_is_utf8(v) ? 0 : ERR_SYNTAX;
}

int
syntax_text_parens(const struct schema *s, struct bv v)
{
	(void)s;
	return enclosed(v, '(', ')');
}

int
syntax_text_braces(const struct schema *s, struct bv v)
{
	(void)s;
	return enclosed(v, '{', '}');
}

/* authPasswordValue = scheme "$" [ authInfo ] "$" authValue */
int
syntax_text_auth_password(const struct schema *s, struct bv v)
{
	struct bv scheme = bv_trim(syntax_text_cut(&v, '$'));
	struct bv info, value;

	if (v.p == NULL || scheme.n == 0 || syntax_text_printable(s, scheme) != 0)
		return ERR_SYNTAX;
	info = bv_trim(syntax_text_cut(&v, '$'));
	value = bv_trim(v);
	if (v.p == NULL || value.n == 0 || bv_find(value, 0, '$') < value.n)
		return ERR_SYNTAX;
	return syntax_text_ia5(s, info) == 0 ? syntax_text_ia5(s, value) : ERR_SYNTAX;
}
