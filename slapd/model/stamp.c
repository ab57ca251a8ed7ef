#include "stamp.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include "base/err.h"

/*
 * Times are read field by field into struct moment, brought to UTC by minutes (so
 * that a leap second stays what it is) and written again. Fractions of hours and
 * minutes become whole seconds when they divide evenly and are cut to the second
 * otherwise; fractions of seconds keep every digit.
 */

struct moment {
	int year, month, day, hour, minute, second;
	char fraction[STAMP_FRACTION_DIGITS]; /* of a second */
	size_t fraction_n;
};

static bool
is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

/* Reads count digits off *v into *out when they are there and within min to max. */
static bool
take(struct bv *v, size_t count, int min, int max, int *out)
{
	int n = 0;

	if (v->n < count)
		return false;
	for (size_t i = 0; i < count; i++) {
		if (!is_digit(v->p[i]))
			return false;
		n = n * 10 + (v->p[i] - '0');
	}
	if (n < min || n > max)
		return false;
	*v = bv_from(*v, count);
	*out = n;
	return true;
}

static int
days_in_month(int year, int month)
{
	static const int DAYS[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return month == 2 && leap ? 29 : DAYS[month - 1];
}

static bool
take_date(struct bv *v, struct moment *m)
{
	return take(v, 4, 0, 9999, &m->year) && take(v, 2, 1, 12, &m->month) &&
	       take(v, 2, 1, days_in_month(m->year, m->month), &m->day);
}

static void
step_day(struct moment *m, int by)
{
	m->day += by;
	if (m->day < 1) {
		m->month--;
		if (m->month < 1) {
			m->month = 12;
			m->year--;
		}
		m->day = days_in_month(m->year, m->month);
	} else if (m->day > days_in_month(m->year, m->month)) {
		m->day = 1;
		m->month++;
		if (m->month > 12) {
			m->month = 1;
			m->year++;
		}
	}
}

/* Adds minutes (less than two days of them); false when the year leaves 0 to 9999. */
static bool
add_minutes(struct moment *m, int minutes)
{
	int total = m->hour * 60 + m->minute + minutes;

	while (total < 0) {
		total += 24 * 60;
		step_day(m, -1);
	}
	while (total >= 24 * 60) {
		total -= 24 * 60;
		step_day(m, 1);
	}
	m->hour = total / 60;
	m->minute = total % 60;
	return m->year >= 0 && m->year <= 9999;
}

/* g-differential = ( MINUS / PLUS ) hour [ minute ], or "Z"; must fill *v */
static bool
take_zone(struct bv *v, struct moment *m)
{
	int hour, minute = 0;
	bool east;

	if (v->n == 1 && v->p[0] == 'Z')
		return true;
	if (v->n != 3 && v->n != 5)
		return false;
	if (v->p[0] != '+' && v->p[0] != '-')
		return false;
	east = v->p[0] == '+';
	*v = bv_from(*v, 1);
	if (!take(v, 2, 0, 23, &hour) || (v->n > 0 && !take(v, 2, 0, 59, &minute)))
		return false;
	minute += hour * 60;
	return add_minutes(m, east ? -minute : minute);
}

/* Turns a fraction of unit_s seconds (3600 or 60) into minutes and whole seconds. */
static void
spread_fraction(struct moment *m, struct bv digits, int unit_s)
{
	uint64_t numerator = 0, denominator = 1, seconds;

	for (size_t i = 0; i < digits.n && i < 12; i++) {
		numerator = numerator * 10 + (uint64_t)(digits.p[i] - '0');
		denominator *= 10;
	}
	seconds = numerator * (uint64_t)unit_s / denominator;
	m->minute += (int)(seconds / 60);
	m->second += (int)(seconds % 60);
}

/* fraction = ( DOT / COMMA ) 1*( %x30-39 ), of a unit of unit_s seconds */
static bool
take_fraction(struct bv *v, struct moment *m, int unit_s)
{
	struct bv digits = bv_from(*v, 1);
	size_t n = 0;

	while (n < digits.n && is_digit(digits.p[n]))
		n++;
	if (n == 0 || n > STAMP_FRACTION_DIGITS)
		return false;
	*v = bv_from(digits, n);
	digits.n = n;
	while (digits.n > 0 && digits.p[digits.n - 1] == '0')
		digits.n--;
	if (unit_s > 1) {
		spread_fraction(m, digits, unit_s);
	} else if (digits.n > 0) {
		memcpy(m->fraction, digits.p, digits.n);
		m->fraction_n = digits.n;
	}
	return true;
}

static bool
has_digit(struct bv v)
{
	return v.n > 0 && is_digit(v.p[0]);
}

/* [ minute [ second / leap-second ] ] [ fraction ] g-time-zone */
static bool
take_rest(struct bv *v, struct moment *m)
{
	int unit_s = 3600;

	if (has_digit(*v)) {
		if (!take(v, 2, 0, 59, &m->minute))
			return false;
		unit_s = 60;
	}
	if (unit_s == 60 && has_digit(*v)) {
		if (!take(v, 2, 0, 60, &m->second))
			return false;
		unit_s = 1;
	}
	if (v->n > 0 && (v->p[0] == '.' || v->p[0] == ',') && !take_fraction(v, m, unit_s))
		return false;
	return take_zone(v, m);
}

static size_t
put_digits(char *out, int value, size_t count)
{
	for (size_t i = count; i-- > 0; value /= 10)
		out[i] = (char)('0' + value % 10);
	return count;
}

static size_t
put_moment(char *out, const struct moment *m)
{
	size_t n = put_digits(out, m->year, 4);

	n += put_digits(out + n, m->month, 2);
	n += put_digits(out + n, m->day, 2);
	n += put_digits(out + n, m->hour, 2);
	n += put_digits(out + n, m->minute, 2);
	n += put_digits(out + n, m->second, 2);
	return n;
}

/* GeneralizedTime = century year month day hour [...] g-time-zone */
int
stamp_time(struct bv value, char out[STAMP_TIME_BYTES], size_t *n_out)
{
	struct moment m = {0};
	size_t n;

	if (!take_date(&value, &m) || !take(&value, 2, 0, 23, &m.hour) || !take_rest(&value, &m))
		return ERR_SYNTAX;
	n = put_moment(out, &m);
	if (m.fraction_n > 0) {
		out[n++] = '.';
		memcpy(out + n, m.fraction, m.fraction_n);
		n += m.fraction_n;
	}
	out[n++] = 'Z';
	*n_out = n;
	return 0;
}

int
stamp_check_time(const struct schema *s, struct bv v)
{
	char out[STAMP_TIME_BYTES];
	size_t n;

	(void)s;
	return stamp_time(v, out, &n);
}

/* UTCTime = year month day hour minute [ second ] [ u-time-zone ], the zone Z or a differential */
int
stamp_check_utc_time(const struct schema *s, struct bv v)
{
	struct moment m = {0};
	int year;

	(void)s;
	if (!take(&v, 2, 0, 99, &year))
		return ERR_SYNTAX;
	m.year = year < 50 ? 2000 + year : 1900 + year;
	if (!take(&v, 2, 1, 12, &m.month) ||
	    !take(&v, 2, 1, days_in_month(m.year, m.month), &m.day) ||
	    !take(&v, 2, 0, 23, &m.hour) || !take(&v, 2, 0, 59, &m.minute))
		return ERR_SYNTAX;
	if (has_digit(v) && !take(&v, 2, 0, 59, &m.second))
		return ERR_SYNTAX;
	return v.n == 0 || take_zone(&v, &m) ? 0 : ERR_SYNTAX;
}

static int
hex_value(uint8_t c)
{
	if (is_digit(c))
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Reads "#" and from min to max hex digits off *v into out, padded on the left with zeros to max.
 */
static bool
take_hex(struct bv *v, size_t min, size_t max, char *out)
{
	size_t n = 0;

	if (v->n < 1 + min || v->p[0] != '#')
		return false;
	*v = bv_from(*v, 1);
	while (n < v->n && hex_value(v->p[n]) >= 0)
		n++;
	if (n < min || n > max)
		return false;
	memset(out, '0', max);
	for (size_t i = 0; i < n; i++)
		out[max - n + i] = "0123456789abcdef"[hex_value(v->p[i])];
	*v = bv_from(*v, n);
	return true;
}

/* csn = YYYYmmddHHMMSS [ "." 6DIGIT ] "Z#" 6hex "#" 2*3hex "#" 6hex */
int
stamp_csn(struct bv value, char out[STAMP_CSN_BYTES])
{
	struct moment m = {0};
	char count[6], sid[3], mod[6];
	int micros = 0;

	if (!take_date(&value, &m) || !take(&value, 2, 0, 23, &m.hour) ||
	    !take(&value, 2, 0, 59, &m.minute) || !take(&value, 2, 0, 60, &m.second))
		return ERR_SYNTAX;
	if (value.n > 0 && value.p[0] == '.') {
		value = bv_from(value, 1);
		if (!take(&value, 6, 0, 999999, &micros))
			return ERR_SYNTAX;
	}
	if (value.n == 0 || value.p[0] != 'Z')
		return ERR_SYNTAX;
	value = bv_from(value, 1);
	if (!take_hex(&value, 6, 6, count) || !take_hex(&value, 2, 3, sid) ||
	    !take_hex(&value, 6, 6, mod) || value.n != 0)
		return ERR_SYNTAX;
	put_moment(out, &m);
	out[14] = '.';
	put_digits(out + 15, micros, 6);
	memcpy(out + 21, "Z#", 2);
	memcpy(out + 23, count, 6);
	out[29] = '#';
	memcpy(out + 30, sid, 3);
	out[33] = '#';
	memcpy(out + 34, mod, 6);
	return 0;
}

int
stamp_check_csn(const struct schema *s, struct bv v)
{
	char out[STAMP_CSN_BYTES];

	(void)s;
	return stamp_csn(v, out);
}

int
stamp_sid(struct bv value, char out[3])
{
	if (value.n < 1 || value.n > 3)
		return ERR_SYNTAX;
	for (size_t i = 0; i < value.n; i++) {
		if (hex_value(value.p[i]) < 0)
			return ERR_SYNTAX;
	}
	memset(out, '0', 3);
	for (size_t i = 0; i < value.n; i++)
		out[3 - value.n + i] = "0123456789abcdef"[hex_value(value.p[i])];
	return 0;
}

int
stamp_check_sid(const struct schema *s, struct bv v)
{
	char out[3];

	(void)s;
	return stamp_sid(v, out);
}

/* UUID = 8hex "-" 4hex "-" 4hex "-" 4hex "-" 12hex */
int
stamp_uuid(struct bv value, uint8_t out[STAMP_UUID_BYTES])
{
	size_t n = 0;

	if (value.n != 36)
		return ERR_SYNTAX;
	for (size_t i = 0; i < 36; i++) {
		int high, low;
		if (i == 8 || i == 13 || i == 18 || i == 23) {
			if (value.p[i] != '-')
				return ERR_SYNTAX;
			continue;
		}
		high = hex_value(value.p[i]);
		low = hex_value(value.p[++i]);
		if (high < 0 || low < 0)
			return ERR_SYNTAX;
		out[n++] = (uint8_t)(high << 4 | low);
	}
	return 0;
}

int
stamp_check_uuid(const struct schema *s, struct bv v)
{
	uint8_t out[STAMP_UUID_BYTES];

	(void)s;
	return stamp_uuid(v, out);
}
