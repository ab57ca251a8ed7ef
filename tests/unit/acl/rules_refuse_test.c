#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include "tests/unit/acl/rules_case.h"

/* Access lines that are refused: the text names the word and what was expected. */

static const struct {
	const char *line;
	const char *says;
} lines[] = {
    {"to * by * w", "\"w\": expected an access level"},
    {"to * by * read foo", "\"foo\": expected stop, continue, break or the next \"by\""},
    {"to * by * read stop stop", "\"stop\": expected the next \"by\""},
    {"to * by * foo", "\"foo\": expected an access level"},
    {"to * by foo read", "\"foo\" is not known after \"by\""},
    {"to *", "the line has no \"by\"; expected to <what> by <who> <access>"},
    {"to", "nothing stands after \"to\"; expected *, dn=, filter= or attrs="},
    {"to * by", "the line ends after \"by\""},
    {"to * * by * read", "\"*\": the entries are given already; one of \"*\" and dn= per rule"},
    {"to dn.regex=\"(\" by * read", "regular expression \"(\": Unmatched ( or \\("},
    {"to dn.level{1}=\"dc=falcot,dc=com\" by * read",
	"dn.level{1}: dn takes the styles exact, one, subtree, children, regex"},
    {"to dn.foo=\"dc=falcot,dc=com\" by * read", "dn.foo: \"foo\" is not a style"},
    {"to dn by * read", "dn needs a value: write dn=..."},
    {"to dn.subtree=\"foo\" by * read",
	"\"foo\" is not a DN: character 4: '=' is expected after the attribute type"},
    {"to dn.subtree=\"nosuch=1\" by * read",
	"\"nosuch=1\" is not a DN: character 1: unknown attribute type 'nosuch'"},
    {"to dn.sub=\"dc=falcot,dc=com\" dn.sub=\"dc=falcot,dc=com\" by * read",
	"\"dn.sub=dc=falcot,dc=com\": the entries are given already; one of \"*\" and dn= per "
	"rule"},
    {"to filter=(cn=x by * read", "\"(cn=x\" is not a filter: filter, character 1: the parenthesis "
				  "that opens here is not close"},
    {"to filter=(cn=x) filter=(sn=y) by * read",
	"filter= is given twice; join the two with (&...)"},
    {"to filter= by * read", "filter needs a value: write filter=..."},
    {"to attrs=cn,nosuch by * read", "unknown attribute \"nosuch\""},
    {"to attrs= by * read",
	"attrs= names nothing; expected attributes, entry, children, @class or !class"},
    {"to attrs=@nosuch by * read", "unknown object class \"nosuch\""},
    {"to attrs=!nosuch by * read", "unknown object class \"nosuch\""},
    {"to attrs=cn;foo by * read", "\"cn;foo\": unknown attribute option \"foo\""},
    {"to attrs=cn;binary by * read", "\"cn;binary\": option \"binary\" does not apply to \"cn\""},
    {"to attrs=\"cn, sn\" by * read", "unknown attribute \" sn\"; did you mean sn?"},
    {"to attrs=1.1 by * read", "unknown attribute \"1.1\""},
    {"to attrs.foo=cn by * read", "attrs.foo: \"foo\" is not a style"},
    {"to attrs=cn val.regex=( by * read", "regular expression \"(\": Unmatched ( or \\("},
    {"to attrs=cn val.sub=foo by * read",
	"val.sub: this style is for DNs, and the values of cn are none"},
    {"to attrs=member val=foo by * read", "val: \"foo\" is not a value of member"},
    {"to attrs=cn,sn val=foo by * read",
	"val needs attrs= with exactly one attribute, the one whose value is meant"},
    {"to val=foo by * read",
	"val needs attrs= with exactly one attribute, the one whose value is meant"},
    {"to attrs=@person val=foo by * read",
	"val needs attrs= with exactly one attribute, the one whose value is meant"},
    {"to attrs=entry val=foo by * read",
	"val needs attrs= with exactly one attribute, the one whose value is meant"},
    {"to attrs=cn val/nosuch=foo by * read", "val/nosuch: unknown matching rule \"nosuch\""},
    {"to attrs=cn val/integerMatch=foo by * read",
	"val/integerMatch: matching rule integerMatch does not apply to attribute cn"},
    {"to attrs=cn val/caseIgnoreSubstringsMatch=foo by * read",
	"val/caseIgnoreSubstringsMatch: matching rule caseIgnoreSubstringsMatch does not apply to "
	"a"},
    {"to attrs=cn val/=foo by * read", "val/: unknown matching rule \"\""},
    {"to attrs=uidNumber val=foo by * read", "val: \"foo\" is not a value of uidNumber"},
    {"to attrs=uidNumber val=001 by * read", "val: \"001\" is not a value of uidNumber"},
    {"to attrs=objectClass val=nosuch by * read", "val: \"nosuch\" is not a value of objectClass"},
    {"to attrs=jpegPhoto val=foo by * read",
	"val: attribute jpegPhoto has no equality rule to compare values with"},
    {"to attrs=cn val= by * read", "val needs a value: write val=..."},
    {"to attrs=cn val=\"\" by * read", "val needs a value: write val=..."},
    {"to attrs=cn val=a val=b by * read", "val= is given twice; write two rules"},
    {"to foo=bar by * read",
	"\"foo=bar\" is not known after \"to\"; expected *, dn=, filter=, attrs= or val="},
    {"to foo by * read",
	"\"foo\" is not known after \"to\"; expected *, dn=, filter=, attrs= or val="},
    {"to access * by * read",
	"\"access\" is not known after \"to\"; expected *, dn=, filter=, attrs= or val="},
    {"to * by self.level write", "self.level: expected level{n} with a number n"},
    {"to * by self.level{x} write", "self.level{x}: expected level{n} with a number n"},
    {"to * by self.level{1 write", "self.level{1: expected level{n} with a number n"},
    {"to * by self.level{} write", "self.level{}: expected level{n} with a number n"},
    {"to * by self.foo write", "self.foo: \"foo\" is not a style"},
    {"to * by self=x write",
	"\"self=x\": self has no value; access stands behind it after a space"},
    {"to * by anonymous=x read",
	"\"anonymous=x\": anonymous has no value; access stands behind it after a space"},
    {"to * by anonymous.foo read", "anonymous.foo: \"foo\" is not a style"},
    {"to * by users.foo read", "users.foo: \"foo\" is not a style"},
    {"to * by *.foo read", "*.foo: \"foo\" is not a style"},
    {"to * by *=foo read", "\"*=foo\": * has no value; access stands behind it after a space"},
    {"to * by self users write", "\"users\": the identity is given already"},
    {"to * by users self write", "\"self\": the identity is given already"},
    {"to * by anonymous users read", "\"users\": the identity is given already"},
    {"to * by * users read", "\"users\": the identity is given already"},
    {"to * by users * read", "\"*\": the identity is given already"},
    {"to * by dn=\"cn=x\" users read", "\"users\": the identity is given already"},
    {"to * by dn=\"cn=x\" dn=\"cn=y\" read", "\"dn=cn=y\": the identity is given already"},
    {"to * by self self read", "\"self\": the identity is given already"},
    {"to * by dn.regex=\"(\" read", "regular expression \"(\": Unmatched ( or \\("},
    {"to * by dn.regex=\"\" read", "dn.regex needs a value: write dn.regex=..."},
    {"to * by dn.level{-1}=\"cn=x\" read", "dn.level{-1}: the level of a DN is 0 or more"},
    {"to * by dn.regex,expand=\"cn=$1\" read",
	"dn.regex,expand: regex puts $n in by itself; leave \",expand\" out"},
    {"to * by dn,expand=\"cn=$1\" read", "\"dn,expand=cn=$1\" is not known after \"by\""},
    {"to * by dn.exact,foo=\"cn=$1\" read",
	"dn.exact,foo: \"foo\" is not a modifier; expected expand"},
    {"to * by dn.foo=\"cn=$1\" read", "dn.foo: \"foo\" is not a style"},
    {"to * by dn=\"\" read", "dn needs a value: write dn=..."},
    {"to * by dn=\"*\" read", "\"*\" is not a DN: character 1: an attribute type is expected"},
    {"to * by dn.sub=\"\" read", "dn.sub needs a value: write dn.sub=..."},
    {"to * by dn= read", "dn needs a value: write dn=..."},
    {"to * by dn read", "dn needs a value: write dn=..."},
    {"to * by dn.sub=\"foo\" read",
	"\"foo\" is not a DN: character 4: '=' is expected after the attribute type"},
    {"to * by dnattr=manager read", "unknown attribute \"manager\""},
    {"to * by dnattr=cn read", "dnattr: the values of cn are no DNs"},
    {"to * by dnattr=nosuch read", "unknown attribute \"nosuch\""},
    {"to * by dnattr= read", "dnattr needs a value: write dnattr=..."},
    {"to * by dnattr read", "dnattr needs a value: write dnattr=..."},
    {"to * by dnattr.foo=member read", "dnattr.foo: \"foo\" is not a style"},
    {"to * by dnattr=member dnattr=owner read",
	"\"dnattr=owner\": this condition is given already; write two clauses"},
    {"to * by group.sub=\"cn=$1\" read", "group.sub: group takes the styles exact, regex, expand"},
    {"to * by group/groupOfUniqueNames=\"cn=g\" read",
	"group/groupOfUniqueNames: class groupOfUniqueNames has no attribute member; write "
	"group/gr"},
    {"to * by group/nosuch/member=\"cn=g\" read", "unknown object class \"nosuch\""},
    {"to * by group/groupOfNames/nosuch=\"cn=g\" read", "unknown attribute \"nosuch\""},
    {"to * by group/groupOfNames/cn=\"cn=g\" read",
	"group/groupOfNames/cn: the values of cn are neither DNs nor search URLs"},
    {"to * by group/person/member=\"cn=g\" read",
	"group/person/member: class person has no attribute member; write "
	"group/person/<attribute>="},
    {"to * by group/posixGroup/memberUid=\"cn=g\" read",
	"group/posixGroup/memberUid: the values of memberUid are neither DNs nor search URLs"},
    {"to * by group/labeledURIObject/labeledURI=\"cn=g\" read",
	"unknown object class \"labeledURIObject\""},
    {"to * by group= read", "group needs a value: write group=..."},
    {"to * by group=\"foo\" read",
	"\"foo\" is not a DN: character 4: '=' is expected after the attribute type"},
    {"to * by group=\"\" read", "group needs a value: write group=..."},
    {"to * by group=\"cn=g\" group=\"cn=h\" read",
	"\"group=cn=h\": this condition is given already; write two clauses"},
    {"to * by peername.regex=\"(\" read", "regular expression \"(\": Unmatched ( or \\("},
    {"to * by peername.sub=\"x\" read",
	"peername.sub: peername takes the styles exact, regex, expand, ip, ipv6, path"},
    {"to * by peername.subtree=\"x\" read",
	"peername.subtree: peername takes the styles exact, regex, expand, ip, ipv6, path"},
    {"to * by peername.ip=127.0.0 read",
	"peername.ip=127.0.0: expected an IPv4 address, as in peername.ip=192.0.2.0%255.255.255.0"},
    {"to * by peername.ip=foo read",
	"peername.ip=foo: expected an IPv4 address, as in peername.ip=192.0.2.0%255.255.255.0"},
    {"to * by peername.ip=127.0.0.1%24 read", "peername.ip=127.0.0.1%24: expected a mask written "
					      "as an address, %255.255.255.0 for instan"},
    {"to * by peername.ip=127.0.0.1/24 read", "peername.ip=127.0.0.1/24: expected an IPv4 address, "
					      "as in peername.ip=192.0.2.0%255.255.25"},
    {"to * by peername.ip=127.0.0.1{70000} read",
	"peername.ip=127.0.0.1{70000}: expected a port from 1 to 65535 as {port} at the end"},
    {"to * by peername.ip=127.0.0.1{x} read",
	"peername.ip=127.0.0.1{x}: expected a port from 1 to 65535 as {port} at the end"},
    {"to * by peername.ip=127.0.0.1{5 read",
	"peername.ip=127.0.0.1{5: expected a port from 1 to 65535 as {port} at the end"},
    {"to * by peername.ip=127.0.0.1{0} read",
	"peername.ip=127.0.0.1{0}: expected a port from 1 to 65535 as {port} at the end"},
    {"to * by peername.ip=127.0.0.1{-1} read",
	"peername.ip=127.0.0.1{-1}: expected a port from 1 to 65535 as {port} at the end"},
    {"to * by peername.ip= read", "peername.ip needs a value: write peername.ip=..."},
    {"to * by peername.ipv6=[::1] read", "peername.ipv6=[::1]: expected an IPv6 address, as in "
					 "peername.ipv6=2001:db8::%ffff:ffff::"},
    {"to * by peername.ipv6=foo read",
	"peername.ipv6=foo: expected an IPv6 address, as in peername.ipv6=2001:db8::%ffff:ffff::"},
    {"to * by peername.path= read", "peername.path needs a value: write peername.path=..."},
    {"to * by peername.foo=x read", "peername.foo: \"foo\" is not a style"},
    {"to * by peername= read", "peername needs a value: write peername=..."},
    {"to * by peername read", "peername needs a value: write peername=..."},
    {"to * by peername=x peername=y read",
	"\"peername=y\": this condition is given already; write two clauses"},
    {"to * by sockname.ip=127.0.0.1 read",
	"sockname.ip: sockname takes the styles exact, regex, expand"},
    {"to * by sockname.path=/run read",
	"sockname.path: sockname takes the styles exact, regex, expand"},
    {"to * by sockname.sub=x read", "sockname.sub: sockname takes the styles exact, regex, expand"},
    {"to * by sockurl.ip=\"ldapi:///\" read",
	"sockurl.ip: sockurl takes the styles exact, regex, expand"},
    {"to * by sockurl.sub=\"ldapi:///\" read",
	"sockurl.sub: sockurl takes the styles exact, regex, expand"},
    {"to * by domain,expand=$1 read", "\"domain,expand=$1\" is not known after \"by\""},
    {"to * by domain.regex,expand=$1 read",
	"domain.regex,expand: regex puts $n in by itself; leave \",expand\" out"},
    {"to * by domain.ip=1.2.3.4 read",
	"domain.ip: domain takes the styles exact, subtree, regex, expand"},
    {"to * by domain= read", "domain needs a value: write domain=..."},
    {"to * by ssf=0 read", "ssf=0: expected a strength of 1 or more, such as 128"},
    {"to * by ssf=-1 read", "ssf=-1: expected a strength of 1 or more, such as 128"},
    {"to * by ssf=x read", "ssf=x: expected a strength of 1 or more, such as 128"},
    {"to * by ssf= read", "ssf needs a value: write ssf=..."},
    {"to * by ssf read", "ssf needs a value: write ssf=..."},
    {"to * by ssf.exact=1 read", "ssf.exact: ssf takes no style"},
    {"to * by ssf=1 ssf=2 read", "\"ssf=2\": this condition is given already; write two clauses"},
    {"to * by ssf=99999999999 read",
	"ssf=99999999999: expected a strength of 1 or more, such as 128"},
    {"to * by set=\"\" read", "set needs a value: write set=..."},
    {"to * by set=\"[\" read", "set=\"[\": set expression: \"[\" at character 1 has no \"]\""},
    {"to * by set= read", "set needs a value: write set=..."},
    {"to * by set=\"user\" set=\"this\" read",
	"\"set=this\": this condition is given already; write two clauses"},
    {"to * by aci read", "aci: access rules kept in entries (ACI) and other modules of dynacl are "
			 "not supported; wri"},
    {"to * by aci=foo write", "aci: access rules kept in entries (ACI) and other modules of dynacl "
			      "are not supported; wri"},
    {"to * by dynacl/aci=x write", "dynacl/aci: access rules kept in entries (ACI) and other "
				   "modules of dynacl are not support"},
    {"to * by dynacl/foo write", "dynacl/foo: access rules kept in entries (ACI) and other modules "
				 "of dynacl are not support"},
    {"to * by dn.exact='cn=a' read",
	"\"'cn=a'\" is not a DN: character 1: an attribute type is expected"},
    {"to * by dn.exact,expand=\"cn=${x1},dc=com\" read",
	"\"cn=${x1},dc=com\": \"$\" must be followed by a digit, by {n}, {dn} or {vn} with a "
	"number n, "},
    {"to * by dn.exact,expand=\"cn=${1,dc=com\" read",
	"\"cn=${1,dc=com\": \"$\" must be followed by a digit, by {n}, {dn} or {vn} with a number "
	"n, or"},
    {"to * by dn.exact,expand=\"cn=$x\" read", "\"cn=$x\": \"$\" must be followed by a digit, by "
					       "{n}, {dn} or {vn} with a number n, or by anot"},
    {"to * by dn.exact,expand=\"cn=$\" read", "\"cn=$\": \"$\" must be followed by a digit, by "
					      "{n}, {dn} or {vn} with a number n, or by anoth"},
    {"to * by dn.exact,expand=\"foo\" read",
	"\"foo\" is not a DN: character 4: '=' is expected after the attribute type"},
    {"to attrs=+cn by * read", "unknown object class \"cn\""},
    {"to * by set.base=x read", "set=\"x\": set expression: expected \"this\", \"user\", "
				"\"[text]\" or \"(\" at character 1, before \""},
    {"to * by self,expand write", "\"self,expand\" is not known after \"by\""},
    {"to * by self.level{2}=x write",
	"\"self.level{2}=x\": self has no value; access stands behind it after a space"},
    {"to * by dn.self=x write", "dn.self: \"self\" is not a style"},
    {"to * by dn.anonymous=x write", "dn.anonymous: \"anonymous\" is not a style"},
    {"to * by dn.users=x write", "dn.users: \"users\" is not a style"},
    {"to * by dn.ip=x write",
	"dn.ip: dn takes the styles exact, one, subtree, children, regex, expand, level{n}"},
    {"to * by *.exact read", "*.exact: * takes no style"},
    {"to * by anonymous.exact read", "anonymous.exact: anonymous takes no style"},
    {"to * by users.sub read", "users.sub: users takes no style"},
    {"to * by group.one=cn=g read", "group.one: group takes the styles exact, regex, expand"},
    {"to dn.exact,expand=\"cn=x\" by * read",
	"dn.exact,expand: expand has a meaning after \"by\" only"},
    {"to dn.expand=\"cn=x\" by * read",
	"dn.expand: dn takes the styles exact, one, subtree, children, regex"},
    {"to filter.foo=(cn=x) by * read", "filter.foo: \"foo\" is not a style"},
    {"to *=x by * read",
	"\"*=x\" is not known after \"to\"; expected *, dn=, filter=, attrs= or val="},
    {"to *.foo by * read",
	"\"*.foo\" is not known after \"to\"; expected *, dn=, filter=, attrs= or val="},
    {"to attrs=cn val.level=foo by * read", "val.level: expected level{n} with a number n"},
    {"to attrs=cn val.expand=foo by * read",
	"val.expand: val takes the styles exact, one, subtree, children, regex"},
    {"to attrs=cn val.children=foo by * read",
	"val.children: this style is for DNs, and the values of cn are none"},
    {"to attrs=seeAlso val.children,expand=foo by * read",
	"val.children,expand: expand has a meaning after \"by\" only"},
    {"to attrs=uniqueMember val.sub=dc=com by * read",
	"val.sub: this style is for DNs, and the values of uniqueMember are none"},
    {"to attrs=children val.regex=foo by * read",
	"val.regex needs attrs= with exactly one attribute, the one whose value is meant"},
    {"to attrs=@person val.regex=foo by * read",
	"val.regex needs attrs= with exactly one attribute, the one whose value is meant"},
    {"to * by dn.exact=\"uid=a,nosuch=b\" read",
	"\"uid=a,nosuch=b\" is not a DN: character 7: unknown attribute type 'nosuch'"},
    {"to * by peername.ip,expand=1.2.3.4 read", "peername.ip,expand: peername takes no expand"},
    {"to * by peername.ip=\"1.2.3.4%\" read",
	"peername.ip=1.2.3.4%: expected a mask written as an address, %255.255.255.0 for instance"},
    {"to * by peername.ip=\"%1.2.3.4\" read", "peername.ip=%1.2.3.4: expected an IPv4 address, as "
					      "in peername.ip=192.0.2.0%255.255.255.0"},
    {"to * by peername.ipv6=\"::1%\" read",
	"peername.ipv6=::1%: expected a mask written as an address, %ffff:ffff:: for instance"},
    {"to * by peername.ipv6=\"::1{}\" read",
	"peername.ipv6=::1{}: expected a port from 1 to 65535 as {port} at the end"},
    {"to * by peername.ip=\"1.2.3.4{}\" read",
	"peername.ip=1.2.3.4{}: expected a port from 1 to 65535 as {port} at the end"},
    {"to * by peername.ip=\"1.2.3.4{99}x\" read",
	"peername.ip=1.2.3.4{99}x: expected a port from 1 to 65535 as {port} at the end"},
    {"to * by peername.ip=\"1.2.3.4{99}%255.0.0.0\" read",
	"peername.ip=1.2.3.4{99}%255.0.0.0: expected a port from 1 to 65535 as {port} at the end"},
    {"to * by sockurl=\"x\" sockurl=\"y\" read",
	"\"sockurl=y\": this condition is given already; write two clauses"},
    {"to * by ssf=0x10 read", "ssf=0x10: expected a strength of 1 or more, such as 128"},
    {"to * by dn.level{99999}=\"cn=x\" read",
	"dn.level{99999}: no DN has that many levels; at most 1000"},
    {"to * by * selffoo", "\"selffoo\": expected an access level"},
    {"to * by * self", "\"self\": the identity is given already"},
    {"to * by * =rw+s", "\"=rw+s\": expected an access level"},
    {"to * by * =q", "\"=q\": expected an access level"},
    {"to * by * 0", "\"0\": expected an access level"},
    {"to * by * read by", "the line ends after \"by\""},
    {"to * by * read to attrs=cn by * write",
	"\"to\": expected stop, continue, break or the next \"by\""},
    {"to * by * read to *", "\"to\": expected stop, continue, break or the next \"by\""},
    {"to * attrs=cn filter=(cn=x) dn.sub=\"dc=com\" by * read",
	"\"dn.sub=dc=com\": the entries are given already; one of \"*\" and dn= per rule"},
    {"to dn.sub=\"dc=com\" * by * read",
	"\"*\": the entries are given already; one of \"*\" and dn= per rule"},
    {"to * by realdn=\"\" read", "realdn needs a value: write realdn=..."},
    {"to * by group.expand=\"foo\" read",
	"\"foo\" is not a DN: character 4: '=' is expected after the attribute type"},
    {"to * by group/groupOfNames/member/x=\"cn=g\" read",
	"unknown attribute \"member/x\"; did you mean member?"},
    {"to * by domain.sub=\"\" read", "domain.sub needs a value: write domain.sub=..."},
    {"to * by sockname= read", "sockname needs a value: write sockname=..."},
    {"to * by sockurl= read", "sockurl needs a value: write sockurl=..."},
    {"to attrs=entry,nosuch by * read", "unknown attribute \"nosuch\""},
    {" ", "expected to <what> by <who> <access>"},
    {"access", "\"to\" is missing"},
    {"by * read", "\"to\" is missing"},
    {"to \"* by * read", "double quote"},
    {"to * by user read", "unknown word \"user\"; did you mean users?"},
    {"to * by anonymus read", "did you mean anonymous?"},
    {"to * by peernme.ip=1.2.3.4 read", "did you mean peername?"},
    {"to * by dn.subtre=\"cn=x\" read", "\"subtre\" is not a style; did you mean subtree?"},
    {"to atrs=cn by * read", "unknown word \"atrs\"; did you mean attrs?"},
    {"to attrs=userPasword by * read", "\"userPasword\"; did you mean userPassword?"},
    {"to attrs=@persn by * read", "\"persn\"; did you mean person?"},
    {"to attrs=telphoneNumber,cn by * read", "unknown attribute \"telphoneNumber\""},
    {"to * by dnattr=membr read", "\"membr\"; did you mean member?"},
    {"to * by group/groupOfName=\"cn=g\" read", "\"groupOfName\"; did you mean groupOfNames?"},
    {"to * by self=w", "self has no value"},
    {"to * by realself=w", "realself has no value"},
    {"to * by op=ad read", "\"ad\" is not an operation; expected add, bind"},
    {"to * by op=serach read", "unknown operation \"serach\"; did you mean search?"},
    {"to * by op=add, read", "\"\" is not an operation"},
    {"to * by op= read", "op needs a value"},
    {"to * by op.exact=add read", "op takes no style"},
    {"to * by op=add op=bind read", "given already"},
    {"to * by control=manageDSA read", "\"manageDSA\"; did you mean manageDSAIT?"},
    {"to * by control=1..2 read", "expected an OID or a name"},
    {"to * by control=1. read", "expected an OID or a name"},
    {"to * by control=12 read", "expected an OID or a name"},
    {"to * by users/x read", "\"/\" has no meaning"},
    {"to dn/x=\"dc=com\" by * read", "\"/\" has no meaning"},
    {"to * by peername.exact,expand=x read", "peername takes no expand"},
    {"to dn.regex=\"(a)\\\\1\" by * read", "back reference"},
    {"to dn.regex=\"((a{100}){100}){100}\" by * read", "is too large"},
    {"to dn.regex=\"a{99999999999999999999}\" by * read", "is too large"},
    {"to dn.regex=\"[\" by * read", "regular expression"},
    {"to * by dn.regex=\"a$1[\" read", "regular expression"},
    {"to * by dn.regex=\"a${1\" read", "\"$\" must be followed"},
    {"to * by set.expand=\"[$x]\" read", "\"$\" must be followed"},
    {"to * by dn.exact,expand=\"cn=${123}\" read", "\"$\" must be followed"},
    {"to filter=\"(&(cn=x)\" by * read", "is not a filter"},
    {"to dn.base=\"\\\\\" by * read", "is not a DN"},
};

static void
refuse(struct rules_case *c, struct bv text, const char *says)
{
	const struct acl_rules *rules = NULL;
	struct errbuf e = {""};

	rules_case_lines(c, &c->dbs[1], text);
	if (rules_compile(c->arena, &c->conf, &c->dbs[1], &rules, &e) != ERR_CONFIG)
		fail_msg("%.300s: accepted", (const char *)text.p);
	assert_null(rules);
	if (strstr(e.text, says) == NULL)
		fail_msg("%.300s\nsays \"%s\"\nnot \"%s\"", (const char *)text.p, e.text, says);
	assert_int_equal(strncmp(e.text, "t.conf:", 7), 0);
}

/* A NUL would end an expression early and let it match more. */
static void
test_nul_refused(void **state)
{
	struct rules_case c;

	(void)state;
	rules_case_init(&c);
	refuse(&c, BV_LIT("to dn.regex=\"^a\0b$\" by * read"), "NUL byte");
	rules_case_done(&c);
}

static void
test_lines_refused(void **state)
{
	struct rules_case c;

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		rules_case_init(&c);
		refuse(&c, arena_dup(c.arena, bv_str(lines[i].line)), lines[i].says);
		rules_case_done(&c);
	}
}

/* The place is that of the line, or the database and the number when no line is known. */
static void
test_place_of_an_error(void **state)
{
	struct rules_case c;
	struct errbuf e = {""};

	(void)state;
	rules_case_init(&c);
	rules_case_lines(&c, &c.dbs[1], BV_LIT("to * by * read\nto * by * foo"));
	assert_int_equal(rules_check(&c.conf, &e), ERR_CONFIG);
	assert_int_equal(strncmp(e.text, "t.conf:2: access: \"foo\"", 23), 0);
	const struct conf_place places[2] = {{"slapd.d/x.ldif", 0}, {"slapd.d/x.ldif", 0}};
	c.dbs[1].access_places = places;
	assert_int_equal(rules_check(&c.conf, &e), ERR_CONFIG);
	const char *want = "slapd.d/x.ldif: olcAccess {1}: \"foo\"";
	assert_int_equal(strncmp(e.text, want, strlen(want)), 0);
	rules_case_done(&c);
}

/* ---- bounds ---- */

/* Compiles count times part between head and tail. */
static void
repeated(const char *head, size_t count, const char *part, const char *tail, const char *says)
{
	struct rules_case c;
	struct buf text;

	rules_case_init(&c);
	buf_init(&text);
	buf_printf(&text, "%s", head);
	for (size_t i = 0; i < count; i++)
		buf_printf(&text, "%s", part);
	buf_printf(&text, "%s", tail);
	refuse(&c, arena_dup(c.arena, buf_bv(&text)), says);
	buf_done(&text);
	rules_case_done(&c);
}

static void
test_bounds(void **state)
{
	(void)state;
	repeated("to *", 1025, " by users read", "", "more than 1024 clauses");
	repeated("to attrs=cn", 1025, ",sn", " by * read", "more than 1024 attributes");
	repeated("to dn.regex=", 2049, "a", " by * read", "longer than 2048 bytes");
	repeated("to * by dn.regex=", 2049, "a", " read", "longer than 2048 bytes");
	repeated("to * by dn.exact,expand=$1", 2049, "a", " read", "longer than 2048 bytes");
	repeated("to dn.regex=x", 20, "+", " by * read", "is too large");
	repeated("to dn.regex=(xyz)", 20, "?+", " by * read", "is too large");
	repeated("to dn.regex=(", 20, "(a*|b*)", ")* by * read", "repetitions of what may be");
	repeated("to dn.regex=(", 20, "(^|a*)", "){3,} by * read", "repetitions of what may be");
	repeated("to dn.regex=", 65, "(", " by * read", "is too large");
	repeated("to dn.regex=", 12, "(x", "+)+)+)+)+)+)+)+)+)+)+)+)+ by * read", "is too large");
	repeated("to * by set=", 2049, "a", " read", "longer than 2048 bytes");
	repeated("to dn.base=cn=", 9000, "a", " by * read", "longer than 8192 bytes");
	repeated("to filter=", 101, "(!", " by * read", "not a filter");
}

static void
test_too_many_rules(void **state)
{
	struct rules_case c;
	struct errbuf e = {""};
	struct buf text;

	(void)state;
	rules_case_init(&c);
	buf_init(&text);
	for (size_t i = 0; i < 4097; i++)
		buf_printf(&text, "to * by * read\n");
	rules_case_lines(&c, &c.dbs[1], arena_dup(c.arena, buf_bv(&text)));
	assert_int_equal(rules_check(&c.conf, &e), ERR_CONFIG);
	assert_non_null(strstr(e.text, "more than 4096 access rules"));
	buf_done(&text);
	rules_case_done(&c);
}

static void
test_too_many_expressions(void **state)
{
	(void)state;
	struct rules_case c;
	struct errbuf e = {""};
	struct buf text;

	rules_case_init(&c);
	buf_init(&text);
	for (size_t i = 0; i < 8; i++) {
		buf_printf(&text, "to dn.regex=x%zu", i);
		for (size_t k = 0; k < 600; k++)
			buf_printf(&text, " by dn.regex=a read");
		buf_printf(&text, "\n");
	}
	rules_case_lines(&c, &c.dbs[1], arena_dup(c.arena, buf_bv(&text)));
	assert_int_equal(rules_check(&c.conf, &e), ERR_CONFIG);
	assert_non_null(
	    strstr(e.text, "t.conf:7: access: too many or too large regular expressions"));
	buf_done(&text);
	rules_case_done(&c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_lines_refused),
	    cmocka_unit_test(test_nul_refused),
	    cmocka_unit_test(test_place_of_an_error),
	    cmocka_unit_test(test_bounds),
	    cmocka_unit_test(test_too_many_rules),
	    cmocka_unit_test(test_too_many_expressions),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
