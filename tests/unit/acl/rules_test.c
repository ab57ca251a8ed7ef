#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include "tests/unit/acl/rules_case.h"
#include "tests/unit/acl/rules_print.h"

/* Access lines that are accepted, in every spelling, and what is made of them. */

static const struct {
	const char *line;
	const char *prints;
} lines[] = {
    {"to * by * read", "to * by * read(=rscxd)"},
    {"to * by * write stop", "to * by * write(=wrscxd)"},
    {"to * by *", "to * by * +none(=0)"},
    {"to * by * stop", "to * by * +none(=0)"},
    {"to * by * +0", "to * by * +none(=0)"},
    {"to * by * =", "to * by * none(=0)"},
    {"to * by * =0", "to * by * none(=0)"},
    {"to * by * =rscxd", "to * by * read(=rscxd)"},
    {"to * by * +rw", "to * by * +=wr"},
    {"to * by * -w", "to * by * -=w"},
    {"to * by * =a", "to * by * =a"},
    {"to * by * =az", "to * by * =w"},
    {"to * by * =wa", "to * by * =w"},
    {"to * by * =m", "to * by * =m"},
    {"to * by * =mwrscxd", "to * by * manage(=mwrscxd)"},
    {"to * by * manage", "to * by * manage(=mwrscxd)"},
    {"to * by * add", "to * by * add(=arscxd)"},
    {"to * by * delete", "to * by * delete(=zrscxd)"},
    {"to * by * none", "to * by * none(=0)"},
    {"to * by * disclose", "to * by * disclose(=d)"},
    {"to * by * auth", "to * by * auth(=xd)"},
    {"to * by * compare", "to * by * compare(=cxd)"},
    {"to * by * search", "to * by * search(=scxd)"},
    {"to * by * selfwrite", "to * by * selfwrite(=wrscxd)"},
    {"to * by * selfread", "to * by * selfread(=rscxd)"},
    {"to * by * self=w", "to * by * self=w"},
    {"to * by * self+w", "to * by * self+=w"},
    {"to * by * realselfwrite", "to * by * realselfwrite(=wrscxd)"},
    {"to * by * realself=w", "to * by * realself=w"},
    {"to * by * =r0", "to * by * =r"},
    {"to * by * =0r", "to * by * =r"},
    {"to * by * +", "to * by * +none(=0)"},
    {"to * by * READ", "to * by * read(=rscxd)"},
    {"to * by * =RSC", "to * by * =rsc"},
    {"to * by * read STOP", "to * by * read(=rscxd)"},
    {"to * by * read continue by users write break",
	"to * by * read(=rscxd) continue by users write(=wrscxd) break"},
    {"to * filter=(cn=x) by * read", "to filter:7 by * read(=rscxd)"},
    {"to * attrs=cn by * read", "to attrs=cn by * read(=rscxd)"},
    {"to dn=dc=falcot,dc=com by * read", "to dn.exact=\"dc=falcot,dc=com\" by * read(=rscxd)"},
    {"to dn=\"dc=falcot,dc=com\" by * read", "to dn.exact=\"dc=falcot,dc=com\" by * read(=rscxd)"},
    {"to dn.base=\"dc=falcot,dc=com\" by * read",
	"to dn.exact=\"dc=falcot,dc=com\" by * read(=rscxd)"},
    {"to dn.exact=\"dc=falcot,dc=com\" by * read",
	"to dn.exact=\"dc=falcot,dc=com\" by * read(=rscxd)"},
    {"to dn.baseObject=\"dc=falcot,dc=com\" by * read",
	"to dn.exact=\"dc=falcot,dc=com\" by * read(=rscxd)"},
    {"to dn.one=\"dc=falcot,dc=com\" by * read",
	"to dn.one=\"dc=falcot,dc=com\" by * read(=rscxd)"},
    {"to dn.onelevel=\"dc=falcot,dc=com\" by * read",
	"to dn.one=\"dc=falcot,dc=com\" by * read(=rscxd)"},
    {"to dn.sub=\"dc=falcot,dc=com\" by * read",
	"to dn.subtree=\"dc=falcot,dc=com\" by * read(=rscxd)"},
    {"to dn.subtree=\"dc=falcot,dc=com\" by * read",
	"to dn.subtree=\"dc=falcot,dc=com\" by * read(=rscxd)"},
    {"to dn.children=\"dc=falcot,dc=com\" by * read",
	"to dn.children=\"dc=falcot,dc=com\" by * read(=rscxd)"},
    {"to dn.regex=\"dc=falcot,dc=com\" by * read",
	"to dn.regex=\"dc=falcot,dc=com\" by * read(=rscxd)"},
    {"to dn.regex=\".*\" by * read", "to * by * read(=rscxd)"},
    {"to dn.regex=\"*\" by * read", "to * by * read(=rscxd)"},
    {"to dn.regex=\"\" by * read", "to dn.exact=\"\" by * read(=rscxd)"},
    {"to dn=\"*\" by * read", "to * by * read(=rscxd)"},
    {"to dn.exact=\"*\" by * read", "to * by * read(=rscxd)"},
    {"to dn=\"\" by * read", "to dn.exact=\"\" by * read(=rscxd)"},
    {"to dn.subtree=\"\" by * read", "to * by * read(=rscxd)"},
    {"to dn.exact=\"\" by * read", "to dn.exact=\"\" by * read(=rscxd)"},
    {"to dn= by * read", "to dn.exact=\"\" by * read(=rscxd)"},
    {"to dn.subtree=\"DC=Falcot, DC=Com\" by * read",
	"to dn.subtree=\"dc=falcot,dc=com\" by * read(=rscxd)"},
    {"to dn.subtree=\"dc=other\" by * read", "to dn.subtree=\"dc=other\" by * read(=rscxd)"},
    {"to dn.regex=\"^(.+,)?uid=([^,]+),dc=falcot,dc=com$\" by "
     "dn.regex=\"^uid=$2,dc=falcot,dc=com$$\" read",
	"to dn.regex=\"^(.+,)?uid=([^,]+),dc=falcot,dc=com$\" by "
	"dn.regex,expand=\"^uid=$2,dc=falcot,dc=com$$\" read(=rscxd)"},
    {"to filter=(objectClass=person) by * read", "to filter:7 by * read(=rscxd)"},
    {"to filter=(nosuch=person) by * read", "to filter:2 by * read(=rscxd)"},
    {"to filter=cn=x by * read", "to filter:7 by * read(=rscxd)"},
    {"to filter=\"(&(cn=x)(sn=y z))\" by * read", "to filter:3 by * read(=rscxd)"},
    {"to attrs=cn,sn by * read", "to attrs=cn,sn by * read(=rscxd)"},
    {"to attrs=cn, by * read", "to attrs=cn by * read(=rscxd)"},
    {"to attrs=,cn by * read", "to attrs=cn by * read(=rscxd)"},
    {"to attrs=cn,,sn by * read", "to attrs=cn,sn by * read(=rscxd)"},
    {"to attr=cn by * read", "to attrs=cn by * read(=rscxd)"},
    {"to attrlist=cn by * read", "to attrs=cn by * read(=rscxd)"},
    {"to attrs=entry by * read", "to attrs=entry by * read(=rscxd)"},
    {"to attrs=entry,children by * read", "to attrs=entry,children by * read(=rscxd)"},
    {"to attrs=ENTRY by * read", "to attrs=entry by * read(=rscxd)"},
    {"to attrs=@person by * read", "to attrs=@person by * read(=rscxd)"},
    {"to attrs=!person by * read", "to attrs=!person by * read(=rscxd)"},
    {"to attrs=person by * read", "to attrs=@person by * read(=rscxd)"},
    {"to attrs=@extensibleObject by * read", "to attrs=@extensibleObject by * read(=rscxd)"},
    {"to attrs=* by * read", "to attrs=* by * read(=rscxd)"},
    {"to attrs=+ by * read", "to attrs=+ by * read(=rscxd)"},
    {"to attrs=*,+ by * read", "to attrs=*,+ by * read(=rscxd)"},
    {"to attrs=cn;lang-en by * read", "to attrs=cn;lang-en by * read(=rscxd)"},
    {"to attrs=cn;lang- by * read", "to attrs=cn;lang- by * read(=rscxd)"},
    {"to attrs=userCertificate;binary by * read",
	"to attrs=userCertificate;binary by * read(=rscxd)"},
    {"to attrs=2.5.4.3 by * read", "to attrs=cn by * read(=rscxd)"},
    {"to attrs=CN by * read", "to attrs=cn by * read(=rscxd)"},
    {"to attrs=cn attrs=sn by * read", "to attrs=cn,sn by * read(=rscxd)"},
    {"to attrs=cn val=foo by * read", "to attrs=cn val.exact=\"foo\" by * read(=rscxd)"},
    {"to attrs=cn val.exact=foo by * read", "to attrs=cn val.exact=\"foo\" by * read(=rscxd)"},
    {"to attrs=cn val.base=foo by * read", "to attrs=cn val.exact=\"foo\" by * read(=rscxd)"},
    {"to attrs=cn val.regex=foo by * read", "to attrs=cn val.regex=\"foo\" by * read(=rscxd)"},
    {"to attrs=member val.sub=\"dc=falcot,dc=com\" by * read",
	"to attrs=member val.subtree=\"dc=falcot,dc=com\" by * read(=rscxd)"},
    {"to attrs=member val.one=\"dc=falcot,dc=com\" by * read",
	"to attrs=member val.one=\"dc=falcot,dc=com\" by * read(=rscxd)"},
    {"to attrs=member val.onelevel=\"dc=falcot,dc=com\" by * read",
	"to attrs=member val.one=\"dc=falcot,dc=com\" by * read(=rscxd)"},
    {"to attrs=member val.children=\"dc=falcot,dc=com\" by * read",
	"to attrs=member val.children=\"dc=falcot,dc=com\" by * read(=rscxd)"},
    {"to attrs=member val.exact=\"dc=falcot,dc=com\" by * read",
	"to attrs=member val.exact=\"dc=falcot,dc=com\" by * read(=rscxd)"},
    {"to attrs=member val=\"DC=Falcot, dc=com\" by * read",
	"to attrs=member val.exact=\"dc=falcot,dc=com\" by * read(=rscxd)"},
    {"to attrs=member val.base=\"dc=falcot,dc=com\" by * read",
	"to attrs=member val.exact=\"dc=falcot,dc=com\" by * read(=rscxd)"},
    {"to attrs=member val.regex=\"^.*dc=com$\" by * read",
	"to attrs=member val.regex=\"^.*dc=com$\" by * read(=rscxd)"},
    {"to val=foo attrs=cn by * read", "to attrs=cn val.exact=\"foo\" by * read(=rscxd)"},
    {"to attrs=cn val/caseExactMatch=foo by * read",
	"to attrs=cn val/caseExactMatch.exact=\"foo\" by * read(=rscxd)"},
    {"to attrs=cn val/caseExactMatch.exact=foo by * read",
	"to attrs=cn val/caseExactMatch.exact=\"foo\" by * read(=rscxd)"},
    {"to attrs=cn val/caseExactMatch.regex=foo by * read",
	"to attrs=cn val/caseExactMatch.regex=\"foo\" by * read(=rscxd)"},
    {"to attrs=cn val/2.5.13.5=foo by * read",
	"to attrs=cn val/caseExactMatch.exact=\"foo\" by * read(=rscxd)"},
    {"to attrs=objectClass val=person by * read",
	"to attrs=objectClass val.exact=\"2.5.6.6\" by * read(=rscxd)"},
    {"to * by anonymous read", "to * by anonymous read(=rscxd)"},
    {"to * by users read", "to * by users read(=rscxd)"},
    {"to * by self write", "to * by self write(=wrscxd)"},
    {"to * by self.level{1} write", "to * by self.level{1} write(=wrscxd)"},
    {"to * by self.level{-1} write", "to * by self.level{-1} write(=wrscxd)"},
    {"to * by self.level{0} write", "to * by self write(=wrscxd)"},
    {"to * by self.exact write", "to * by self write(=wrscxd)"},
    {"to * by ANONYMOUS read", "to * by anonymous read(=rscxd)"},
    {"to * by Self read", "to * by self read(=rscxd)"},
    {"to * by realself write", "to * by realself write(=wrscxd)"},
    {"to * by realself.level{2} write", "to * by realself.level{2} write(=wrscxd)"},
    {"to * by realanonymous read", "to * by realanonymous read(=rscxd)"},
    {"to * by realusers read", "to * by realusers read(=rscxd)"},
    {"to * by realdn=\"cn=x\" read", "to * by realdn.exact=\"cn=x\" read(=rscxd)"},
    {"to * by realdn.sub=\"cn=x\" read", "to * by realdn.subtree=\"cn=x\" read(=rscxd)"},
    {"to * by realdnattr=member read", "to * by realdnattr=member read(=rscxd)"},
    {"to * by users realusers read", "to * by users realusers read(=rscxd)"},
    {"to * by users realself read", "to * by users realself read(=rscxd)"},
    {"to * by dn=cn=x read", "to * by dn.exact=\"cn=x\" read(=rscxd)"},
    {"to * by dn.exact=\"cn=x\" read", "to * by dn.exact=\"cn=x\" read(=rscxd)"},
    {"to * by dn.base=\"cn=x\" read", "to * by dn.exact=\"cn=x\" read(=rscxd)"},
    {"to * by dn.one=\"cn=x\" read", "to * by dn.one=\"cn=x\" read(=rscxd)"},
    {"to * by dn.onelevel=\"cn=x\" read", "to * by dn.one=\"cn=x\" read(=rscxd)"},
    {"to * by dn.sub=\"cn=x\" read", "to * by dn.subtree=\"cn=x\" read(=rscxd)"},
    {"to * by dn.subtree=\"cn=x\" read", "to * by dn.subtree=\"cn=x\" read(=rscxd)"},
    {"to * by dn.children=\"cn=x\" read", "to * by dn.children=\"cn=x\" read(=rscxd)"},
    {"to * by dn.regex=\"cn=x\" read", "to * by dn.regex=\"cn=x\" read(=rscxd)"},
    {"to * by dn.regex=\".*\" read", "to * by * read(=rscxd)"},
    {"to * by dn.regex=\".+\" read", "to * by users read(=rscxd)"},
    {"to * by dn.level{0}=\"cn=x\" read", "to * by dn.exact=\"cn=x\" read(=rscxd)"},
    {"to * by dn.level{2}=\"cn=x\" read", "to * by dn.level{2}=\"cn=x\" read(=rscxd)"},
    {"to * by dn.exact,expand=\"cn=$1\" read", "to * by dn.exact,expand=\"cn=$1\" read(=rscxd)"},
    {"to * by dn.sub,expand=\"cn=$1\" read", "to * by dn.subtree,expand=\"cn=$1\" read(=rscxd)"},
    {"to * by dn.one,expand=\"cn=$1\" read", "to * by dn.one,expand=\"cn=$1\" read(=rscxd)"},
    {"to * by dn.children,expand=\"cn=$1\" read",
	"to * by dn.children,expand=\"cn=$1\" read(=rscxd)"},
    {"to * by dn.level{1},expand=\"cn=$1\" read", "to * by dn.one,expand=\"cn=$1\" read(=rscxd)"},
    {"to * by dn.expand=\"cn=$1\" read", "to * by dn.exact,expand=\"cn=$1\" read(=rscxd)"},
    {"to * by dn.exact=\"cn=$1\" read", "to * by dn.exact=\"cn=$1\" read(=rscxd)"},
    {"to * by dnattr=member read", "to * by dnattr=member read(=rscxd)"},
    {"to * by dnattr=uniqueMember read", "to * by dnattr=uniqueMember read(=rscxd)"},
    {"to * by group=\"cn=g\" read",
	"to * by group/groupOfNames/member.exact=\"cn=g\" read(=rscxd)"},
    {"to * by group.exact=\"cn=g\" read",
	"to * by group/groupOfNames/member.exact=\"cn=g\" read(=rscxd)"},
    {"to * by group.base=\"cn=g\" read",
	"to * by group/groupOfNames/member.exact=\"cn=g\" read(=rscxd)"},
    {"to * by group.expand=\"cn=$1\" read",
	"to * by group/groupOfNames/member.exact,expand=\"cn=$1\" read(=rscxd)"},
    {"to * by group.regex=\"cn=$1\" read",
	"to * by group/groupOfNames/member.exact,expand=\"cn=$1\" read(=rscxd)"},
    {"to * by group.exact,expand=\"cn=$1\" read",
	"to * by group/groupOfNames/member.exact,expand=\"cn=$1\" read(=rscxd)"},
    {"to * by group/groupOfNames/member=\"cn=g\" read",
	"to * by group/groupOfNames/member.exact=\"cn=g\" read(=rscxd)"},
    {"to * by group/groupOfNames=\"cn=g\" read",
	"to * by group/groupOfNames/member.exact=\"cn=g\" read(=rscxd)"},
    {"to * by group/groupOfNames/member.exact=\"cn=g\" read",
	"to * by group/groupOfNames/member.exact=\"cn=g\" read(=rscxd)"},
    {"to * by group/groupOfUniqueNames/uniqueMember=\"cn=g\" read",
	"to * by group/groupOfUniqueNames/uniqueMember.exact=\"cn=g\" read(=rscxd)"},
    {"to * by group/groupOfURLs/memberURL=\"cn=g\" read",
	"to * by group/groupOfURLs/memberURL.exact=\"cn=g\" read(=rscxd)"},
    {"to * by group//member=\"cn=g\" read",
	"to * by group/groupOfNames/member.exact=\"cn=g\" read(=rscxd)"},
    {"to * by group/=\"cn=g\" read",
	"to * by group/groupOfNames/member.exact=\"cn=g\" read(=rscxd)"},
    {"to * by peername=\"IP=1.2.3.4:5\" read",
	"to * by peername.exact=\"IP=1.2.3.4:5\" read(=rscxd)"},
    {"to * by peername.exact=\"IP=1.2.3.4:5\" read",
	"to * by peername.exact=\"IP=1.2.3.4:5\" read(=rscxd)"},
    {"to * by peername.base=\"IP=1.2.3.4:5\" read",
	"to * by peername.exact=\"IP=1.2.3.4:5\" read(=rscxd)"},
    {"to * by peername.regex=\"^IP=\" read", "to * by peername.regex=\"^IP=\" read(=rscxd)"},
    {"to * by peername.expand=\"IP=$1\" read",
	"to * by peername.exact,expand=\"IP=$1\" read(=rscxd)"},
    {"to * by peername.ip=127.0.0.1 read", "to * by peername.ip=7f000001%ffffffff read(=rscxd)"},
    {"to * by peername.ip=127.0.0.1%255.0.0.0 read",
	"to * by peername.ip=7f000001%ff000000 read(=rscxd)"},
    {"to * by peername.ip=127.0.0.1{9009} read",
	"to * by peername.ip=7f000001%ffffffff{9009} read(=rscxd)"},
    {"to * by peername.ip=192.168.1.16%255.255.255.240{9009} read",
	"to * by peername.ip=c0a80110%fffffff0{9009} read(=rscxd)"},
    {"to * by peername.ip=192.168.1.17%255.255.255.0 read",
	"to * by peername.ip=c0a80111%ffffff00 read(=rscxd)"},
    {"to * by peername.ip=127.0.0.1%255.0.255.0 read",
	"to * by peername.ip=7f000001%ff00ff00 read(=rscxd)"},
    {"to * by peername.ipv6=::1 read",
	"to * by peername.ipv6=00000000000000000000000000000001%ffffffffffffffffffffffffffffffff "
	"read(=rscxd)"},
    {"to * by peername.ipv6=::1%ffff:: read",
	"to * by peername.ipv6=00000000000000000000000000000001%ffff0000000000000000000000000000 "
	"read(=rscxd)"},
    {"to * by peername.ipv6=::1{389} read", "to * by "
					    "peername.ipv6=00000000000000000000000000000001%"
					    "ffffffffffffffffffffffffffffffff{389} read(=rscxd)"},
    {"to * by peername.ipv6=fe80::1%ffff::{389} read",
	"to * by "
	"peername.ipv6=fe800000000000000000000000000001%ffff0000000000000000000000000000{389} "
	"read(=rscxd)"},
    {"to * by peername.path=/run/ldapi read", "to * by peername.path=\"/run/ldapi\" read(=rscxd)"},
    {"to * by peername=* read", "to * by peername.exact=\"*\" read(=rscxd)"},
    {"to * by peername.regex=.* read", "to * by peername.regex=\".*\" read(=rscxd)"},
    {"to * by sockname=\"IP=1.2.3.4:5\" read",
	"to * by sockname.exact=\"IP=1.2.3.4:5\" read(=rscxd)"},
    {"to * by sockname.regex=\"^IP=\" read", "to * by sockname.regex=\"^IP=\" read(=rscxd)"},
    {"to * by sockname.expand=\"IP=$1\" read",
	"to * by sockname.exact,expand=\"IP=$1\" read(=rscxd)"},
    {"to * by sockurl=\"ldapi:///\" read", "to * by sockurl.exact=\"ldapi:///\" read(=rscxd)"},
    {"to * by sockurl.regex=\"^ldapi://\" read",
	"to * by sockurl.regex=\"^ldapi://\" read(=rscxd)"},
    {"to * by sockurl.expand=\"ldapi:///$1\" read",
	"to * by sockurl.exact,expand=\"ldapi:///$1\" read(=rscxd)"},
    {"to * by domain=example.com read", "to * by domain.exact=\"example.com\" read(=rscxd)"},
    {"to * by domain.exact=example.com read", "to * by domain.exact=\"example.com\" read(=rscxd)"},
    {"to * by domain.sub=example.com read", "to * by domain.subtree=\"example.com\" read(=rscxd)"},
    {"to * by domain.subtree=example.com read",
	"to * by domain.subtree=\"example.com\" read(=rscxd)"},
    {"to * by domain.regex=example read", "to * by domain.regex=\"example\" read(=rscxd)"},
    {"to * by domain.sub,expand=$1 read", "to * by domain.subtree,expand=\"$1\" read(=rscxd)"},
    {"to * by domain.exact,expand=$1 read", "to * by domain.exact,expand=\"$1\" read(=rscxd)"},
    {"to * by domain.expand=$1 read", "to * by domain.exact,expand=\"$1\" read(=rscxd)"},
    {"to * by ssf=128 read", "to * by ssf=128 read(=rscxd)"},
    {"to * by tls_ssf=128 read", "to * by tls_ssf=128 read(=rscxd)"},
    {"to * by transport_ssf=71 read", "to * by transport_ssf=71 read(=rscxd)"},
    {"to * by sasl_ssf=56 read", "to * by sasl_ssf=56 read(=rscxd)"},
    {"to * by ssf=71 tls_ssf=128 users read", "to * by ssf=71 tls_ssf=128 users read(=rscxd)"},
    {"to * by set=\"user/uid & this/uid\" read",
	"to * by set=\"user/uid & this/uid\" read(=rscxd)"},
    {"to * by set.exact=\"user\" read", "to * by set=\"user\" read(=rscxd)"},
    {"to * by set.expand=\"[$1]/member & user\" read",
	"to * by set.expand=\"[$1]/member & user\" read(=rscxd)"},
    {"to * by set.regex=\"user\" read", "to * by set=\"user\" read(=rscxd)"},
    {"to * by op=add write", "to * by op=1 write(=wrscxd)"},
    {"to * by control=1.2.3 read", "to * by control=1.2.3 read(=rscxd)"},
    {"to * by dn.one=\"cn=x\" peername.ip=127.0.0.1 ssf=71 read by * none",
	"to * by dn.one=\"cn=x\" peername.ip=7f000001%ffffffff ssf=71 read(=rscxd) by * none(=0)"},
    {"to * by group=\"cn=g\" dnattr=member set=\"user\" sockurl=\"ldapi:///\" domain=x sockname=y "
     "read",
	"to * by group/groupOfNames/member.exact=\"cn=g\" dnattr=member set=\"user\" "
	"sockurl.exact=\"ldapi:///\" domain.exact=\"x\" sockname.exact=\"y\" read(=rscxd)"},
    {"to * by \"dn.exact=cn=a b\" read", "to * by dn.exact=\"cn=a b\" read(=rscxd)"},
    {"to * by dn.exact=cn=a\\ b read", "to * by dn.exact=\"cn=a b\" read(=rscxd)"},
    {"to * by dn.exact=\"cn=a\\\\2cb\" read", "to * by dn.exact=\"cn=a\\2Cb\" read(=rscxd)"},
    {"to * by * read by * read", "to * by * read(=rscxd) by * read(=rscxd)"},
    {"to * by self write by anonymous auth by * none",
	"to * by self write(=wrscxd) by anonymous auth(=xd) by * none(=0)"},
    {"to * by * none by users read", "to * by * none(=0) by users read(=rscxd)"},
    {"to * by dn.regex=\"^uid=([^,]+),dc=com$\" read",
	"to * by dn.regex=\"^uid=([^,]+),dc=com$\" read(=rscxd)"},
    {"to * by dn.regex=\"^uid=$1,dc=com$$\" read",
	"to * by dn.regex,expand=\"^uid=$1,dc=com$$\" read(=rscxd)"},
    {"to dn.one=\"dc=com\" by dn.exact,expand=\"uid=$1\" read",
	"to dn.one=\"dc=com\" by dn.exact,expand=\"uid=$1\" read(=rscxd)"},
    {"to attrs=cn val.regex=\"^(.*)$\" by dn.exact,expand=\"cn=${v1},dc=com\" read",
	"to attrs=cn val.regex=\"^(.*)$\" by dn.exact,expand=\"cn=${v1},dc=com\" read(=rscxd)"},
    {"to * by dn.exact,expand=\"cn=${v1},dc=com\" read",
	"to * by dn.exact,expand=\"cn=${v1},dc=com\" read(=rscxd)"},
    {"to * by dn.exact,expand=\"cn=${d1},dc=com\" read",
	"to * by dn.exact,expand=\"cn=${d1},dc=com\" read(=rscxd)"},
    {"to * by dn.exact,expand=\"cn=${1},dc=com\" read",
	"to * by dn.exact,expand=\"cn=${1},dc=com\" read(=rscxd)"},
    {"to * by dn.exact,expand=\"cn=foo\" read", "to * by dn.exact=\"cn=foo\" read(=rscxd)"},
    {"to dn.regex=\"^(.*)$\" by dn.exact,expand=\"$1\" read",
	"to dn.regex=\"^(.*)$\" by dn.exact,expand=\"$1\" read(=rscxd)"},
    {"to dn.regex=\"^(.*)$\" by dn.exact,expand=\"$9\" read",
	"to dn.regex=\"^(.*)$\" by dn.exact,expand=\"$9\" read(=rscxd)"},
    {"to dn.one=\"\" by * read", "to dn.one=\"\" by * read(=rscxd)"},
    {"to dn.children=\"\" by * read", "to dn.children=\"\" by * read(=rscxd)"},
    {"to attrs=+person by * read", "to attrs=@person by * read(=rscxd)"},
    {"to * by dn.regex=\"*\" read", "to * by users read(=rscxd)"},
    {"to * by dn.regex=\"^uid=a$\" read", "to * by dn.regex=\"^uid=a$\" read(=rscxd)"},
    {"to * by sockname.base=x read", "to * by sockname.exact=\"x\" read(=rscxd)"},
    {"to * by users dnattr=member selfwrite",
	"to * by users dnattr=member(self) selfwrite(=wrscxd)"},
    {"to * by dnattr=member selfwrite", "to * by dnattr=member(self) selfwrite(=wrscxd)"},
    {"to * by users realdnattr=member realselfwrite",
	"to * by users realdnattr=member(self) realselfwrite(=wrscxd)"},
    {"to * by domain.base=x read", "to * by domain.exact=\"x\" read(=rscxd)"},
    {"to * by realdn.regex=\"^uid=$1\" read",
	"to * by realdn.regex,expand=\"^uid=$1\" read(=rscxd)"},
    {"to * by realdn.exact,expand=\"uid=$1\" read",
	"to * by realdn.exact,expand=\"uid=$1\" read(=rscxd)"},
    {"TO * BY * read", "to * by * read(=rscxd)"},
    {"to DN.Sub=\"dc=x\" By Users Read Break",
	"to dn.subtree=\"dc=x\" by users read(=rscxd) break"},
    {"to attrs=cn;lang-en val=foo by * read",
	"to attrs=cn;lang-en val.exact=\"foo\" by * read(=rscxd)"},
    {"to attrs=uniqueMember val=dc=com by * read",
	"to attrs=uniqueMember val.exact=\"dc=com\" by * read(=rscxd)"},
    {"to attrs=userPassword val=foo by * read",
	"to attrs=userPassword val.exact=\"foo\" by * read(=rscxd)"},
    {"to * by ssf=+5 read", "to * by ssf=5 read(=rscxd)"},
    {"to * by ssf=010 read", "to * by ssf=10 read(=rscxd)"},
    {"to * by self.level{+1} read", "to * by self.level{1} read(=rscxd)"},
    {"to * by * selfnone", "to * by * selfnone(=0)"},
    {"to * by * selfmanage", "to * by * selfmanage(=mwrscxd)"},
    {"to * by * realself+w", "to * by * realself+=w"},
    {"to * by * realself", "to * by realself +none(=0)"},
    {"to * by * +0 continue", "to * by * +none(=0) continue"},
    {"to * by * break", "to * by * +none(=0) break"},
    {"to * by * read by users", "to * by * read(=rscxd) by users +none(=0)"},
    {"to dn.sub=\"dc=falcot,dc=com\" attrs=cn filter=(cn=x) by * read",
	"to dn.subtree=\"dc=falcot,dc=com\" filter:7 attrs=cn by * read(=rscxd)"},
    {"to filter=\"(objectClass=nosuch)\" by * read", "to filter:2 by * read(=rscxd)"},
    {"to filter=\"(uidNumber=abc)\" by * read", "to filter:2 by * read(=rscxd)"},
    {"to * by group/2.5.6.9/2.5.4.31=\"cn=g\" read",
	"to * by group/groupOfNames/member.exact=\"cn=g\" read(=rscxd)"},
    {"to attrs=*,cn by * read", "to attrs=*,cn by * read(=rscxd)"},
};

enum { LINE_COUNT = sizeof(lines) / sizeof(lines[0]) };

/* Compiles the line as the database's only one; the test fails when it is refused. */
static const struct acl_rules *
compile_one(struct rules_case *c, struct bv line)
{
	const struct acl_rules *rules = NULL;
	struct errbuf e = {""};

	rules_case_lines(c, &c->dbs[1], line);
	if (rules_compile(c->arena, &c->conf, &c->dbs[1], &rules, &e) != 0)
		fail_msg("%.*s: refused: %s", BV(line), e.text);
	assert_int_equal(rules->count, 1);
	return rules;
}

/* The test fails unless the rule prints so. */
static void
check_print(struct rules_case *c, const struct acl_rules *rules, const char *line, const char *want)
{
	struct bv text = rules_print_all(c->arena, rules);

	text.n--;
	if (!bv_eq(text, bv_str(want)))
		fail_msg("%s\nprints %.*s\nnot    %s", line, BV(text), want);
}

static void
test_lines_accepted(void **state)
{
	struct rules_case c;

	(void)state;
	for (size_t i = 0; i < LINE_COUNT; i++) {
		rules_case_init(&c);
		check_print(
		    &c, compile_one(&c, bv_str(lines[i].line)), lines[i].line, lines[i].prints);
		rules_case_done(&c);
	}
}

/* The text kept for explanations means what the line meant. */
static void
test_text_reads_back(void **state)
{
	struct rules_case c;

	(void)state;
	for (size_t i = 0; i < LINE_COUNT; i++) {
		rules_case_init(&c);
		struct bv text =
		    rules_print_written(c.arena, compile_one(&c, bv_str(lines[i].line)));
		check_print(&c, compile_one(&c, text), lines[i].line, lines[i].prints);
		rules_case_done(&c);
	}
}

/* slapd.conf's word before, the spaces that continuation lines leave, quotes and backslashes. */
static void
test_forms_of_a_line(void **state)
{
	static const char *const forms[] = {
	    "access to * by users read",
	    "  to  *\t by   users    read  ",
	    "to \"*\" by \"users\" \"read\"",
	    "to \\* by us\\ers re\"ad\"",
	};
	struct rules_case c;

	(void)state;
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		rules_case_init(&c);
		check_print(
		    &c, compile_one(&c, bv_str(forms[i])), forms[i], "to * by users read(=rscxd)");
		rules_case_done(&c);
	}
}

/* ---- whose rules ---- */

static const struct acl_rules *
compile_db(struct rules_case *c, struct conf_db *db)
{
	const struct acl_rules *rules = NULL;
	struct errbuf e = {""};

	assert_int_equal(rules_compile(c->arena, &c->conf, db, &rules, &e), 0);
	assert_ptr_equal(rules->db, db);
	return rules;
}

static void
test_without_rules_everybody_reads(void **state)
{
	struct rules_case c;

	(void)state;
	rules_case_init(&c);
	for (size_t i = 0; i < 2; i++) {
		const struct acl_rules *rules = compile_db(&c, &c.dbs[i]);
		assert_int_equal(rules->count, 0);
		assert_int_equal(rules->default_bits, 31);
	}
	rules_case_done(&c);
}

static void
test_frontend_follows_the_database(void **state)
{
	struct rules_case c;

	(void)state;
	rules_case_init(&c);
	rules_case_lines(&c, &c.dbs[0], BV_LIT("to * by users read"));
	rules_case_lines(&c, &c.dbs[1], BV_LIT("to attrs=cn by * none\nto attrs=sn by * none"));
	const struct acl_rules *rules = compile_db(&c, &c.dbs[1]);
	assert_int_equal(rules->count, 3);
	assert_int_equal(rules->default_bits, 0);
	assert_false(rules->rules[1].frontend);
	assert_int_equal(rules->rules[1].number, 1);
	assert_int_equal(rules->rules[1].line, 2);
	assert_string_equal(rules->rules[1].file, "t.conf");
	assert_true(rules->rules[2].frontend);
	assert_int_equal(rules->rules[2].number, 0);
	assert_int_equal(compile_db(&c, &c.dbs[0])->count, 1);
	rules_case_done(&c);
}

/* cn=config and cn=Monitor are closed until they have rules of their own. */
static void
test_configuration_is_closed(void **state)
{
	struct rules_case c;

	(void)state;
	rules_case_init(&c);
	rules_case_lines(&c, &c.dbs[0], BV_LIT("to * by users read"));
	c.dbs[1].type = CONF_DB_CONFIG;
	assert_int_equal(compile_db(&c, &c.dbs[1])->count, 0);
	assert_int_equal(compile_db(&c, &c.dbs[1])->default_bits, 0);
	c.dbs[1].type = CONF_DB_MONITOR;
	assert_int_equal(compile_db(&c, &c.dbs[1])->count, 1);
	rules_case_lines(&c, &c.dbs[1], BV_LIT("to * by * break"));
	assert_int_equal(compile_db(&c, &c.dbs[1])->count, 2);
	rules_case_done(&c);
}

static void
test_content_is_asked_about_when_configured(void **state)
{
	struct rules_case c;

	(void)state;
	rules_case_init(&c);
	assert_false(compile_db(&c, &c.dbs[1])->add_content_acl);
	c.dbs[1].add_content_acl = true;
	assert_true(compile_db(&c, &c.dbs[1])->add_content_acl);
	rules_case_done(&c);
}

/* ---- levels ---- */

static void
test_level_bits(void **state)
{
	static const struct {
		const char *name;
		unsigned bits;
	} cases[] = {{"none", 0}, {"disclose", 1}, {"auth", 3}, {"compare", 7}, {"search", 15},
	    {"read", 31}, {"add", 63}, {"delete", 95}, {"write", 127}, {"manage", 255},
	    {"WRITE", 127}};
	struct arena *a = arena_new(0);
	bool known = false;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(rules_level_bits(bv_str(cases[i].name), &known), cases[i].bits);
		assert_true(known);
		struct bv text = rules_bits_text(a, cases[i].bits);
		assert_true(text.n > strlen(cases[i].name));
		text.n = strlen(cases[i].name);
		assert_true(bv_is(text, cases[i].name));
	}
	assert_int_equal(rules_level_bits(BV_LIT("=r"), &known), 0);
	assert_false(known);
	assert_int_equal(rules_level_bits(BV_NONE, &known), 0);
	assert_false(known);
	assert_true(bv_is(rules_bits_text(a, ACL_B_WRITE | ACL_B_AUTH), "=wx"));
	assert_true(bv_is(rules_bits_text(a, 0), "none(=0)"));
	arena_free(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_lines_accepted),
	    cmocka_unit_test(test_text_reads_back),
	    cmocka_unit_test(test_forms_of_a_line),
	    cmocka_unit_test(test_without_rules_everybody_reads),
	    cmocka_unit_test(test_frontend_follows_the_database),
	    cmocka_unit_test(test_configuration_is_closed),
	    cmocka_unit_test(test_content_is_asked_about_when_configured),
	    cmocka_unit_test(test_level_bits),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
