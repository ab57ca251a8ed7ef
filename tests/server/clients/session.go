// A session of go-ldap against a server: URL, manager and password are the arguments.
// It prints one line for each step and ends with status 1 at the first surprise.
package main

import (
	"fmt"
	"os"

	"github.com/go-ldap/ldap"
)

func must(step string, err error) {
	if err != nil {
		fmt.Printf("%s: %v\n", step, err)
		os.Exit(1)
	}
	fmt.Printf("%s: ok\n", step)
}

func refused(step string, err error, code uint16) {
	if !ldap.IsErrorWithCode(err, code) {
		fmt.Printf("%s: %v instead of code %d\n", step, err, code)
		os.Exit(1)
	}
	fmt.Printf("%s: ok\n", step)
}

func main() {
	url, manager, password, suffix := os.Args[1], os.Args[2], os.Args[3], os.Args[4]
	conn, err := ldap.DialURL(url)
	must("dial", err)
	defer conn.Close()
	refused("wrong bind", conn.Bind(manager, "bad"), ldap.LDAPResultInvalidCredentials)
	must("bind", conn.Bind(manager, password))
	who, err := conn.WhoAmI(nil)
	must("whoami "+who.AuthzID, err)
	name := "cn=gopher," + suffix
	add := ldap.NewAddRequest(name, nil)
	add.Attribute("objectClass", []string{"person"})
	add.Attribute("sn", []string{"Gopher"})
	must("add", conn.Add(add))
	refused("add again", conn.Add(add), ldap.LDAPResultEntryAlreadyExists)
	change := ldap.NewModifyRequest(name, nil)
	change.Replace("description", []string{"digs"})
	must("modify", conn.Modify(change))
	equal, err := conn.Compare(name, "description", "DIGS")
	must(fmt.Sprintf("compare %v", equal), err)
	search := ldap.NewSearchRequest(suffix, ldap.ScopeWholeSubtree, ldap.NeverDerefAliases, 0, 0, false,
		"(&(objectClass=person)(sn=go*))", []string{"description"}, nil)
	found, err := conn.Search(search)
	must("search", err)
	if len(found.Entries) != 1 || found.Entries[0].GetAttributeValue("description") != "digs" {
		fmt.Println("search: wrong entries")
		os.Exit(1)
	}
	all := ldap.NewSearchRequest(suffix, ldap.ScopeWholeSubtree, ldap.NeverDerefAliases, 0, 0, false,
		"(objectClass=*)", []string{"1.1"}, nil)
	paged, err := conn.SearchWithPaging(all, 3)
	must(fmt.Sprintf("paged %d", len(paged.Entries)), err)
	must("rename", conn.ModifyDN(ldap.NewModifyDNRequest(name, "cn=burrower", true, "")))
	must("delete", conn.Del(ldap.NewDelRequest("cn=burrower,"+suffix, nil)))
}
