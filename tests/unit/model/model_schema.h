#ifndef TESTS_UNIT_MODEL_MODEL_SCHEMA_H
#define TESTS_UNIT_MODEL_MODEL_SCHEMA_H

/* A small schema for the tests of DNs, entries and filters: a few ordinary types and odd ones. */

#include <stdio.h>
#include <stdlib.h>
#include "base/arena.h"
#include "base/err.h"
#include "model/schema.h"

#define MS_DIRECTORY_STRING "SYNTAX 1.3.6.1.4.1.1466.115.121.1.15"
#define MS_IA5_STRING "SYNTAX 1.3.6.1.4.1.1466.115.121.1.26"

static const char *const model_schema_types[] = {
    "( 2.5.4.4 NAME ( 'sn' 'surname' ) SUP name )",
    "( 2.5.4.11 NAME ( 'ou' 'organizationalUnitName' ) SUP name )",
    "( 2.5.4.10 NAME ( 'o' 'organizationName' ) SUP name )",
    "( 2.5.4.7 NAME ( 'l' 'localityName' ) SUP name )",
    "( 2.5.4.8 NAME ( 'st' 'stateOrProvinceName' ) SUP name )",
    "( 2.5.4.9 NAME ( 'street' 'streetAddress' ) EQUALITY caseIgnoreMatch "
    "SUBSTR caseIgnoreSubstringsMatch " MS_DIRECTORY_STRING " )",
    "( 2.5.4.6 NAME ( 'c' 'countryName' ) SUP name SYNTAX 1.3.6.1.4.1.1466.115.121.1.11 "
    "SINGLE-VALUE )",
    "( 0.9.2342.19200300.100.1.25 NAME ( 'dc' 'domainComponent' ) EQUALITY caseIgnoreIA5Match "
    "SUBSTR caseIgnoreIA5SubstringsMatch " MS_IA5_STRING " SINGLE-VALUE )",
    "( 0.9.2342.19200300.100.1.3 NAME ( 'mail' 'rfc822Mailbox' ) EQUALITY caseIgnoreIA5Match "
    "SUBSTR caseIgnoreIA5SubstringsMatch " MS_IA5_STRING "{256} )",
    "( 2.5.4.20 NAME 'telephoneNumber' EQUALITY telephoneNumberMatch "
    "SUBSTR telephoneNumberSubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.50 )",
    "( 2.5.4.31 NAME 'member' SUP distinguishedName )",
    "( 0.9.2342.19200300.100.1.60 NAME 'jpegPhoto' SYNTAX 1.3.6.1.4.1.1466.115.121.1.28 )",
    "( 2.16.840.1.113730.3.1.241 NAME 'displayName' EQUALITY caseIgnoreMatch "
    "SUBSTR caseIgnoreSubstringsMatch " MS_DIRECTORY_STRING " SINGLE-VALUE )",
    "( 2.5.4.12 NAME 'title' SUP name )",
    "( 1.3.6.1.1.1.1.3 NAME 'homeDirectory' EQUALITY caseExactIA5Match " MS_IA5_STRING
    " SINGLE-VALUE )",
    "( 1.9.9 NAME 'tObsolete' OBSOLETE EQUALITY caseIgnoreMatch " MS_DIRECTORY_STRING " )",
    "( 1.9.10 NAME 'tCollective' EQUALITY caseIgnoreMatch " MS_DIRECTORY_STRING " COLLECTIVE )",
    "( 1.9.11 NAME 'tNoRule' " MS_DIRECTORY_STRING " )",
    "( 1.9.12 NAME 'tWanted' EQUALITY caseIgnoreMatch " MS_DIRECTORY_STRING " )",
};

static const char *const model_schema_classes[] = {
    "( 2.5.6.6 NAME 'person' SUP top STRUCTURAL MUST ( sn $ cn ) "
    "MAY ( userPassword $ telephoneNumber $ seeAlso $ description ) )",
    "( 2.5.6.7 NAME 'organizationalPerson' SUP person STRUCTURAL MAY ( title $ ou $ l ) )",
    "( 2.16.840.1.113730.3.2.2 NAME 'inetOrgPerson' SUP organizationalPerson STRUCTURAL "
    "MAY ( mail $ displayName $ jpegPhoto $ uid $ o ) )",
    "( 2.5.6.4 NAME 'organization' SUP top STRUCTURAL MUST o MAY ( l $ description ) )",
    "( 1.3.6.1.4.1.1466.344 NAME 'dcObject' SUP top AUXILIARY MUST dc )",
    "( 1.3.6.1.1.1.2.0 NAME 'posixAccount' SUP top AUXILIARY "
    "MUST ( cn $ uid $ uidNumber $ gidNumber $ homeDirectory ) )",
    "( 1.9.20 NAME 'ocObsolete' OBSOLETE SUP top AUXILIARY MAY tWanted )",
    "( 1.9.21 NAME 'ocAbstract' SUP top ABSTRACT MUST tWanted )",
    "( 1.9.22 NAME 'ocConcrete' SUP ocAbstract AUXILIARY )",
    "( 1.9.23 NAME 'ocAny' SUP top AUXILIARY "
    "MAY ( tWanted $ tObsolete $ tCollective $ tNoRule $ jpegPhoto $ mail ) )",
    "( 1.9.24 NAME 'ocRuled' SUP person STRUCTURAL )",
    "( 1.9.25 NAME 'ocPermitted' SUP top AUXILIARY MAY tWanted )",
    "( 1.9.27 NAME 'ocBoth' SUP ( person $ organization ) STRUCTURAL )",
};

static const char *const model_schema_rules[] = {
    "( 1.9.24 NAME 'crRuled' AUX ocPermitted MUST tWanted MAY title NOT telephoneNumber )",
};

static void
model_schema_must(int rc, const char *text, const struct errbuf *e)
{
	if (rc == 0)
		return;
	fprintf(stderr, "%s: %s\n", text, e->text);
	abort();
}

/* Builds the schema in the arena. */
static const struct schema *
model_schema(struct arena *a)
{
	struct schema_builder *b = schema_builder_new(a);
	struct errbuf e;

	for (size_t i = 0; i < sizeof(model_schema_types) / sizeof(char *); i++)
		model_schema_must(schema_add_attr_type(b, bv_str(model_schema_types[i]), &e),
		    model_schema_types[i], &e);
	for (size_t i = 0; i < sizeof(model_schema_classes) / sizeof(char *); i++)
		model_schema_must(schema_add_object_class(b, bv_str(model_schema_classes[i]), &e),
		    model_schema_classes[i], &e);
	for (size_t i = 0; i < sizeof(model_schema_rules) / sizeof(char *); i++)
		model_schema_must(schema_add_content_rule(b, bv_str(model_schema_rules[i]), &e),
		    model_schema_rules[i], &e);
	return schema_build(b);
}

#endif
