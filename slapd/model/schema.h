#ifndef SLAPD_MODEL_SCHEMA_H
#define SLAPD_MODEL_SCHEMA_H

/*
 * The schema: an immutable set of syntaxes, matching rules, attribute types,
 * object classes and content rules (RFC 4512 4), built once by struct
 * schema_builder and then shared by all threads. Pointers into it live as long as it.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/bv.h"

struct arena;
struct errbuf;
struct schema;
struct schema_builder;
struct match_rule;

/* Where a definition came from. */
enum schema_origin {
	SCHEMA_BUILTIN, /* compiled in: not shown in cn=schema,cn=config, cannot be removed */
	SCHEMA_CONFIG,	/* slapd.conf or cn=config */
};

/* An LDAP syntax (RFC 4517 3.3). */
struct syntax {
	struct bv oid;
	struct bv desc;
	bool not_human_readable;   /* values transferred with ;binary or shown in base64:
				      X-NOT-HUMAN-READABLE */
	bool binary_transfer;	   /* X-BINARY-TRANSFER-REQUIRED: ;binary is accepted and added */
	bool hidden;		   /* not published in the subschema */
	const struct syntax *base; /* the built-in one it stands for (X-SUBST); NULL: itself */
	/* Returns 0 or ERR_SYNTAX. NULL validate accepts anything. */
	int (*validate)(const struct schema *s, struct bv value);
	/* The form stored and returned, when it differs (DN pretty form); NULL: as given. */
	int (*pretty)(const struct schema *s, struct arena *a, struct bv value, struct bv *out);
};

enum attr_usage {
	ATTR_USER_APPLICATIONS,
	ATTR_DIRECTORY_OPERATION,
	ATTR_DISTRIBUTED_OPERATION,
	ATTR_DSA_OPERATION,
};

struct attr_type {
	unsigned index; /* dense, 0 to schema_attr_count - 1, of this schema; UINT_MAX when
			   desc_for_stored made it up */
	struct bv oid;
	const struct bv *names; /* names[0] is the canonical one; the OID when it has none */
	size_t name_count;
	struct bv desc;
	const struct attr_type *sup;
	const struct match_rule *equality; /* inherited from sup when not given; NULL: none */
	const struct match_rule *ordering;
	const struct match_rule *substr;
	const struct match_rule *approx; /* follows from the equality rule; NULL: as equality */
	const struct syntax *syntax;	 /* never NULL, inherited */
	size_t bound; /* the {len} after the syntax; 0: none (advisory, RFC 4512 4.1.2) */
	bool single_value;
	bool collective;
	bool no_user_modification;
	bool obsolete;
	bool undefined; /* made up for a stored attribute whose definition is gone */
	bool hidden;	/* not published */
	enum attr_usage usage;
	enum schema_origin origin;
	struct bv definition; /* RFC 4512 text, canonical order, without origin extensions */
};

enum class_kind { CLASS_ABSTRACT, CLASS_STRUCTURAL, CLASS_AUXILIARY };

struct object_class {
	unsigned index;
	struct bv oid;
	const struct bv *names;
	size_t name_count;
	struct bv desc;
	const struct object_class *const *sups;
	size_t sup_count;
	const struct object_class *const *ancestors; /* all superclasses, each once */
	size_t ancestor_count;
	enum class_kind kind;
	const struct attr_type *const *must; /* own ones only, not inherited */
	size_t must_count;
	const struct attr_type *const *may;
	size_t may_count;
	bool obsolete;
	bool hidden;
	enum schema_origin origin;
	struct bv definition;
};

/* A DIT content rule (RFC 4512 4.1.6). */
struct content_rule {
	const struct object_class *structural;
	const struct bv *names;
	size_t name_count;
	const struct object_class *const *aux;
	size_t aux_count;
	const struct attr_type *const *must;
	size_t must_count;
	const struct attr_type *const *may;
	size_t may_count;
	const struct attr_type *const *not_allowed;
	size_t not_count;
	bool obsolete;
	enum schema_origin origin;
	struct bv definition;
};

/* ---- building ---- */

/* Returns a builder that holds the built-in definitions; memory of the schema comes from arena a.
 */
struct schema_builder *schema_builder_new(struct arena *a);

/* objectIdentifier macro: `name oid` or `name base:suffix`. 0, ERR_SYNTAX, ERR_EXISTS with text. */
int schema_add_oid_macro(struct schema_builder *b, struct bv name, struct bv oid, struct errbuf *e)
    __attribute__((warn_unused_result));

/*
 * Each takes the RFC 4512 description in parentheses (fields in any order, OID macros allowed, a
 * {n} ordering prefix not). 0; ERR_SYNTAX (what, and at which character); ERR_UNDEFINED (names the
 * unknown superior, rule, syntax, attribute); ERR_EXISTS (names the definition it clashes with; an
 * identical redefinition of the same OID is ERR_EXISTS too, as OpenLDAP's "Duplicate
 * attributeType").
 */
int schema_add_attr_type(struct schema_builder *b, struct bv text, struct errbuf *e)
    __attribute__((warn_unused_result));
int schema_add_object_class(struct schema_builder *b, struct bv text, struct errbuf *e)
    __attribute__((warn_unused_result));
int schema_add_syntax(struct schema_builder *b, struct bv text, struct errbuf *e)
    __attribute__((warn_unused_result));
int schema_add_content_rule(struct schema_builder *b, struct bv text, struct errbuf *e)
    __attribute__((warn_unused_result));

/* attributeoptions directive: an option ("lang-" with a trailing hyphen is a prefix). Default:
 * lang-. */
int schema_add_option(struct schema_builder *b, struct bv option, struct errbuf *e)
    __attribute__((warn_unused_result));
/* Forgets the default options, for the first attributeoptions directive. */
void schema_clear_options(struct schema_builder *b);

/* Ends building; the builder is gone. The schema lives as long as the arena. */
const struct schema *schema_build(struct schema_builder *b);

/* ---- looking up; names and OIDs in any ASCII case; NULL when there is none ---- */

/* Borrowed from the schema, which outlives its users. A content rule is found by its class. */
const struct attr_type *schema_attr_type(const struct schema *s, struct bv name_or_oid);
const struct object_class *schema_object_class(const struct schema *s, struct bv name_or_oid);
const struct syntax *schema_syntax(const struct schema *s, struct bv oid);
const struct match_rule *schema_match_rule(const struct schema *s, struct bv name_or_oid);
const struct content_rule *schema_content_rule(
    const struct schema *s, const struct object_class *oc);

/* All of a kind: index runs from 0 to the count - 1. */
size_t schema_attr_count(const struct schema *s);
const struct attr_type *schema_attr_at(const struct schema *s, size_t index);
size_t schema_class_count(const struct schema *s);
const struct object_class *schema_class_at(const struct schema *s, size_t index);
size_t schema_content_rule_count(const struct schema *s);
const struct content_rule *schema_content_rule_at(const struct schema *s, size_t index);

/* Returns whether option (without ';', any case) is one the server knows: lang-..., configured
 * ones. */
bool schema_knows_option(const struct schema *s, struct bv option);

/* Returns whether sub is sup or descends from it. */
bool schema_attr_is_a(const struct attr_type *sub, const struct attr_type *sup);
bool schema_class_is_a(const struct object_class *sub, const struct object_class *sup);

/* Attribute types and classes that the server itself uses; never NULL after schema_build. */
struct schema_known {
	const struct attr_type *object_class, *structural_object_class, *entry_dn, *entry_uuid,
	    *entry_csn, *context_csn, *creators_name, *create_timestamp, *modifiers_name,
	    *modify_timestamp, *has_subordinates, *num_subordinates, *subschema_subentry,
	    *aliased_object_name, *ref, *user_password, *shadow_last_change, *cn, *uid,
	    *governing_structure_rule, *collective_exclusions, *subtree_specification, *uid_number,
	    *gid_number;
	const struct object_class *top, *alias, *referral, *subentry, *extensible_object,
	    *dynamic_object;
};
const struct schema_known *schema_known(const struct schema *s);

/*
 * Appends the values of one cn=Subschema attribute ("attributeTypes", "objectClasses",
 * "ldapSyntaxes", "matchingRules", "matchingRuleUse", "dITContentRules") as a list in the arena, as
 * published.
 */
size_t schema_publish(
    const struct schema *s, struct arena *a, struct bv attribute, struct bv **values_out);

#endif
