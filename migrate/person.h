#ifndef MIGRATE_PERSON_H
#define MIGRATE_PERSON_H

/* The GECOS field: who an account belongs to. */

#include "migration.h"

/* The comma-separated parts of a GECOS field; parts that are not there are empty. */
struct person {
	struct bv whole;
	struct bv name; /* '&' replaced by the login name with a capital */
	struct bv room;
	struct bv work_phone;
	struct bv home_phone;
};

/* Splits gecos, in the arena where something must be made. */
struct person person_split(struct arena *arena, struct bv gecos, struct bv login);

/*
 * Adds cn, gecos and, when full is set, what inetOrgPerson holds (sn, givenName, mail, rooms and
 * telephones) to the account rec, whose uid is set.
 */
void person_fill(struct migration *m, struct record *rec, const struct person *person, bool full);

#endif
