#include "tools/progress.h"

#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/clock.h"

enum { DRAW_EVERY_MS = 200, LOOK_EVERY = 64 /* entries between looks at the clock */ };

void
progress_init(struct progress *p, FILE *input, int64_t total, bool summary)
{
	struct stat st;

	*p = (struct progress){
	    .shown = isatty(STDERR_FILENO) == 1,
	    .summary = summary,
	    .input = input,
	    .total = total,
	    .started_ms = clock_mono_ms(),
	};
	if (input != NULL && fstat(fileno(input), &st) == 0 && S_ISREG(st.st_mode))
		p->total = st.st_size;
}

static int64_t
position(const struct progress *p)
{
	return p->input != NULL ? (int64_t)ftello(p->input) : (int64_t)p->entries;
}

static void
draw(struct progress *p, int64_t now_ms)
{
	int64_t spent_ms = now_ms - p->started_ms;
	int64_t at = position(p);
	uint64_t rate = spent_ms > 0 ? p->entries * 1000 / (uint64_t)spent_ms : 0;

	p->drawn_ms = now_ms;
	if (p->total <= 0 || at <= 0) {
		fprintf(stderr, "\r%" PRIu64 " entries, %" PRIu64 "/s   ", p->entries, rate);
		return;
	}
	int64_t left_s = (p->total > at ? p->total - at : 0) * spent_ms / at / 1000;
	fprintf(stderr,
	    "\r%3" PRId64 "%%  %" PRIu64 " entries, %" PRIu64 "/s, %" PRId64 ":%02" PRId64
	    " left   ",
	    at * 100 / p->total, p->entries, rate, left_s / 60, left_s % 60);
}

void
progress_set(struct progress *p, uint64_t entries)
{
	p->entries = entries;
	if (!p->shown)
		return;
	int64_t now_ms = clock_mono_ms();
	if (now_ms - p->drawn_ms >= DRAW_EVERY_MS)
		draw(p, now_ms);
}

void
progress_add(struct progress *p)
{
	if (p->shown && (p->entries + 1) % LOOK_EVERY == 0)
		progress_set(p, p->entries + 1);
	else
		p->entries++;
}

void
progress_done(struct progress *p)
{
	int64_t spent_ms = clock_mono_ms() - p->started_ms;

	if (p->shown)
		fprintf(stderr, "\r%60s\r", "");
	if (!p->summary)
		return;
	fprintf(stderr, "%" PRIu64 " entries in %" PRId64 ".%03" PRId64 " s, %" PRIu64 "/s\n",
	    p->entries, spent_ms / 1000, spent_ms % 1000,
	    spent_ms > 0 ? p->entries * 1000 / (uint64_t)spent_ms : p->entries * 1000);
}
