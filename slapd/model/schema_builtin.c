#include "schema_builtin.h"

#include <assert.h>
#include <stdbool.h>
#include "base/err.h"
#include "model/schema_impl.h"

/*
 * What the server knows before any schema file is read, as descriptions in the
 * order of publication: the operational attributes, and those user attributes and
 * classes that stock schema files expect to find. A hidden row can be used but is
 * not published. The descriptions go through the ordinary parser.
 */

/* clang-format off */
struct row {
	bool hidden;
	const char *text;
};

static const struct row ATTRS[] = {
	{false, "( 2.5.4.0 NAME 'objectClass' DESC 'Classes of which this entry is a member' "
	    "EQUALITY objectIdentifierMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.38 )"},
	{false, "( 2.5.21.9 NAME 'structuralObjectClass' DESC 'The one structural class that "
	    "shapes this entry' EQUALITY objectIdentifierMatch SYNTAX "
	    "1.3.6.1.4.1.1466.115.121.1.38 SINGLE-VALUE NO-USER-MODIFICATION USAGE "
	    "directoryOperation )"},
	{false, "( 2.5.18.1 NAME 'createTimestamp' DESC 'When the entry was added' EQUALITY "
	    "generalizedTimeMatch ORDERING generalizedTimeOrderingMatch SYNTAX "
	    "1.3.6.1.4.1.1466.115.121.1.24 SINGLE-VALUE NO-USER-MODIFICATION USAGE "
	    "directoryOperation )"},
	{false, "( 2.5.18.2 NAME 'modifyTimestamp' DESC 'When the entry was last changed' "
	    "EQUALITY generalizedTimeMatch ORDERING generalizedTimeOrderingMatch SYNTAX "
	    "1.3.6.1.4.1.1466.115.121.1.24 SINGLE-VALUE NO-USER-MODIFICATION USAGE "
	    "directoryOperation )"},
	{false, "( 2.5.18.3 NAME 'creatorsName' DESC 'Who added the entry' EQUALITY "
	    "distinguishedNameMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.12 SINGLE-VALUE "
	    "NO-USER-MODIFICATION USAGE directoryOperation )"},
	{false, "( 2.5.18.4 NAME 'modifiersName' DESC 'Who last changed the entry' EQUALITY "
	    "distinguishedNameMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.12 SINGLE-VALUE "
	    "NO-USER-MODIFICATION USAGE directoryOperation )"},
	{false, "( 2.5.18.9 NAME 'hasSubordinates' DESC 'Whether entries exist below this one' "
	    "EQUALITY booleanMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.7 SINGLE-VALUE "
	    "NO-USER-MODIFICATION USAGE directoryOperation )"},
	{false, "( 1.3.6.1.4.1.453.16.2.103 NAME 'numSubordinates' DESC 'How many entries are "
	    "directly below this one' EQUALITY integerMatch ORDERING integerOrderingMatch "
	    "SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 SINGLE-VALUE NO-USER-MODIFICATION USAGE "
	    "directoryOperation )"},
	{false, "( 2.5.18.10 NAME 'subschemaSubentry' DESC 'Where the schema that governs this "
	    "entry is published' EQUALITY distinguishedNameMatch SYNTAX "
	    "1.3.6.1.4.1.1466.115.121.1.12 SINGLE-VALUE NO-USER-MODIFICATION USAGE "
	    "directoryOperation )"},
	{false, "( 1.3.6.1.1.20 NAME 'entryDN' DESC 'The name of this entry, as a value' "
	    "EQUALITY distinguishedNameMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.12 "
	    "SINGLE-VALUE NO-USER-MODIFICATION USAGE directoryOperation )"},
	{false, "( 1.3.6.1.1.16.4 NAME 'entryUUID' DESC 'Identifier that stays with the entry "
	    "for life' EQUALITY UUIDMatch ORDERING UUIDOrderingMatch SYNTAX 1.3.6.1.1.16.1 "
	    "SINGLE-VALUE NO-USER-MODIFICATION USAGE directoryOperation )"},
	{false, "( 1.3.6.1.4.1.4203.666.1.7 NAME 'entryCSN' DESC 'Sequence number of the last "
	    "change to the entry' EQUALITY CSNMatch ORDERING CSNOrderingMatch SYNTAX "
	    "1.3.6.1.4.1.4203.666.11.2.1{64} SINGLE-VALUE NO-USER-MODIFICATION USAGE "
	    "directoryOperation )"},
	{true, "( 1.3.6.1.4.1.4203.666.1.13 NAME 'namingCSN' DESC 'Sequence number of the last "
	    "change to the name of the entry' EQUALITY CSNMatch ORDERING CSNOrderingMatch "
	    "SYNTAX 1.3.6.1.4.1.4203.666.11.2.1{64} SINGLE-VALUE NO-USER-MODIFICATION USAGE "
	    "directoryOperation )"},
	{true, "( 1.3.6.1.4.1.4203.666.1.23 NAME 'syncreplCookie' DESC 'State kept by a "
	    "replication consumer' EQUALITY octetStringMatch ORDERING "
	    "octetStringOrderingMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.40 SINGLE-VALUE "
	    "NO-USER-MODIFICATION USAGE dSAOperation )"},
	{false, "( 1.3.6.1.4.1.4203.666.1.25 NAME 'contextCSN' DESC 'Latest change known for the "
	    "whole naming context' EQUALITY CSNMatch ORDERING CSNOrderingMatch SYNTAX "
	    "1.3.6.1.4.1.4203.666.11.2.1{64} NO-USER-MODIFICATION USAGE dSAOperation )"},
	{false, "( 1.3.6.1.4.1.1466.101.120.6 NAME 'altServer' DESC 'Other servers to ask when "
	    "this one is away' SYNTAX 1.3.6.1.4.1.1466.115.121.1.26 USAGE dSAOperation )"},
	{false, "( 1.3.6.1.4.1.1466.101.120.5 NAME 'namingContexts' DESC 'Suffixes that this "
	    "server holds' EQUALITY distinguishedNameMatch SYNTAX "
	    "1.3.6.1.4.1.1466.115.121.1.12 USAGE dSAOperation )"},
	{false, "( 1.3.6.1.4.1.1466.101.120.13 NAME 'supportedControl' DESC 'Controls understood "
	    "here, by OID' SYNTAX 1.3.6.1.4.1.1466.115.121.1.38 USAGE dSAOperation )"},
	{false, "( 1.3.6.1.4.1.1466.101.120.7 NAME 'supportedExtension' DESC 'Extended "
	    "operations offered here, by OID' SYNTAX 1.3.6.1.4.1.1466.115.121.1.38 USAGE "
	    "dSAOperation )"},
	{false, "( 1.3.6.1.4.1.1466.101.120.15 NAME 'supportedLDAPVersion' DESC 'Protocol "
	    "versions spoken here' SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 USAGE dSAOperation )"},
	{false, "( 1.3.6.1.4.1.1466.101.120.14 NAME 'supportedSASLMechanisms' DESC 'SASL "
	    "mechanisms that clients may use now' SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 USAGE "
	    "dSAOperation )"},
	{false, "( 1.3.6.1.4.1.4203.1.3.5 NAME 'supportedFeatures' DESC 'Optional protocol "
	    "features offered here, by OID' EQUALITY objectIdentifierMatch SYNTAX "
	    "1.3.6.1.4.1.1466.115.121.1.38 USAGE dSAOperation )"},
	{true, "( 1.3.6.1.4.1.4203.666.1.10 NAME 'monitorContext' DESC 'Where the monitoring "
	    "entries are' EQUALITY distinguishedNameMatch SYNTAX "
	    "1.3.6.1.4.1.1466.115.121.1.12 SINGLE-VALUE NO-USER-MODIFICATION USAGE "
	    "dSAOperation )"},
	{true, "( 1.3.6.1.4.1.4203.1.12.2.1 NAME 'configContext' DESC 'Where the configuration "
	    "entries are' EQUALITY distinguishedNameMatch SYNTAX "
	    "1.3.6.1.4.1.1466.115.121.1.12 SINGLE-VALUE NO-USER-MODIFICATION USAGE "
	    "dSAOperation )"},
	{false, "( 1.3.6.1.1.4 NAME 'vendorName' DESC 'Who made this server' EQUALITY "
	    "caseExactMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE "
	    "NO-USER-MODIFICATION USAGE dSAOperation )"},
	{false, "( 1.3.6.1.1.5 NAME 'vendorVersion' DESC 'Version of this server' EQUALITY "
	    "caseExactMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE "
	    "NO-USER-MODIFICATION USAGE dSAOperation )"},
	{true, "( 2.5.18.5 NAME 'administrativeRole' DESC 'Roles of an administrative point' "
	    "EQUALITY objectIdentifierMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.38 USAGE "
	    "directoryOperation )"},
	{false, "( 2.5.18.6 NAME 'subtreeSpecification' DESC 'Which entries a subentry governs' "
	    "SYNTAX 1.3.6.1.4.1.1466.115.121.1.45 SINGLE-VALUE USAGE directoryOperation )"},
	{true, "( 2.5.18.7 NAME 'collectiveExclusions' DESC 'Collective attributes that the "
	    "entry does not take on' EQUALITY objectIdentifierMatch SYNTAX "
	    "1.3.6.1.4.1.1466.115.121.1.38 USAGE directoryOperation )"},
	{true, "( 2.5.18.12 NAME 'collectiveAttributeSubentries' DESC 'Subentries whose "
	    "collective attributes the entry takes on' EQUALITY distinguishedNameMatch "
	    "SYNTAX 1.3.6.1.4.1.1466.115.121.1.12 NO-USER-MODIFICATION USAGE "
	    "directoryOperation )"},
	{true, "( 2.5.21.10 NAME 'governingStructureRule' DESC 'Structure rule that applies to "
	    "the entry' EQUALITY integerMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 "
	    "SINGLE-VALUE NO-USER-MODIFICATION USAGE directoryOperation )"},
	{true, "( 2.5.21.1 NAME 'dITStructureRules' DESC 'Structure rules in force here' "
	    "EQUALITY integerFirstComponentMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.17 USAGE "
	    "directoryOperation )"},
	{true, "( 2.5.21.2 NAME 'dITContentRules' DESC 'Content rules in force here' EQUALITY "
	    "objectIdentifierFirstComponentMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.16 USAGE "
	    "directoryOperation )"},
	{false, "( 2.5.21.4 NAME 'matchingRules' DESC 'Matching rules known here' EQUALITY "
	    "objectIdentifierFirstComponentMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.30 USAGE "
	    "directoryOperation )"},
	{false, "( 2.5.21.5 NAME 'attributeTypes' DESC 'Attribute types known here' EQUALITY "
	    "objectIdentifierFirstComponentMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.3 USAGE "
	    "directoryOperation )"},
	{false, "( 2.5.21.6 NAME 'objectClasses' DESC 'Object classes known here' EQUALITY "
	    "objectIdentifierFirstComponentMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.37 USAGE "
	    "directoryOperation )"},
	{true, "( 2.5.21.7 NAME 'nameForms' DESC 'Name forms known here' EQUALITY "
	    "objectIdentifierFirstComponentMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.35 USAGE "
	    "directoryOperation )"},
	{false, "( 2.5.21.8 NAME 'matchingRuleUse' DESC 'Attribute types that each matching rule "
	    "can compare' EQUALITY objectIdentifierFirstComponentMatch SYNTAX "
	    "1.3.6.1.4.1.1466.115.121.1.31 USAGE directoryOperation )"},
	{false, "( 1.3.6.1.4.1.1466.101.120.16 NAME 'ldapSyntaxes' DESC 'Value syntaxes known "
	    "here' EQUALITY objectIdentifierFirstComponentMatch SYNTAX "
	    "1.3.6.1.4.1.1466.115.121.1.54 USAGE directoryOperation )"},
	{false, "( 2.5.4.1 NAME ( 'aliasedObjectName' 'aliasedEntryName' ) DESC 'Entry for which "
	    "this alias stands' EQUALITY distinguishedNameMatch SYNTAX "
	    "1.3.6.1.4.1.1466.115.121.1.12 SINGLE-VALUE )"},
	{false, "( 2.16.840.1.113730.3.1.34 NAME 'ref' DESC 'Where to continue: URIs of the "
	    "servers that hold the entry' EQUALITY caseExactMatch SYNTAX "
	    "1.3.6.1.4.1.1466.115.121.1.15 USAGE distributedOperation )"},
	{true, "( 1.3.6.1.4.1.4203.1.3.1 NAME 'entry' DESC 'Access to the entry as such, in "
	    "access rules only' SYNTAX 1.3.6.1.4.1.4203.1.1.1 SINGLE-VALUE "
	    "NO-USER-MODIFICATION USAGE dSAOperation )"},
	{true, "( 1.3.6.1.4.1.4203.1.3.2 NAME 'children' DESC 'Access to the list of entries "
	    "below, in access rules only' SYNTAX 1.3.6.1.4.1.4203.1.1.1 SINGLE-VALUE "
	    "NO-USER-MODIFICATION USAGE dSAOperation )"},
	{true, "( 1.3.6.1.4.1.4203.666.1.8 NAME ( 'authzTo' 'saslAuthzTo' ) DESC 'Whom this "
	    "identity may act for' EQUALITY authzMatch SYNTAX 1.3.6.1.4.1.4203.666.2.7 USAGE "
	    "distributedOperation X-ORDERED 'VALUES' )"},
	{true, "( 1.3.6.1.4.1.4203.666.1.9 NAME ( 'authzFrom' 'saslAuthzFrom' ) DESC 'Who may "
	    "act for this identity' EQUALITY authzMatch SYNTAX 1.3.6.1.4.1.4203.666.2.7 "
	    "USAGE distributedOperation X-ORDERED 'VALUES' )"},
	{false, "( 1.3.6.1.4.1.1466.101.119.3 NAME 'entryTtl' DESC 'Seconds that a dynamic entry "
	    "has left' SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 SINGLE-VALUE "
	    "NO-USER-MODIFICATION USAGE dSAOperation )"},
	{false, "( 1.3.6.1.4.1.1466.101.119.4 NAME 'dynamicSubtrees' DESC 'Subtrees in which "
	    "dynamic entries may live' SYNTAX 1.3.6.1.4.1.1466.115.121.1.12 "
	    "NO-USER-MODIFICATION USAGE dSAOperation )"},
	{false, "( 2.5.4.49 NAME 'distinguishedName' DESC 'General attribute of values that name "
	    "an entry' EQUALITY distinguishedNameMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.12 "
	    ")"},
	{false, "( 2.5.4.41 NAME 'name' DESC 'General attribute of values that name an object' "
	    "EQUALITY caseIgnoreMatch SUBSTR caseIgnoreSubstringsMatch SYNTAX "
	    "1.3.6.1.4.1.1466.115.121.1.15{32768} )"},
	{false, "( 2.5.4.3 NAME ( 'cn' 'commonName' ) DESC 'Common name, under which an object "
	    "is known to people' SUP name )"},
	{false, "( 0.9.2342.19200300.100.1.1 NAME ( 'uid' 'userid' ) DESC 'Login name, or "
	    "another short identifier of a user' EQUALITY caseIgnoreMatch SUBSTR "
	    "caseIgnoreSubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15{256} )"},
	{false, "( 1.3.6.1.1.1.1.0 NAME 'uidNumber' DESC 'POSIX number of the account' EQUALITY "
	    "integerMatch ORDERING integerOrderingMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 "
	    "SINGLE-VALUE )"},
	{false, "( 1.3.6.1.1.1.1.1 NAME 'gidNumber' DESC 'POSIX number of the (primary) group' "
	    "EQUALITY integerMatch ORDERING integerOrderingMatch SYNTAX "
	    "1.3.6.1.4.1.1466.115.121.1.27 SINGLE-VALUE )"},
	{false, "( 2.5.4.35 NAME 'userPassword' DESC 'Password of the entry, plain or as a "
	    "scheme and hash' EQUALITY octetStringMatch SYNTAX "
	    "1.3.6.1.4.1.1466.115.121.1.40{128} )"},
	{false, "( 1.3.6.1.4.1.250.1.57 NAME 'labeledURI' DESC 'URI, a space, and a label for "
	    "people' EQUALITY caseExactMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )"},
	{false, "( 2.5.4.13 NAME 'description' DESC 'What people should know about the entry' "
	    "EQUALITY caseIgnoreMatch SUBSTR caseIgnoreSubstringsMatch SYNTAX "
	    "1.3.6.1.4.1.1466.115.121.1.15{1024} )"},
	{false, "( 2.5.4.34 NAME 'seeAlso' DESC 'Related entries' SUP distinguishedName )"},
	{false, "( 1.3.6.1.4.1.4203.666.1.60 NAME 'pKCS8PrivateKey' DESC 'Private key in PKCS #8 "
	    "form' EQUALITY privateKeyMatch SYNTAX 1.2.840.113549.1.8.1.1 )"},
	{false, "( 1.3.6.1.4.1.42.2.27.8.1.29 NAME 'pwdLastSuccess' DESC 'When the password last "
	    "served to bind' EQUALITY generalizedTimeMatch ORDERING "
	    "generalizedTimeOrderingMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.24 SINGLE-VALUE "
	    "NO-USER-MODIFICATION USAGE directoryOperation )"},
	{true, "( 1.3.6.1.4.1.4203.666.1.55.1 NAME 'monitoredInfo' EQUALITY caseIgnoreMatch "
	    "SUBSTR caseIgnoreSubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15{32768} "
	    "NO-USER-MODIFICATION USAGE dSAOperation )"},
	{true, "( 1.3.6.1.4.1.4203.666.1.55.2 NAME 'managedInfo' SUP name )"},
	{true, "( 1.3.6.1.4.1.4203.666.1.55.3 NAME 'monitorCounter' EQUALITY integerMatch "
	    "ORDERING integerOrderingMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 "
	    "NO-USER-MODIFICATION USAGE dSAOperation )"},
	{true, "( 1.3.6.1.4.1.4203.666.1.55.4 NAME 'monitorOpCompleted' SUP monitorCounter "
	    "NO-USER-MODIFICATION USAGE dSAOperation )"},
	{true, "( 1.3.6.1.4.1.4203.666.1.55.5 NAME 'monitorOpInitiated' SUP monitorCounter "
	    "NO-USER-MODIFICATION USAGE dSAOperation )"},
	{true, "( 1.3.6.1.4.1.4203.666.1.55.6 NAME 'monitorConnectionNumber' SUP monitorCounter "
	    "NO-USER-MODIFICATION USAGE dSAOperation )"},
	{true, "( 1.3.6.1.4.1.4203.666.1.55.7 NAME 'monitorConnectionAuthzDN' EQUALITY "
	    "distinguishedNameMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.12 "
	    "NO-USER-MODIFICATION USAGE dSAOperation )"},
	{true, "( 1.3.6.1.4.1.4203.666.1.55.8 NAME 'monitorConnectionLocalAddress' SUP "
	    "monitoredInfo NO-USER-MODIFICATION USAGE dSAOperation )"},
	{true, "( 1.3.6.1.4.1.4203.666.1.55.9 NAME 'monitorConnectionPeerAddress' SUP "
	    "monitoredInfo NO-USER-MODIFICATION USAGE dSAOperation )"},
	{true, "( 1.3.6.1.4.1.4203.666.1.55.10 NAME 'monitorTimestamp' EQUALITY "
	    "generalizedTimeMatch ORDERING generalizedTimeOrderingMatch SYNTAX "
	    "1.3.6.1.4.1.1466.115.121.1.24 SINGLE-VALUE NO-USER-MODIFICATION USAGE "
	    "dSAOperation )"},
	{true, "( 1.3.6.1.4.1.4203.666.1.55.11 NAME 'monitorOverlay' SUP monitoredInfo "
	    "NO-USER-MODIFICATION USAGE dSAOperation )"},
	{true, "( 1.3.6.1.4.1.4203.666.1.55.12 NAME 'readOnly' EQUALITY booleanMatch SYNTAX "
	    "1.3.6.1.4.1.1466.115.121.1.7 SINGLE-VALUE USAGE dSAOperation )"},
	{true, "( 1.3.6.1.4.1.4203.666.1.55.13 NAME 'restrictedOperation' SUP managedInfo )"},
	{true, "( 1.3.6.1.4.1.4203.666.1.55.14 NAME 'monitorConnectionProtocol' SUP "
	    "monitoredInfo NO-USER-MODIFICATION USAGE dSAOperation )"},
	{true, "( 1.3.6.1.4.1.4203.666.1.55.15 NAME 'monitorConnectionOpsReceived' SUP "
	    "monitorCounter NO-USER-MODIFICATION USAGE dSAOperation )"},
	{true, "( 1.3.6.1.4.1.4203.666.1.55.16 NAME 'monitorConnectionOpsExecuting' SUP "
	    "monitorCounter NO-USER-MODIFICATION USAGE dSAOperation )"},
	{true, "( 1.3.6.1.4.1.4203.666.1.55.17 NAME 'monitorConnectionOpsPending' SUP "
	    "monitorCounter NO-USER-MODIFICATION USAGE dSAOperation )"},
	{true, "( 1.3.6.1.4.1.4203.666.1.55.18 NAME 'monitorConnectionOpsCompleted' SUP "
	    "monitorCounter NO-USER-MODIFICATION USAGE dSAOperation )"},
	{true, "( 1.3.6.1.4.1.4203.666.1.55.19 NAME 'monitorConnectionGet' SUP monitorCounter "
	    "NO-USER-MODIFICATION USAGE dSAOperation )"},
	{true, "( 1.3.6.1.4.1.4203.666.1.55.20 NAME 'monitorConnectionRead' SUP monitorCounter "
	    "NO-USER-MODIFICATION USAGE dSAOperation )"},
	{true, "( 1.3.6.1.4.1.4203.666.1.55.21 NAME 'monitorConnectionWrite' SUP monitorCounter "
	    "NO-USER-MODIFICATION USAGE dSAOperation )"},
	{true, "( 1.3.6.1.4.1.4203.666.1.55.22 NAME 'monitorConnectionMask' SUP monitoredInfo "
	    "NO-USER-MODIFICATION USAGE dSAOperation )"},
	{true, "( 1.3.6.1.4.1.4203.666.1.55.23 NAME 'monitorConnectionListener' SUP "
	    "monitoredInfo NO-USER-MODIFICATION USAGE dSAOperation )"},
	{true, "( 1.3.6.1.4.1.4203.666.1.55.24 NAME 'monitorConnectionPeerDomain' SUP "
	    "monitoredInfo NO-USER-MODIFICATION USAGE dSAOperation )"},
	{true, "( 1.3.6.1.4.1.4203.666.1.55.25 NAME 'monitorConnectionStartTime' SUP "
	    "monitorTimestamp SINGLE-VALUE NO-USER-MODIFICATION USAGE dSAOperation )"},
	{true, "( 1.3.6.1.4.1.4203.666.1.55.26 NAME 'monitorConnectionActivityTime' SUP "
	    "monitorTimestamp SINGLE-VALUE NO-USER-MODIFICATION USAGE dSAOperation )"},
	{true, "( 1.3.6.1.4.1.4203.666.1.55.27 NAME 'monitorIsShadow' EQUALITY booleanMatch "
	    "SYNTAX 1.3.6.1.4.1.1466.115.121.1.7 SINGLE-VALUE USAGE dSAOperation )"},
	{true, "( 1.3.6.1.4.1.4203.666.1.55.28 NAME 'monitorUpdateRef' SUP monitoredInfo "
	    "SINGLE-VALUE USAGE dSAOperation )"},
	{true, "( 1.3.6.1.4.1.4203.666.1.55.29 NAME 'monitorRuntimeConfig' EQUALITY "
	    "booleanMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.7 SINGLE-VALUE USAGE "
	    "dSAOperation )"},
	{true, "( 1.3.6.1.4.1.4203.666.1.55.30 NAME 'monitorSuperiorDN' EQUALITY "
	    "distinguishedNameMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.12 "
	    "NO-USER-MODIFICATION USAGE dSAOperation )"},
	{true, "( 1.3.6.1.4.1.4203.666.1.55.31 NAME 'monitorConnectionOpsAsync' SUP "
	    "monitorCounter NO-USER-MODIFICATION USAGE dSAOperation )"},
	{true, "( 1.3.6.1.4.1.4203.666.1.55.0.1.1 NAME 'olmDbDirectory' DESC 'Where the files of "
	    "the database are' SUP monitoredInfo NO-USER-MODIFICATION USAGE dSAOperation )"},
	{true, "( 1.3.6.1.4.1.4203.666.1.55.0.1.1.1 NAME 'olmMDBPagesMax' DESC 'Pages that the map has room for' SUP "
	    "monitorCounter NO-USER-MODIFICATION USAGE dSAOperation )"},
	{true, "( 1.3.6.1.4.1.4203.666.1.55.0.1.1.2 NAME 'olmMDBPagesUsed' DESC 'Pages of the file' SUP "
	    "monitorCounter NO-USER-MODIFICATION USAGE dSAOperation )"},
	{true, "( 1.3.6.1.4.1.4203.666.1.55.0.1.1.3 NAME 'olmMDBPagesFree' DESC 'Pages of the file that are free' SUP "
	    "monitorCounter NO-USER-MODIFICATION USAGE dSAOperation )"},
	{true, "( 1.3.6.1.4.1.4203.666.1.55.0.1.1.4 NAME 'olmMDBReadersMax' DESC 'Slots for readers' SUP "
	    "monitorCounter NO-USER-MODIFICATION USAGE dSAOperation )"},
	{true, "( 1.3.6.1.4.1.4203.666.1.55.0.1.1.5 NAME 'olmMDBReadersUsed' DESC 'Slots for readers that were used' SUP "
	    "monitorCounter NO-USER-MODIFICATION USAGE dSAOperation )"},
	{true, "( 1.3.6.1.4.1.4203.666.1.55.0.1.1.6 NAME 'olmMDBEntries' DESC 'Entries of the database' SUP "
	    "monitorCounter NO-USER-MODIFICATION USAGE dSAOperation )"},
	{true, "( 2.25.86984604475757958756636892340540278960.4.1.1 NAME 'musterPageBytes' "
	    "DESC 'Bytes of a page of the database' SUP monitorCounter NO-USER-MODIFICATION USAGE "
	    "dSAOperation )"},
	{true, "( 2.25.86984604475757958756636892340540278960.4.1.2 NAME 'musterIndexAttribute' "
	    "DESC 'Attribute of an index' SUP monitoredInfo NO-USER-MODIFICATION USAGE "
	    "dSAOperation )"},
	{true, "( 2.25.86984604475757958756636892340540278960.4.1.3 NAME 'musterIndexKind' "
	    "DESC 'Kind of an index, as olcDbIndex spells it' SUP monitoredInfo NO-USER-MODIFICATION USAGE "
	    "dSAOperation )"},
	{true, "( 2.25.86984604475757958756636892340540278960.4.1.4 NAME 'musterIndexState' "
	    "DESC 'Whether an index is ready or being built' SUP monitoredInfo NO-USER-MODIFICATION USAGE "
	    "dSAOperation )"},
	{true, "( 2.25.86984604475757958756636892340540278960.4.1.5 NAME 'musterIndexPosition' "
	    "DESC 'Entry up to which an index is built' SUP monitorCounter NO-USER-MODIFICATION USAGE "
	    "dSAOperation )"},
	{true, "( 2.25.86984604475757958756636892340540278960.4.1.6 NAME 'musterIndexLast' "
	    "DESC 'Last entry that is to be indexed' SUP monitorCounter NO-USER-MODIFICATION USAGE "
	    "dSAOperation )"},
	{true, "( 1.3.6.1.4.1.4203.666.1.5 NAME 'OpenLDAPaci' DESC 'Access rules kept in the "
	    "entry itself' EQUALITY OpenLDAPaciMatch SYNTAX 1.3.6.1.4.1.4203.666.2.1 USAGE "
	    "directoryOperation )"},
};

static const struct row CLASSES[] = {
	{false, "( 2.5.6.0 NAME 'top' DESC 'Root of all classes' ABSTRACT MUST objectClass )"},
	{false, "( 1.3.6.1.4.1.1466.101.120.111 NAME 'extensibleObject' DESC 'The entry may hold "
	    "any attribute' SUP top AUXILIARY )"},
	{false, "( 2.5.6.1 NAME 'alias' DESC 'Entry that stands for another one' SUP top "
	    "STRUCTURAL MUST aliasedObjectName )"},
	{false, "( 2.16.840.1.113730.3.2.6 NAME 'referral' DESC 'Entry that is kept by another "
	    "server' SUP top STRUCTURAL MUST ref )"},
	{false, "( 1.3.6.1.4.1.4203.1.4.1 NAME ( 'OpenLDAProotDSE' 'LDAProotDSE' ) DESC 'The "
	    "entry with the empty name, which describes the server' SUP top STRUCTURAL MAY "
	    "cn )"},
	{false, "( 2.5.17.0 NAME 'subentry' DESC 'Administrative data about a subtree' SUP top "
	    "STRUCTURAL MUST ( cn $ subtreeSpecification ) )"},
	{false, "( 2.5.20.1 NAME 'subschema' DESC 'Entry that publishes the schema' AUXILIARY "
	    "MAY ( dITStructureRules $ nameForms $ dITContentRules $ objectClasses $ "
	    "attributeTypes $ matchingRules $ matchingRuleUse ) )"},
	{false, "( 1.3.6.1.4.1.1466.101.119.2 NAME 'dynamicObject' DESC 'Entry that goes away "
	    "when nobody refreshes it' SUP top AUXILIARY )"},
	{true, "( 1.3.6.1.4.1.4203.666.3.4 NAME 'glue' DESC 'Placeholder that keeps the tree "
	    "connected' SUP top STRUCTURAL )"},
	{true, "( 1.3.6.1.4.1.4203.666.3.5 NAME 'syncConsumerSubentry' DESC 'State of a "
	    "replication consumer' AUXILIARY MAY syncreplCookie )"},
	{true, "( 1.3.6.1.4.1.4203.666.3.6 NAME 'syncProviderSubentry' DESC 'State of a "
	    "replication provider' AUXILIARY MAY contextCSN )"},
	{true, "( 1.3.6.1.4.1.4203.666.3.16.1 NAME 'monitor' DESC 'Anything the server "
	    "monitors' SUP top STRUCTURAL MUST cn MAY ( description $ seeAlso $ labeledURI $ "
	    "monitoredInfo $ managedInfo $ monitorOverlay ) )"},
	{true, "( 1.3.6.1.4.1.4203.666.3.16.2 NAME 'monitorServer' SUP monitor STRUCTURAL )"},
	{true, "( 1.3.6.1.4.1.4203.666.3.16.3 NAME 'monitorContainer' SUP monitor STRUCTURAL )"},
	{true, "( 1.3.6.1.4.1.4203.666.3.16.4 NAME 'monitorCounterObject' SUP monitor "
	    "STRUCTURAL )"},
	{true, "( 1.3.6.1.4.1.4203.666.3.16.5 NAME 'monitorOperation' SUP monitor STRUCTURAL )"},
	{true, "( 1.3.6.1.4.1.4203.666.3.16.6 NAME 'monitorConnection' SUP monitor STRUCTURAL )"},
	{true, "( 1.3.6.1.4.1.4203.666.3.16.7 NAME 'managedObject' SUP monitor STRUCTURAL )"},
	{true, "( 1.3.6.1.4.1.4203.666.3.16.8 NAME 'monitoredObject' SUP monitor STRUCTURAL )"},
	{true, "( 1.3.6.1.4.1.4203.666.3.16.0.1.1.2 NAME 'olmMDBDatabase' SUP top AUXILIARY MAY ( "
	    "olmDbDirectory $ olmMDBPagesMax $ olmMDBPagesUsed $ olmMDBPagesFree $ "
	    "olmMDBReadersMax $ olmMDBReadersUsed $ olmMDBEntries $ musterPageBytes ) )"},
	{true, "( 2.25.86984604475757958756636892340540278960.4.2.1 NAME 'musterIndex' DESC 'An "
	    "index, or one that searches lacked' SUP monitor STRUCTURAL MAY ( "
	    "musterIndexAttribute $ musterIndexKind $ musterIndexState $ musterIndexPosition $ "
	    "musterIndexLast $ monitorCounter ) )"},
};

static const char *const MACROS[][2] = {
	{"OLcfg", "1.3.6.1.4.1.4203.1.12.2"},
	{"OLcfgAt", "OLcfg:3"},
	{"OLcfgGlAt", "OLcfgAt:0"},
	{"OLcfgBkAt", "OLcfgAt:1"},
	{"OLcfgDbAt", "OLcfgAt:2"},
	{"OLcfgOvAt", "OLcfgAt:3"},
	{"OLcfgCtAt", "OLcfgAt:4"},
	{"OLcfgOc", "OLcfg:4"},
	{"OLcfgGlOc", "OLcfgOc:0"},
	{"OLcfgBkOc", "OLcfgOc:1"},
	{"OLcfgDbOc", "OLcfgOc:2"},
	{"OLcfgOvOc", "OLcfgOc:3"},
	{"OLcfgCtOc", "OLcfgOc:4"},
	{"OMsyn", "1.3.6.1.4.1.1466.115.121.1"},
	{"OMsBoolean", "OMsyn:7"},
	{"OMsDN", "OMsyn:12"},
	{"OMsDirectoryString", "OMsyn:15"},
	{"OMsIA5String", "OMsyn:26"},
	{"OMsInteger", "OMsyn:27"},
	{"OMsOID", "OMsyn:38"},
	{"OMsOctetString", "OMsyn:40"},
	{"olmAttributes", "1.3.6.1.4.1.4203.666.1.55"},
	{"olmSubSystemAttributes", "olmAttributes:0"},
	{"olmGenericAttributes", "olmSubSystemAttributes:0"},
	{"olmDatabaseAttributes", "olmSubSystemAttributes:1"},
	{"olmOverlayAttributes", "olmSubSystemAttributes:2"},
	{"olmModuleAttributes", "olmSubSystemAttributes:3"},
	{"olmObjectClasses", "1.3.6.1.4.1.4203.666.3.16"},
	{"olmSubSystemObjectClasses", "olmObjectClasses:0"},
	{"olmGenericObjectClasses", "olmSubSystemObjectClasses:0"},
	{"olmDatabaseObjectClasses", "olmSubSystemObjectClasses:1"},
	{"olmOverlayObjectClasses", "olmSubSystemObjectClasses:2"},
	{"olmModuleObjectClasses", "olmSubSystemObjectClasses:3"},
	{"olmSyncReplAttributes", "olmOverlayAttributes:1"},
	{"olmSyncReplObjectClasses", "olmOverlayObjectClasses:1"},
};
/* clang-format on */

void
schema_builtin_load(struct schema_builder *b)
{
	struct errbuf e;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < sizeof MACROS / sizeof *MACROS; i++)
		rc = schema_add_oid_macro(b, bv_str(MACROS[i][0]), bv_str(MACROS[i][1]), &e);
	for (size_t i = 0; rc == 0 && i < sizeof ATTRS / sizeof *ATTRS; i++) {
		b->hidden = ATTRS[i].hidden;
		rc = schema_add_attr_type(b, bv_str(ATTRS[i].text), &e);
	}
	for (size_t i = 0; rc == 0 && i < sizeof CLASSES / sizeof *CLASSES; i++) {
		b->hidden = CLASSES[i].hidden;
		rc = schema_add_object_class(b, bv_str(CLASSES[i].text), &e);
	}
	assert(rc == 0);
}
