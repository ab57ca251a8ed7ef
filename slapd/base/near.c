#include "base/near.h"

/*
 * Distance is the number of bytes to insert, remove or replace, ASCII case ignored.
 * Very short and very long words have no near ones; words below five bytes may
 * differ in one place, below eight in two, longer ones in three.
 */

enum { MAX_BYTES = 48 };

void
near_init(struct near *n, struct bv word)
{
	*n = (struct near){word, BV_NONE, 4};
	if (word.n < 8)
		n->limit = 3;
	if (word.n < 5)
		n->limit = 2;
	if (word.n < 3 || word.n > MAX_BYTES)
		n->limit = 0;
}

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static uint8_t
lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c;
}

static size_t
distance(struct bv a, struct bv b)
{
	size_t row[MAX_BYTES + 1];

	for (size_t j = 0; j <= b.n; j++)
		row[j] = j;
	for (size_t i = 1; i <= a.n; i++) {
		size_t diagonal = row[0];
		row[0] = i;
		for (size_t j = 1; j <= b.n; j++) {
			size_t above = row[j];
			size_t change = lower(a.p[i - 1]) == lower(b.p[j - 1]) ? 0 : 1;
			row[j] = least(least(above, row[j - 1]) + 1, diagonal + change);
			diagonal = above;
		}
	}
	return row[b.n];
}

void
near_try(struct near *n, struct bv name)
{
	if (n->limit == 0 || name.n > MAX_BYTES || name.n + n->limit <= n->word.n ||
	    n->word.n + n->limit <= name.n)
		return;
	size_t changes = distance(n->word, name);
	if (changes < n->limit) {
		n->limit = changes;
		n->best = name;
	}
}
