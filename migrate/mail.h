#ifndef MIGRATE_MAIL_H
#define MIGRATE_MAIL_H

/* aliases: mail aliases as sendmail and Postfix read them, into nisMailAlias. */

#include "migration.h"

/* Reads aliases. Returns 0, or ERR_IO when the file cannot be read. */
int mail_read_aliases(struct migration *m) __attribute__((warn_unused_result));

/*
 * Takes the next target off *rest, up to a comma that is not inside quotation marks, without the
 * blanks around it. Returns the absent view at the end, and a present empty view where there is
 * nothing between two commas, or a quotation mark is not closed.
 */
struct bv mail_target(struct bv *rest);

#endif
