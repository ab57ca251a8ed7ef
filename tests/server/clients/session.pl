# A session of Net::LDAP against a server: URL, manager, password and suffix are the arguments.
# It prints one line for each step and dies at the first surprise.
use strict;
use warnings;
use Net::LDAP;
use Net::LDAP::Control::Paged;
use Net::LDAP::Constant qw(LDAP_CONTROL_PAGED);
use Net::LDAP::Extension::WhoAmI;

my ($url, $manager, $password, $suffix) = @ARGV;
my $ldap = Net::LDAP->new($url) or die "connect: $@";

sub step {
	my ($name, $code, $message) = @_;
	die "$name: " . $message->code . " " . $message->error . "\n" if $message->code != $code;
	print "$name: ok\n";
}

step("wrong bind", 49, $ldap->bind($manager, password => "bad"));
step("bind", 0, $ldap->bind($manager, password => $password));
my $who = $ldap->who_am_i();
step("whoami " . $who->response, 0, $who);
my $dn = "cn=perl,$suffix";
my @attrs = (objectClass => "person", sn => "Camel", description => ["one", "two"]);
step("add", 0, $ldap->add($dn, attrs => \@attrs));
step("add again", 68, $ldap->add($dn, attrs => \@attrs));
step("modify", 0, $ldap->modify($dn, changes => [
	delete => [description => ["one"]], add => [description => ["three"]],
	replace => [sn => "Dromedary"]]));
step("compare", 6, $ldap->compare($dn, attr => "sn", value => "DROMEDARY"));
my $found = $ldap->search(base => $suffix, filter => "(sn=drom*)", attrs => ["description"]);
step("search", 0, $found);
die "wrong values\n" if join(",", $found->entry(0)->get_value("description")) ne "two,three";
my ($count, $cookie) = (0);
my $page = Net::LDAP::Control::Paged->new(size => 3);
while (1) {
	my $part = $ldap->search(base => $suffix, filter => "(objectClass=*)", attrs => ["1.1"],
		control => [$page]);
	step("page", 0, $part);
	$count += $part->count;
	my ($answer) = $part->control(LDAP_CONTROL_PAGED) or last;
	$cookie = $answer->cookie or last;
	$page->cookie($cookie);
}
print "paged $count\n";
step("rename", 0, $ldap->moddn($dn, newrdn => "cn=perl6", deleteoldrdn => 1));
step("delete", 0, $ldap->delete("cn=perl6,$suffix"));
step("undefined filter", 0, $ldap->search(base => $suffix, filter => "(nosuch=x)"));
my $schema = $ldap->schema or die "no schema\n";
die "no person\n" unless $schema->objectclass("person");
print "schema: ok\n";
$ldap->unbind;
